"""A hold keeps what is deleted for other reasons than its time: a claim that gives way, keys of saved choices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import flows as accounts
from accounts.models import User
from consent.ledger import keys
from consent.ledger.models import IdempotencyKey
from portal.database import database_now
from portal.organisation.versions import Current
from tests.retention import scene
from tests.retention.scene import JOAN, MAREK

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(organisation: Current) -> User:
    """Somebody opened an account with Joan's address, and never showed that they read it."""
    return User.objects.create_user(JOAN, "long enough to do")


@pytest.fixture
def marek(organisation: Current) -> User:
    return accounts.open_account(MAREK, "long enough to do")


def test_a_claim_gives_way_to_who_proves_the_address(claim: User, marek: User) -> None:
    accounts.release_claims(JOAN, keep=marek)
    assert list(User.objects.all()) == [marek]


def test_a_claim_on_hold_stays_and_the_address_with_it(claim: User, marek: User) -> None:
    scene.hold(claim)
    accounts.release_claims(JOAN, keep=marek)
    assert accounts.holder(JOAN) == claim


def test_keys_of_who_is_held_stay_and_the_others_go_after_a_day(organisation: Current) -> None:
    held, free = scene.person(), scene.person(MAREK)
    scene.hold(held.subject)
    yesterday = database_now() - timedelta(hours=25)
    for point in (held, free):
        for key in ("old", "older"):
            IdempotencyKey.objects.create(subject=point.subject, key=key, outcome=[], created_at=yesterday)
        IdempotencyKey.objects.create(subject=point.subject, key="new", outcome=[])
    assert keys.forget() == 2
    assert set(IdempotencyKey.objects.filter(subject=free.subject).values_list("key", flat=True)) == {"new"}
    assert IdempotencyKey.objects.filter(subject=held.subject).count() == 3


def test_keys_go_some_at_a_time(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "AT_ONCE", 2)
    point, yesterday = scene.person(), database_now() - timedelta(hours=25)
    for number in range(5):
        IdempotencyKey.objects.create(subject=point.subject, key=str(number), outcome=[], created_at=yesterday)
    assert keys.forget() == 5
