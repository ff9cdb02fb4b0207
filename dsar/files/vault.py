"""Bytes kept encrypted on disk, under random names, in a folder that nothing serves.

Each area has keys of its own, from ``IDENTITY_KEYS`` and ``FILE_KEYS``: whoever may read attachments cannot read
proofs of identity. The first key encrypts, all decrypt. A file holds its own name under the encryption, so that one
put in another's place does not open.

A file is written before the row that names it and destroyed after it. What a crash leaves between the two is found by
:func:`sweep`.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import time
from collections.abc import Container, Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

GRACE: Final = timedelta(days=1)
"""How old a file without a row must be before it is swept: longer than any transaction that is about to name it."""

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_UNFINISHED: Final = ".unfinished"


class Area(StrEnum):
    """What a file is, and so which keys open it; the value is the folder's name."""

    IDENTITY = "identity"
    ATTACHMENTS = "attachments"


class Gone(Exception):
    """There is no such file: destroyed, never kept, or no name of ours."""


class Unreadable(Exception):
    """The file is there, and no key in force opens it: its key was dropped, or it was changed."""


def keep(area: Area, data: bytes) -> str:
    """Encrypt and store ``data``; gives the name it is read by. On disk, in full, when this returns.

    Raises OSError where it cannot be written, and then leaves nothing behind.
    """
    name = secrets.token_hex(16)
    sealed = _cipher(area).encrypt(name.encode() + data)
    path = _path(area, name)
    _make_private(path.parent)
    _write(path, sealed)
    return name


def read(area: Area, name: str) -> bytes:
    """The bytes kept under ``name``. Raises :class:`Gone` or :class:`Unreadable`."""
    try:
        sealed = _path(area, name).read_bytes()
    except FileNotFoundError:
        raise Gone(f"There is no file {name!r} in {area}.") from None
    try:
        opened = _cipher(area).decrypt(sealed)
    except InvalidToken:
        opened = b""
    own = name.encode()
    if not opened.startswith(own):
        raise Unreadable(f"No key opens {name} in {area}.")
    return opened[len(own) :]


def destroy(area: Area, name: str) -> bool:
    """Take the file away for good; whether it was there. Raises :class:`Gone` for what is no name of ours."""
    path = _path(area, name)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(path.parent)
    return True


def sweep(area: Area, known: Container[str], *, older_than: timedelta = GRACE) -> int:
    """Destroy what no row names (``known`` are the names that rows do) and what was never finished; gives how many."""
    before = time.time() - older_than.total_seconds()
    count = 0
    for path in _files(area):
        with contextlib.suppress(FileNotFoundError):  # somebody else's sweep, or the file's own end
            if path.name not in known and path.stat().st_mtime < before:
                path.unlink()
                count += 1
    return count


def _files(area: Area) -> Iterator[Path]:
    return (settings.PRIVATE_DIR / area).glob("??/*")


def _path(area: Area, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise Gone(f"{name!r} is no name of a file.")
    folder: Path = settings.PRIVATE_DIR
    return folder / Area(area) / name[:2] / name


def _cipher(area: Area) -> MultiFernet:
    keys: dict[str, str] = {Area.IDENTITY: settings.IDENTITY_KEYS, Area.ATTACHMENTS: settings.FILE_KEYS}[area]
    return MultiFernet([Fernet(_derived(area, secret)) for secret in keys.values()])


def _derived(area: Area, secret: str) -> bytes:
    """Fernet wants 32 bytes in base64; an operator's secret is any long text. No key serves two areas."""
    info = f"dsar.files.vault:{area}".encode()
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode()))


def _make_private(folder: Path) -> None:
    # mkdir(parents=True) would give the folders above what the umask leaves, not 0700.
    if folder.is_dir():
        return
    _make_private(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        _sync(folder.parent)


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(_UNFINISHED)
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a path cannot say which mode a new file has
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """A new name is safe from a power cut once its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
