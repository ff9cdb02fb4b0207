"""The address stands in three places and says the same in all of them, whatever happens to it."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import addresses, flows, mails
from accounts.models import User
from portal.subjects import flows as people
from portal.subjects import identity, merging
from portal.subjects.models import ContactPoint, Merge
from tests.accounts.conftest import JOAN, MAREK, PASSWORD, PRIYA, Visitor, last_code, mails_to

NEW = "Joan@New-Home.example"


def change(visitor: Visitor, address: str) -> None:
    """Ask for a new address, and give the password once more as the page wants."""
    visitor.post("account_email", email=address, action_add="1")
    visitor.client.post(f"{reverse('account_reauthenticate')}?next={reverse('account_email')}", {"password": PASSWORD})


@pytest.fixture
def joan_at_home(visitor: Visitor, joan: User) -> Visitor:
    visitor.sign_in(JOAN)
    return visitor


def test_a_new_address_counts_once_its_code_is_typed_in(joan_at_home: Visitor, joan: User) -> None:
    before = joan.subject
    change(joan_at_home, NEW)
    joan.refresh_from_db()
    assert joan.email == JOAN
    joan_at_home.post("account_email_verification_sent", code=last_code(NEW))

    joan.refresh_from_db()
    assert joan.email == NEW.lower()
    assert joan.subject == before
    assert joan.check_password(PASSWORD)
    point = addresses.contact_point_of(joan)
    assert point is not None
    assert point.address == NEW
    assert point.subject == before
    assert people.find("email", JOAN) is None, "the old address is given up"
    assert ContactPoint.objects.get(identity=JOAN).retired_at is not None
    assert list(addresses.differences()) == []


def test_the_old_address_is_told(joan_at_home: Visitor) -> None:
    old = people.find("email", JOAN)
    change(joan_at_home, NEW)
    joan_at_home.post("account_email_verification_sent", code=last_code(NEW))
    assert old is not None
    assert [message.kind for message in old.messages.all()] == [mails.ADDRESS_CHANGED.code]
    assert [message.kind for message in mails_to(NEW)] == [mails.ADDRESS_CODE.code]


def test_a_change_asks_for_the_password_again(joan_at_home: Visitor) -> None:
    answer = joan_at_home.post("account_email", email=NEW, action_add="1")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert mails_to(NEW) == []


def test_an_address_of_a_prospect_brings_their_record_along(
    joan_at_home: Visitor, joan: User, marek: ContactPoint
) -> None:
    change(joan_at_home, MAREK)
    joan_at_home.post("account_email_verification_sent", code=last_code(MAREK))
    marek.refresh_from_db()
    joan.refresh_from_db()
    assert marek.subject == joan.subject
    assert Merge.objects.get().survivor == joan.subject


def test_an_address_of_another_account_is_refused_to_who_proves_it(joan_at_home: Visitor, joan: User) -> None:
    flows.open_account(MAREK, PASSWORD)
    change(joan_at_home, MAREK)
    answer = joan_at_home.post("account_email_verification_sent", code=last_code(MAREK))
    assert "belongs to another account" in answer.content.decode()
    joan.refresh_from_db()
    assert joan.email == JOAN
    assert list(addresses.differences()) == []


def test_proof_outranks_a_claim(joan_at_home: Visitor, joan: User) -> None:
    Visitor().sign_up(NEW)
    cache.clear()  # allauth lets one code go to an address in ten seconds
    change(joan_at_home, NEW)
    joan_at_home.post("account_email_verification_sent", code=last_code(NEW))
    joan.refresh_from_db()
    assert joan.email == NEW.lower()
    assert User.objects.count() == 1


def test_a_second_account_of_one_person_is_refused_clearly(visitor: Visitor, joan: User, marek: ContactPoint) -> None:
    """Staff joined Marek's address to Joan's record; who signs up there is Joan, and has an account."""
    assert joan.subject is not None
    merging.merge(joan.subject, marek.subject)
    visitor.sign_up(MAREK)
    answer = visitor.post("account_email_verification_sent", code=last_code(MAREK))
    assert answer.status_code == 409
    assert "You have an account already" in answer.content.decode()
    assert visitor.user is None
    assert User.objects.get(email=MAREK).subject is None
    assert not EmailAddress.objects.get(email=MAREK).verified
    assert visitor.client.get(reverse("account_login")).status_code == 200, "and no page sends them round in circles"


def test_an_account_follows_a_merge_and_its_undoing(joan: User, marek: ContactPoint) -> None:
    own = joan.subject
    assert own is not None
    done = merging.merge(marek.subject, own)
    joan.refresh_from_db()
    assert joan.subject == done.survivor
    merging.undo(done)
    joan.refresh_from_db()
    assert joan.subject == own
    assert list(addresses.differences()) == []


def test_a_merge_of_two_people_with_accounts_is_refused(joan: User) -> None:
    other = flows.open_account(MAREK, PASSWORD)
    assert joan.subject is not None
    assert other.subject is not None
    with pytest.raises(merging.MergeRefused, match="have an account"):
        merging.merge(joan.subject, other.subject)
    assert not Merge.objects.exists()


def test_an_account_has_one_address_that_can_be_changed_and_not_removed(joan_at_home: Visitor) -> None:
    joan_at_home.post("account_email", email=JOAN, action_remove="1")
    joan_at_home.client.post(
        f"{reverse('account_reauthenticate')}?next={reverse('account_email')}", {"password": PASSWORD}
    )
    assert EmailAddress.objects.get().email == JOAN


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (lambda joan: User.objects.filter(pk=joan.pk).update(email="JOAN@example.org"), "not kept in the form"),
        (lambda joan: User.objects.filter(pk=joan.pk).update(email="joan"), "the address is none"),
        (lambda joan: EmailAddress.objects.update(email=MAREK), "allauth knows another address"),
        (lambda joan: EmailAddress.objects.update(verified=False), "only one of allauth and the portal"),
        (lambda joan: User.objects.filter(pk=joan.pk).update(subject=None), "only one of allauth and the portal"),
        (lambda joan: people.retire(ContactPoint.objects.get()), "no contact point"),
        (
            lambda joan: ContactPoint.objects.filter(identity=JOAN).update(
                subject=people.reach("email", MAREK, context="account", source="person").subject
            ),
            "belongs to another person",
        ),
    ],
)
def test_the_check_finds_what_does_not_agree(joan: User, fault: object, words: str) -> None:
    assert callable(fault)
    fault(joan)
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("checkaddresses", stderr=said)
    assert words in said.getvalue()
    assert JOAN not in said.getvalue(), "no address in a log"


def test_the_check_is_content_with_claims_and_accounts(visitor: Visitor, joan: User) -> None:
    visitor.sign_up(MAREK)
    said = StringIO()
    call_command("checkaddresses", stdout=said)
    assert said.getvalue() == "All addresses agree.\n"


def test_an_account_opened_for_somebody_is_theirs_and_not_yet_proved(priya: User) -> None:
    point = addresses.contact_point_of(priya)
    assert point is not None
    assert point.subject == priya.subject
    assert point.proved_at is None
    with pytest.raises(identity.InvalidAddress):
        flows.open_account("priya")


def test_an_account_is_not_opened_twice_for_one_person(joan: User, marek: ContactPoint) -> None:
    assert joan.subject is not None
    merging.merge(joan.subject, marek.subject)
    with pytest.raises(flows.AccountExists):
        flows.open_account(MAREK)
    assert User.objects.count() == 1


def test_createsuperuser_makes_an_account_that_can_sign_in_without_mail(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email=PRIYA.upper(), interactive=False, verbosity=0)
    visitor.sign_in(PRIYA)
    assert visitor.user is not None
    assert visitor.user.is_superuser
    assert list(addresses.differences()) == []


def test_accounts_are_found_in_any_spelling(joan: User) -> None:
    assert User.objects.get_by_natural_key(JOAN.upper()) == joan
    assert User.objects.at(JOAN.upper()).active().get() == joan
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("joan")
    assert str(joan) == JOAN
