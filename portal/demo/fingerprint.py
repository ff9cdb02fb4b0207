"""Whether an install still matches the code: a second start then skips everything that would change nothing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from portal.demo.install import FILES, ROOT, Install

NOTE = "prepared"


def of(install: Install) -> str:
    """A digest of all that preparing an install reads: migrations, organisation file, static files, demo people."""
    digest = hashlib.sha256()
    for path in sorted(_sources(install)):
        status = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_prepared(install: Install, state: str) -> bool:
    """Whether the last preparation ended well, saw the same sources, and its database is still there."""
    note = install.folder / NOTE
    database = install.folder / "portal.sqlite3"
    return database.exists() and note.exists() and note.read_text(encoding="ascii") == state


def note(install: Install, state: str) -> None:
    """Remember that the install was prepared for ``state``."""
    (install.folder / NOTE).write_text(state, encoding="ascii")


def _sources(install: Install) -> Iterator[Path]:
    yield FILES / f"{install.slug}.toml"
    yield ROOT / "portal" / "settings.py"
    yield ROOT / "portal" / "append_only.py"
    yield from (ROOT / "portal" / "demo").glob("*.py")
    for package in ("portal", "accounts", "consent", "dsar"):
        yield from (ROOT / package).rglob("migrations/*.py")
        yield from (ROOT / package).rglob("triggers.py")
    for static in (ROOT / "static", ROOT / "consent" / "cookies" / "static"):
        yield from (path for path in static.rglob("*") if path.is_file())
    yield from ROOT.glob("requirements*.txt")
