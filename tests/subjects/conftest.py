"""Joan, a customer; Marek, a prospect: as records, each with one proved address."""

import pytest

from portal.subjects import flows, merging, suppression
from portal.subjects.models import Channel, ContactPoint

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"


@pytest.fixture
def joan(db: None) -> ContactPoint:
    point = flows.reach(Channel.EMAIL, JOAN, context="form", source="person")
    flows.prove(point)
    return point


@pytest.fixture
def marek(db: None) -> ContactPoint:
    point = flows.reach(Channel.EMAIL, MAREK, context="import", source="list")
    flows.prove(point)
    return point


@pytest.fixture(autouse=True)
def _keys_are_looked_at_anew() -> None:
    """Each process looks once whether a key is missing; each test is a process to itself."""
    suppression.require_all_keys.cache_clear()


@pytest.fixture(autouse=True)
def _the_kernel_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What accounts and the ledger do about a merge is tested with them; here nobody has registered."""
    monkeypatch.setattr(merging, "_merge_hooks", [])
    monkeypatch.setattr(merging, "_undo_hooks", [])
