"""A plugin that makes a run say what it did not test, in its last lines; with CI set, that fails the run."""

import os
from collections.abc import Generator
from typing import Any

import pytest

CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def untested(config: pytest.Config) -> list[str]:
    """In words, what this run could not test, or was told not to."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    words = [missing] if (missing := os.environ.get("NOT_TESTED")) else []
    if skipped := stats.get("skipped"):
        reasons = {
            str(report.longrepr[-1]).removeprefix("Skipped: ")
            for report in skipped
            if isinstance(report.longrepr, tuple)
        }
        words.append(f"{len(skipped)} skipped ({'; '.join(sorted(reasons))})")
    if config.option.keyword or config.option.markexpr or config.option.deselect or stats.get("deselected"):
        words.append("some tests were left out by -k, -m or --deselect")
    if known := stats.get("xfailed"):
        words.append(f"{len(known)} known to fail")
    return words


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if CI and exitstatus == 0 and not hasattr(session.config, "workerinput") and untested(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# Outside all others, pytest's own included: what it writes comes last before the closing line.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Generator[None]:
    yield
    for words in untested(config):
        terminalreporter.write_line(
            f"NOT TESTED: {words}{'; with CI set, that fails the run' if CI else ''}", yellow=True
        )
