"""``make lint``: every check, one after the other, all of them even if one fails; then one line for each."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    *(
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
    ),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
)
LOCKS = {
    "requirements-dev.txt": ("--group", "dev"),
    "requirements-demo.txt": ("--group", "demo", "-c", "requirements-dev.txt"),
    "requirements.txt": ("-c", "requirements-dev.txt"),
}


def run(*words: str) -> bool:
    """Run a module of this Python in the development environment; True if it was content."""
    environment = {**os.environ, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=environment, check=False).returncode == 0


def layers() -> bool:
    """Imports point one way. (The tool has a script and no module to run.)"""
    script = Path(sys.executable).with_name("lint-imports")
    return (
        subprocess.run([sys.executable, str(script)], cwd=ROOT, env={**os.environ, "DEMO": "1"}, check=False).returncode
        == 0
    )


def migrations() -> bool:
    """No model differs from its migrations."""
    words = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DEMO": "1", "VAR_DIR": folder}
        return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode == 0


def locks() -> bool:
    """Each lock is what pyproject.toml asks for. Pins that still fit stay, so newer releases change nothing."""
    content = True
    with tempfile.TemporaryDirectory() as folder:
        for name, options in LOCKS.items():
            copy = Path(folder) / name
            shutil.copy(ROOT / name, copy)
            made = run(*COMPILE, *options, "-o", str(copy))
            if not made or copy.read_text() != (ROOT / name).read_text():
                sys.stdout.write(f"{name} is not what pyproject.toml asks for: run `make lock`.\n")
                content = False
    return content


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff check": lambda: run("ruff", "check", "--quiet", "."),
    "ruff format": lambda: run("ruff", "format", "--check", "--quiet", "."),
    "mypy": lambda: run("mypy", "--no-error-summary"),
    "djlint": lambda: run("djlint", "--lint", "--quiet", "templates", "portal", "accounts", "consent", "dsar"),
    "layers": layers,
    "migrations": migrations,
    "locks": locks,
}


def main(names: Sequence[str]) -> int:
    """Run the named checks, or all; returns 0 if all were content."""
    results = {}
    for name in names or CHECKS:
        sys.stdout.write(f"--- {name} ---\n")
        sys.stdout.flush()
        results[name] = CHECKS[name]()
    sys.stdout.write("\n" + "".join(f"{'ok    ' if fine else 'FAILED'} {name}\n" for name, fine in results.items()))
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
