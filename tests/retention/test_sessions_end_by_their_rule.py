"""What pages remember of a browser goes once its session has ended, whoever's it is; not while somebody is held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import flows as accounts
from accounts.models import Session, User
from portal.organisation import versions
from tests.retention import scene
from tests.retention.scene import JOAN, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def joan(organisation: versions.Current) -> User:
    return accounts.open_account(JOAN, "long enough to do")


def session(key: str, user: User | None, *, lasts: timedelta) -> Session:
    return Session.objects.create(session_key=key, user=user, expire_date=NOW + lasts)


def keys() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def test_those_that_ended_go_and_the_others_stay(joan: User) -> None:
    scene.approve("sessions")
    session("hers-ended", joan, lasts=-AN_HOUR)
    session("nobodys-ended", None, lasts=-AN_HOUR)
    session("hers", joan, lasts=AN_HOUR)
    session("nobodys", None, lasts=AN_HOUR)
    scene.expire()
    assert keys() == {"hers", "nobodys"}


def test_whoever_is_held_keeps_them(joan: User) -> None:
    scene.approve("sessions")
    session("hers-ended", joan, lasts=-AN_HOUR)
    assert joan.subject is not None
    scene.hold(joan.subject)
    run = scene.expire()
    assert keys() == {"hers-ended"}
    assert run.parts.get(holding="accounts.Session").held == 1


def test_they_stay_until_somebody_approved_the_rule(joan: User) -> None:
    session("hers-ended", joan, lasts=-AN_HOUR)
    scene.expire()
    assert keys() == {"hers-ended"}
