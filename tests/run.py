"""``make test``: the suite on SQLite, then on a real PostgreSQL, both with a real Valkey.

The leg on PostgreSQL runs every test and measures branch coverage. The one on SQLite runs every test to which the
database can make a difference (docs/adr/0015); where PostgreSQL does not start, it runs them all.

DATABASE_URL (a PostgreSQL whose user may create databases) and REDIS_URL are used where they are given; otherwise
the servers come from wheels. Arguments go to pytest. With CI set, whatever could not be tested fails the run.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = ROOT / "var" / "coverage"
MEASURED = ("-m", "coverage", "run", "-m", "pytest", "-p", "tests.measured")
"""Coverage measures pytest's workers, each a process of its own (pyproject.toml), and what tests.measured says."""


def main(arguments: Sequence[str]) -> int:
    """Run both legs; returns 0 only if both passed and neither left anything out that CI asks for."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for old in COVERAGE.glob("data*"):
        old.unlink()
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    left_behind = COVERAGE / "sqlite.txt"
    left_behind.unlink(missing_ok=True)
    try:
        with postgres() as url:
            plain = ["-m", "pytest", "-p", "tests.once"]
            sqlite = leg("SQLite", {**without, "LEG_LEAVES": str(left_behind)}, [*plain, *arguments])
            environment = {**os.environ, "DATABASE_URL": url, "EARLIER_LEG": in_short(sqlite, left_behind)}
            return leg("PostgreSQL", environment, [*MEASURED, *arguments]) or sqlite
    except (OSError, RuntimeError) as error:
        missing = f"PostgreSQL did not start: {str(error).strip().splitlines()[0]}"
        return leg("SQLite", {**without, "NOT_TESTED": missing}, [*MEASURED, *arguments])


def in_short(status: int, left_behind: Path) -> str:
    """What the last leg repeats of the one before: that it passed, or what failed there and how."""
    if status == 0:
        return "The leg before this one: SQLite, with what a database makes a difference to: passed"
    wrong = left_behind.read_text() if left_behind.exists() else "It ended before it could say what failed."
    return f"The leg before this one: SQLite: FAILED (exit status {status})\n{wrong}"


def leg(title: str, environment: Mapping[str, str], command: Sequence[str]) -> int:
    """The suite once; returns pytest's exit status."""
    sys.stdout.write(f"\n--- The suite on {title} ---\n")
    sys.stdout.flush()
    command = [sys.executable, *command, "-p", "tests.last_lines", "-n", "2", "--dist=loadgroup"]
    return subprocess.run(command, env=dict(environment), cwd=ROOT, check=False).returncode


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL: the one DATABASE_URL names, or one of our own."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    from tests.servers import Postgres

    with Postgres() as server:
        yield server.url


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
