"""A plugin for the legs of ``make test``: what went wrong in an earlier leg, and the branch coverage of the last one,
in its last lines, before pytest's closing line. Whoever sees only the end sees it all.
"""

import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = [sys.executable, "-m", "coverage"]
LINES_A_FAILURE = 40
# Names what the two figures that matter most are taken over.
PARTS = {
    "kernel": ",".join(
        f"portal/{name}"
        for name in ("organisation/*", "subjects/*", "personal_data/*", "outbox/*", "jobs/*", "database.py")
    ),
    "ledger": "consent/ledger/*",
    "everything": "portal/*,accounts/*,consent/*,dsar/*",
}


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Generator[None]:
    yield
    if hasattr(config, "workerinput"):
        return  # one of pytest-xdist's: whoever of them is not gone in ten seconds is killed, with what it measured
    if left_behind := os.environ.get("LEG_LEAVES"):
        Path(left_behind).write_text("\n".join(_wrong(terminalreporter.stats, config)))
        return
    terminalreporter.section("Branch coverage")
    _combine()
    terminalreporter.write(_said("--skip-covered"))
    for name, files in PARTS.items():
        total = _said("--format=total", "--precision=1", f"--include={files}").strip()
        terminalreporter.write_line(f"{name:<11} {total or 'nothing measured'}{' %' if total else ''}")
    if earlier := os.environ.get("EARLIER_LEG"):
        for line in earlier.splitlines():
            terminalreporter.write_line(line)


def _combine() -> None:
    """Join what each process measured. One that ends late renames its file meanwhile: then once more."""
    for _attempt in range(5):
        done = subprocess.run([*COVERAGE, "combine", "--quiet", "--append"], cwd=ROOT, check=False, capture_output=True)
        if done.returncode == 0:
            return
        time.sleep(1)


def _wrong(stats: Mapping[str, list[Any]], config: pytest.Config) -> list[str]:
    """Each failure and error of this leg with its last lines, and in CI what was left untested."""
    from tests.honesty import CI, untested  # a plugin too, which pytest wants to load itself

    lines = [f"NOT TESTED: {words}" for words in untested(config)] if CI else []
    for report in (*stats.get("failed", ()), *stats.get("error", ())):
        lines.append(f"FAILED {report.nodeid}")
        lines += [f"  {line}" for line in str(report.longrepr).splitlines()[-LINES_A_FAILURE:]]
    return lines


def _said(*options: str) -> str:
    command = [*COVERAGE, "report", "--ignore-errors", *options]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
