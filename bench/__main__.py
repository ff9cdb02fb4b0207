"""``make bench``: starts a durable PostgreSQL, a Valkey and mail sinks of its own, measures, prints one table."""

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib import import_module
from io import StringIO
from pathlib import Path

from bench.table import Figure, rendered
from portal.demo.processes import free_port
from tests.servers import Postgres, Valkey

MODULES = (
    "processes",
    "ledger",
    "choices",
    "cookie_api",
    "permission",
    "requests",
    "web",
    "outbox",
    "retention",
    "previews",
    "foreign_page",
)
# Figures of these do not depend on the size of the ledger: they are taken once.
ONCE = {"processes", "choices", "requests", "retention", "previews", "foreign_page"}


def main() -> int:
    """Measure at each size; returns 0."""
    sizes = sorted(int(size) for size in os.environ.get("BENCH_EVENTS", "10000,10000000").split(","))
    modules = os.environ.get("BENCH_ONLY", ",".join(MODULES)).split(",")
    measured: list[tuple[int, Figure]] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        postgres = stack.enter_context(Postgres(durable=True))
        valkey = stack.enter_context(Valkey())
        prepare(postgres.url, valkey.url, Path(folder))
        from bench.scene import Scene

        scene = Scene.set(postgres.url, Path(folder))
        for size in sizes:
            say(f"growing the ledger to {size:,} events")
            scene.grow(size)
            for name in modules:
                if name in ONCE and size != sizes[0]:
                    continue
                say(f"measuring: {name}")
                measured += [(size, figure) for figure in import_module(f"bench.{name}").measure(scene)]
    sys.stdout.write(f"\n{rendered(measured)}\n")
    return 0


def prepare(database_url: str, redis_url: str, folder: Path) -> None:
    """The environment, then Django, tables, and an organisation."""
    os.environ |= {
        "DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "VAR_DIR": str(folder),
        "SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "OUTBOX_DOMAIN_PER_MINUTE": "1000000000",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("loadorganisation", os.environ.get("ORGANISATION") or "open-e", stdout=StringIO())


def say(words: str) -> None:
    """Progress, for whoever waits."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")


if __name__ == "__main__":
    sys.exit(main())
