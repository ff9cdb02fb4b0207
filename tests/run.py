"""``make test``: the whole suite on SQLite, then on a real PostgreSQL, both with a real Valkey; then coverage of both.

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
CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
# Names what the two figures that matter most are taken over.
PARTS = {
    "kernel": ",".join(
        f"portal/{name}"
        for name in ("organisation/*", "subjects/*", "personal_data/*", "outbox/*", "jobs/*", "database.py")
    ),
    "ledger": "consent/ledger/*",
    "everything": "portal/*,accounts/*,consent/*",
}


def main(arguments: Sequence[str]) -> int:
    """Run both legs; returns 0 only if both passed and neither left anything out that CI asks for."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for old in COVERAGE.glob("data*"):
        old.unlink()
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    results = {"SQLite": leg("SQLite", without, arguments)}
    missing = ""
    try:
        with postgres() as url:
            results["PostgreSQL"] = leg("PostgreSQL", {**os.environ, "DATABASE_URL": url}, arguments)
    except (OSError, RuntimeError) as error:
        missing = f"NOT TESTED: PostgreSQL did not start: {str(error).strip().splitlines()[0]}"
    report()
    sys.stdout.write(
        "\n" + "  ".join(f"{name}: {'passed' if code == 0 else 'FAILED'}" for name, code in results.items()) + "\n"
    )
    if missing:
        sys.stdout.write(f"{missing}\n")
    return 1 if any(results.values()) or (missing and CI) else 0


def leg(title: str, environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """The whole suite once; returns pytest's exit status."""
    sys.stdout.write(f"\n--- The suite on {title} ---\n")
    sys.stdout.flush()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--cov",
        "--cov-report=",
        "--cov-append",
        "-n",
        "2",
        "--dist=loadgroup",
        *arguments,
    ]
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


def report() -> None:
    """Branch coverage over both legs together: the lines that miss something, then the figures."""
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet", "--append"], cwd=ROOT, check=False, capture_output=True)
    sys.stdout.write("\n--- Branch coverage, both legs together ---\n")
    sys.stdout.flush()
    subprocess.run([*coverage, "report", "--skip-covered", "--ignore-errors"], cwd=ROOT, check=False)
    for name, files in PARTS.items():
        total = subprocess.run(
            [*coverage, "report", "--format=total", "--precision=1", "--ignore-errors", f"--include={files}"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        ).stdout.strip()
        sys.stdout.write(f"{name:<11} {total or 'nothing measured'}{' %' if total else ''}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
