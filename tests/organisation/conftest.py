"""Organisation files to break: one that ships, with one thing changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.organisation import changes, loader
from portal.organisation.problems import Problem

Variant = Callable[..., Path]
Problems = Callable[[Path | str], list[Problem]]


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """``variant(old, new, slug="openmarket")``: the path of a shipped file in which ``old`` became ``new``.

    Without ``old``, ``new`` is put at the end. ``old`` must stand there, or the test tests nothing.
    """

    def write(old: str, new: str, slug: str = "openmarket", name: str = "ours.toml") -> Path:
        text = (loader.SHIPPED / f"{slug}.toml").read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1) if old else f"{text}\n{new}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems() -> Problems:
    """``problems(path)``: what reading the file complains of."""

    def read(path: Path | str) -> list[Problem]:
        with pytest.raises(loader.OrganisationFileError) as caught:
            loader.read(path)
        return caught.value.problems

    return read


@pytest.fixture
def only_our_checks() -> Iterator[None]:
    """The checks other apps registered stand aside; what a test registers is gone after it."""
    registered = changes._checks[:]
    changes._checks.clear()
    yield
    changes._checks[:] = registered
