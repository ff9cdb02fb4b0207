"""An account nobody used as long as an address is kept goes with it; one that is used keeps both."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts import flows as accounts
from accounts.models import User
from portal.organisation import versions
from portal.subjects.models import ContactPoint, Provenance, Subject
from tests.retention import scene
from tests.retention.scene import JOAN, years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture
def account(organisation: versions.Current) -> User:
    """Joan's, opened and last used seven years ago; addresses are kept for six."""
    scene.approve()
    point = scene.person(met=years_ago(7))
    user = accounts.open_account(JOAN, "long enough to do")
    Provenance.objects.filter(contact_point=point).update(seen_at=years_ago(7))
    User.objects.filter(pk=user.pk).update(date_joined=years_ago(7), last_login=years_ago(7))
    return user


def left() -> list[int]:
    return [model.objects.count() for model in (User, EmailAddress, ContactPoint, Subject)]


def test_it_goes_in_one_run_with_its_address(account: User) -> None:
    run = scene.expire()
    assert left() == [0, 0, 0, 0]
    assert run.parts.get(holding="accounts.User", rule="contacts").removed == 1


def test_one_that_was_signed_in_to_keeps_the_address(account: User) -> None:
    User.objects.filter(pk=account.pk).update(last_login=years_ago(5))
    scene.expire()
    assert left() == [1, 1, 1, 1]


def test_one_on_hold_stays_and_so_does_its_address(account: User) -> None:
    scene.hold(account)
    run = scene.expire()
    assert left() == [1, 1, 1, 1]
    assert run.parts.get(holding="accounts.User", rule="contacts").held == 1
    assert run.parts.get(holding="subjects.ContactPoint", rule="contacts").needed == 1


def test_one_of_staff_stays_until_somebody_closes_it(account: User) -> None:
    User.objects.filter(pk=account.pk).update(is_staff=True)
    scene.expire()
    assert left() == [1, 1, 1, 1]


def test_one_that_was_closed_goes_and_the_address_is_kept_from_when_it_was_last_used(account: User) -> None:
    User.objects.filter(pk=account.pk).update(last_login=years_ago(5), is_active=False, closed_at=years_ago(4))
    scene.expire()
    assert left() == [0, 0, 1, 1], "a contact five years ago is not forgotten with the account that knew of it"
    assert Subject.objects.get().last_act_at == years_ago(5)
    Subject.objects.update(last_act_at=years_ago(6.1))
    scene.expire()
    assert left() == [0, 0, 0, 0]
