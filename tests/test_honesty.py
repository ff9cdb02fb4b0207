"""A run that left something out says so in its last lines, and with CI set it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.run import in_short

pytestmark = pytest.mark.once

PASSES = "def test_fine(): assert True\n"
SKIPS = "import pytest\ndef test_elsewhere(): pytest.skip('no such machine')\n"


def run(folder: Path, program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Pytest with our plugins and without Django, on one small file."""
    (folder / "test_it.py").write_text(program)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "-q",
        "-ra",
    ]
    left_out = ("CI", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS")
    clean = {name: value for name, value in os.environ.items() if name not in left_out and not name.startswith("COV")}
    return subprocess.run(
        [*command, "-p", "tests.honesty", "-p", "tests.browser", *words, str(folder / "test_it.py")],
        env={**clean, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_that_tested_everything_says_nothing_of_it(tmp_path: Path) -> None:
    done = run(tmp_path, PASSES, CI="1")
    assert done.returncode == 0
    assert "NOT TESTED" not in done.stdout


def test_a_skip_is_told_with_its_reason(tmp_path: Path) -> None:
    done = run(tmp_path, PASSES + SKIPS)
    assert done.returncode == 0
    last = done.stdout.strip().splitlines()[-2:]
    assert "NOT TESTED: 1 skipped" in last[0]
    assert "no such machine" in last[0]
    assert "1 passed, 1 skipped" in last[1]


def test_a_skip_fails_where_ci_is_set(tmp_path: Path) -> None:
    assert run(tmp_path, PASSES + SKIPS, CI="true").returncode == 1


def test_ci_set_to_no_is_not_ci(tmp_path: Path) -> None:
    assert run(tmp_path, PASSES + SKIPS, CI="false").returncode == 0


def test_tests_left_out_are_told_and_fail_where_ci_is_set(tmp_path: Path) -> None:
    done = run(tmp_path, PASSES + SKIPS, "-k", "fine", CI="1")
    assert done.returncode == 1
    assert "NOT TESTED: some tests were left out" in done.stdout


def test_a_missing_browser_is_a_skip_that_says_so(tmp_path: Path) -> None:
    program = "def test_page(page): page.goto('about:blank')\n"
    done = run(tmp_path, program, PATH=str(tmp_path), CHROMIUM="")
    assert "no Chromium on this machine" in done.stdout


@pytest.mark.parametrize("workers", ["0", "2"])
def test_it_holds_for_tests_in_several_processes_too(tmp_path: Path, workers: str) -> None:
    done = run(tmp_path, PASSES + SKIPS, "-n", workers, CI="1")
    assert done.returncode == 1
    assert "NOT TESTED: 1 skipped" in done.stdout


def test_what_failed_in_an_early_leg_is_left_behind_for_the_last_lines(tmp_path: Path) -> None:
    left_behind = tmp_path / "sqlite.txt"
    fails = PASSES + "def test_wrong(): assert 'three' == 'four'\n"
    done = run(tmp_path, fails + SKIPS, "-p", "tests.last_lines", CI="1", LEG_LEAVES=str(left_behind))
    said = left_behind.read_text()
    assert "NOT TESTED: 1 skipped" in said
    assert "test_wrong" in said
    assert "assert 'three' == 'four'" in said
    assert "test_fine" not in said
    assert in_short(done.returncode, left_behind).startswith("The leg before this one: SQLite: FAILED (exit status 1)")
    assert in_short(0, left_behind).endswith("passed")
