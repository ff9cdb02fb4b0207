"""A plugin for the last leg of ``make test``: branch coverage of all legs together, before pytest's closing line."""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = [sys.executable, "-m", "coverage"]
# Names what the two figures that matter most are taken over.
PARTS = {
    "kernel": ",".join(
        f"portal/{name}"
        for name in ("organisation/*", "subjects/*", "personal_data/*", "outbox/*", "jobs/*", "database.py")
    ),
    "ledger": "consent/ledger/*",
    "everything": "portal/*,accounts/*,consent/*",
}


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None]:
    yield
    terminalreporter.section("Branch coverage, all legs together")
    subprocess.run([*COVERAGE, "combine", "--quiet", "--append"], cwd=ROOT, check=False, capture_output=True)
    terminalreporter.write(_said("--skip-covered"))
    for name, files in PARTS.items():
        total = _said("--format=total", "--precision=1", f"--include={files}").strip()
        terminalreporter.write_line(f"{name:<11} {total or 'nothing measured'}{' %' if total else ''}")
    if earlier := os.environ.get("EARLIER_LEG"):
        terminalreporter.write_line(f"The leg before this one: {earlier}")


def _said(*options: str) -> str:
    command = [*COVERAGE, "report", "--ignore-errors", *options]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
