"""Files lie encrypted, under random names, readable by the portal's own user, whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from pytest_django import Settings

from dsar.files import vault
from dsar.files.vault import Area, Gone, Unreadable

PASSPORT = b"Joan Archer, passport 123456789"
OLD, NEW = {"old": "o" * 40}, {"new": "n" * 40}
NOBODY = "0" * 32


@pytest.fixture(autouse=True)
def private(settings: Settings, tmp_path: Path) -> Path:
    settings.IDENTITY_KEYS = settings.FILE_KEYS = OLD
    settings.PRIVATE_DIR = tmp_path / "var" / "private"
    return tmp_path / "var" / "private"


def files(private: Path) -> list[Path]:
    return [path for path in private.rglob("*") if path.is_file()]


def only(private: Path) -> Path:
    (path,) = files(private)
    return path


@contextmanager
def full_disk() -> Iterator[None]:
    """The operating system writes no file beyond 4,096 bytes: the first part goes through, the rest is refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("area", Area)
@pytest.mark.parametrize("data", [PASSPORT, b"", os.urandom(2_000_000)], ids=["short", "empty", "long"])
def test_what_was_kept_is_read(area: Area, data: bytes) -> None:
    assert vault.read(area, vault.keep(area, data)) == data


def test_nothing_of_it_stands_on_disk_in_clear(private: Path) -> None:
    vault.keep(Area.IDENTITY, PASSPORT)

    assert b"Archer" not in only(private).read_bytes()


def test_it_lies_in_its_areas_folder_under_a_random_name(private: Path) -> None:
    name, other = vault.keep(Area.IDENTITY, PASSPORT), vault.keep(Area.ATTACHMENTS, PASSPORT)

    assert set(files(private)) == {private / "identity" / name[:2] / name, private / "attachments" / other[:2] / other}
    assert len({vault.keep(Area.IDENTITY, PASSPORT) for _ in range(20)}) == 20


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_may_look(private: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        vault.keep(Area.IDENTITY, PASSPORT)
    finally:
        os.umask(before)

    assert stat.S_IMODE(only(private).stat().st_mode) == 0o600
    for folder in [private, *(path for path in private.rglob("*") if path.is_dir())]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_is_in_no_folder_that_is_served(settings: Settings) -> None:
    from portal import settings as own

    served = [Path(own.STATIC_ROOT), *map(Path, own.STATICFILES_DIRS)]
    assert not any(own.PRIVATE_DIR.is_relative_to(folder) for folder in served)
    assert not settings.MEDIA_ROOT


# Keys.


def test_after_a_change_of_keys_old_files_open_and_new_ones_use_the_new_key(settings: Settings) -> None:
    before = vault.keep(Area.ATTACHMENTS, b"before")
    settings.FILE_KEYS = {**NEW, **OLD}
    after = vault.keep(Area.ATTACHMENTS, b"after")
    assert (vault.read(Area.ATTACHMENTS, before), vault.read(Area.ATTACHMENTS, after)) == (b"before", b"after")

    settings.FILE_KEYS = NEW
    assert vault.read(Area.ATTACHMENTS, after) == b"after"
    with pytest.raises(Unreadable):
        vault.read(Area.ATTACHMENTS, before)


def test_the_keys_of_one_area_open_nothing_of_the_other(private: Path) -> None:
    name = vault.keep(Area.IDENTITY, PASSPORT)
    elsewhere = private / "attachments" / name[:2]
    elsewhere.mkdir(parents=True)
    only(private).rename(elsewhere / name)

    with pytest.raises(Unreadable):
        vault.read(Area.ATTACHMENTS, name)


@pytest.mark.parametrize("secret", ["ü" * 40, "x" * 500, "with, comma? no: but with spaces and = signs / + 0000"])
def test_any_long_secret_serves(settings: Settings, secret: str) -> None:
    settings.IDENTITY_KEYS = {"a": secret}
    assert vault.read(Area.IDENTITY, vault.keep(Area.IDENTITY, PASSPORT)) == PASSPORT


def test_no_error_tells_a_secret_or_the_content(private: Path, settings: Settings) -> None:
    name = vault.keep(Area.IDENTITY, PASSPORT)
    settings.IDENTITY_KEYS = NEW
    with pytest.raises(Unreadable) as raised:
        vault.read(Area.IDENTITY, name)
    assert NEW["new"] not in str(raised.value)


# What happened to a file meanwhile.


@pytest.mark.parametrize("change", ["cut", "turned bit", "emptied", "replaced"])
def test_a_file_that_was_changed_does_not_open(private: Path, change: str) -> None:
    name = vault.keep(Area.ATTACHMENTS, PASSPORT)
    path = only(private)
    sealed = path.read_bytes()
    path.write_bytes(
        {
            "cut": sealed[:-20],
            "turned bit": sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:],
            "emptied": b"",
            "replaced": PASSPORT,
        }[change]
    )
    with pytest.raises(Unreadable):
        vault.read(Area.ATTACHMENTS, name)


