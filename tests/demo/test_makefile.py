"""What make says on a machine that lacks something: one clear line, and an exit status that is not 0."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

MAKE = shutil.which("make")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone with nothing installed, in a folder with a space in its name."""
    folder = tmp_path / "my portal"
    folder.mkdir()
    for name in ("Makefile", "requirements-demo.txt", "requirements-dev.txt", "requirements.txt", "pyproject.toml"):
        shutil.copy(Path(settings.BASE_DIR) / name, folder)
    return folder


def python(folder: Path, script: str) -> str:
    """A Python of that behaviour, as the PYTHON of make."""
    path = folder / "fake python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    assert MAKE is not None
    # As a person's shell has it: the suite itself may run under make.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run([MAKE, *words], cwd=folder, env=own, capture_output=True, text=True, timeout=60, check=False)


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said, without make's own remark that it stops."""
    return [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make: ***")]


def test_an_old_python_is_one_clear_line(folder: Path) -> None:
    old = python(folder, '[ "$1" = -V ] && { echo Python 3.9.2; exit 0; }; exit 1')
    done = make(folder, "demo", f"PYTHON={old}")
    assert done.returncode != 0
    assert said(done) == [f"Python 3.11 or newer is needed; {old} is Python 3.9.2: set PYTHON=…"]


def test_no_python_is_one_clear_line(folder: Path) -> None:
    done = make(folder, "demo", "PYTHON=python-of-nobody")
    assert done.returncode != 0
    assert said(done) == ["Python 3.11 or newer is needed, and there is no python-of-nobody here: set PYTHON=…"]


def test_a_python_without_venv_is_one_clear_line(folder: Path) -> None:
    bare = python(folder, 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    done = make(folder, "demo", f"PYTHON={bare}")
    assert done.returncode != 0
    assert len(said(done)) == 1
    assert "venv module is missing" in said(done)[0]


def test_nothing_is_left_of_an_installation_that_failed(folder: Path) -> None:
    make(folder, "demo", "PYTHON=python-of-nobody")
    assert not (folder / ".venv" / "uv-installed").exists()


def test_help_names_every_target(folder: Path) -> None:
    done = make(folder, "help")
    assert done.returncode == 0
    for target in ("demo", "demo-reset", "test", "lint", "bench", "manage", "lock", "format"):
        assert f"make {target} " in done.stdout


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-demo.txt", "requirements-dev.txt"])
def test_no_lock_names_a_registry_or_a_machine(folder: Path, lock: str) -> None:
    text = (folder / lock).read_text()
    assert "--hash=sha256:" in text
    assert not any(word in text for word in ("http", "index", "file:", "/opt", "/tmp", "/work", "/home"))


def test_the_development_lock_holds_all_of_the_others(folder: Path) -> None:
    def pins(lock: str) -> set[str]:
        return {
            line.split()[0] for line in (folder / lock).read_text().splitlines() if "==" in line and line[0].isalpha()
        }

    assert pins("requirements.txt") <= pins("requirements-demo.txt") <= pins("requirements-dev.txt")
