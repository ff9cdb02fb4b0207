"""Whether a process that was at work on a run has gone. PostgreSQL knows it at once; elsewhere a lease must run out.

Nothing is protected by this: whoever loses a run while they live can commit nothing. It only saves waiting.
"""

from __future__ import annotations

from django.db import connection


def mine() -> str:
    """The name of the server's process behind this connection; empty where a database has none."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid || '@' || extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
        return str(cursor.fetchone()[0] or "")


def gone(name: str) -> bool:
    """Whether the server's process of this name has ended; False where that cannot be told.

    PostgreSQL shows other roles which processes there are, but not since when: such a one counts as alive.
    """
    if not name or connection.vendor != "postgresql":
        return False
    process, _at, since = name.partition("@")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE pid = %s AND coalesce(extract(epoch FROM backend_start)::text = %s, true)",
            [int(process), since],
        )
        return cursor.fetchone() is None