def test_a_file_put_in_anothers_place_does_not_open(private: Path) -> None:
    hers, his = vault.keep(Area.IDENTITY, b"Joan"), vault.keep(Area.IDENTITY, b"Marek")
    (private / "identity" / his[:2] / his).replace(private / "identity" / hers[:2] / hers)

    with pytest.raises(Unreadable):
        vault.read(Area.IDENTITY, hers)


def test_a_missing_file_is_gone(private: Path) -> None:
    name = vault.keep(Area.IDENTITY, PASSPORT)
    only(private).unlink()

    for missing in (name, NOBODY):
        with pytest.raises(Gone):
            vault.read(Area.IDENTITY, missing)


def test_what_was_destroyed_is_gone_and_destroying_it_again_is_fine(private: Path) -> None:
    name = vault.keep(Area.IDENTITY, PASSPORT)

    assert vault.destroy(Area.IDENTITY, name)
    assert not vault.destroy(Area.IDENTITY, name)
    assert not vault.destroy(Area.ATTACHMENTS, NOBODY)
    assert files(private) == []
    with pytest.raises(Gone):
        vault.read(Area.IDENTITY, name)


# Names.

HOSTILE = ["", ".", "..", "../x", "../../portal.sqlite3", "/etc/passwd", "A" * 32, "0" * 31, "0" * 33, f"{NOBODY}\n"]
HOSTILE += [f"../{'0' * 29}", f"{'0' * 30}/x", f"{NOBODY}.unfinished", f"{NOBODY}\0", "٠" * 32]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder(private: Path, name: str) -> None:
    (private.parent / "x").parent.mkdir(parents=True, exist_ok=True)
    (private.parent / "x").write_bytes(PASSPORT)

    for verb in (vault.read, vault.destroy):
        with pytest.raises(Gone):
            verb(Area.IDENTITY, name)
    assert (private.parent / "x").exists()


@given(name=st.text(alphabet=st.sampled_from("0a./\\\0\n~%F"), max_size=40))
@tries(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_name_at_all_reads_what_is_not_there(name: str) -> None:
    with pytest.raises(Gone):
        vault.read(Area.ATTACHMENTS, name)


# Half a file.


def test_a_full_disk_leaves_nothing_behind(private: Path) -> None:
    with full_disk(), pytest.raises(OSError) as raised:  # noqa: PT011 - the number is looked at below
        vault.keep(Area.ATTACHMENTS, bytes(100_000))

    assert raised.value.errno == errno.EFBIG
    assert files(private) == []
    assert vault.read(Area.ATTACHMENTS, vault.keep(Area.ATTACHMENTS, PASSPORT)) == PASSPORT


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "interrupted"])
def test_whatever_step_fails_nothing_is_left(private: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    vault.keep(Area.ATTACHMENTS, b"so that the folders are there")
    before = files(private)
    trouble = KeyboardInterrupt() if step == "interrupted" else OSError(errno.ENOSPC, "No space left on device")

    def fail(*_args: object, **_options: object) -> None:
        raise trouble

    with monkeypatch.context() as patched:
        patched.setattr(Path if step == "replace" else os, "fsync" if step == "interrupted" else step, fail)
        with pytest.raises(type(trouble)):
            vault.keep(Area.ATTACHMENTS, PASSPORT)
    assert files(private) == before


def test_a_file_is_on_disk_before_it_has_its_name(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    synced = os.fsync

    def look(descriptor: int) -> None:
        seen.append([path.suffix for path in files(private)])
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    vault.keep(Area.ATTACHMENTS, PASSPORT)

    assert seen[-2:] == [[".unfinished"], [""]]


# What no row names.


def test_a_sweep_takes_what_no_row_names_once_it_is_old(private: Path) -> None:
    named, stray = vault.keep(Area.ATTACHMENTS, b"named"), vault.keep(Area.ATTACHMENTS, b"stray")
    other = vault.keep(Area.IDENTITY, b"not looked at")
    unfinished = private / "attachments" / named[:2] / f"{named}.unfinished"
    unfinished.write_bytes(b"a crash")

    assert vault.sweep(Area.ATTACHMENTS, {named}) == 0
    assert vault.sweep(Area.ATTACHMENTS, {named}, older_than=timedelta(seconds=-1)) == 2
    assert not unfinished.exists()
    assert vault.read(Area.ATTACHMENTS, named) == b"named"
    assert vault.read(Area.IDENTITY, other) == b"not looked at"
    with pytest.raises(Gone):
        vault.read(Area.ATTACHMENTS, stray)


def test_a_sweep_of_an_area_that_was_never_used_finds_nothing() -> None:
    assert vault.sweep(Area.IDENTITY, set()) == 0
