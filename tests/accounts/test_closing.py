"""Somebody closes their account: by themselves, at once, told what ends and what stays; and they can come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import addresses, codes, flows, mails
from accounts.models import Session, User
from accounts.your_data.page import of
from consent.ledger.models import Event
from dsar.models import Request
from portal.holds import flows as holds
from portal.holds.flows import Terms
from portal.organisation import loader
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.personal_data.registry import holding_of
from portal.retention import until
from portal.subjects.models import ContactPoint
from tests.accounts.conftest import JOAN, PASSWORD, Visitor, last_code, mails_to
from tests.accounts.test_nobody_learns_who_has_an_account import NOBODY, by_code, by_new_password, by_password, seen

CLOSE = "account_close"
of_all_five = pytest.mark.parametrize("organisation", loader.shipped(), indirect=True)


@pytest.fixture
def at_home(visitor: Visitor, joan: User) -> Visitor:
    """Joan, signed in."""
    visitor.sign_in(JOAN)
    return visitor


def closed(visitor: Visitor) -> str:
    """What she reads after pressing the button."""
    answer = visitor.follow(CLOSE, do="by_password", password=PASSWORD)
    return words(answer.content.decode())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def page(visitor: Visitor) -> str:
    return words(visitor.client.get(reverse(CLOSE)).content.decode())


@of_all_five
def test_the_page_says_what_ends_what_stays_and_until_when(at_home: Visitor, joan: User) -> None:
    assert reverse(CLOSE) in at_home.client.get(reverse("account_profile")).content.decode()
    said = page(at_home)
    for heading in ("What ends", "What stays as it is", "What we keep, and until when", "Is it still you?"):
        assert heading in said
    for row in (joan, joan.subject, ContactPoint.objects.get(subject=joan.subject)):
        assert row is not None
        assert until.until(holding_of(type(row)), row).words.replace("’", "&#x27;") in said.replace("’", "&#x27;")
    assert "Where you are signed in" not in said, "that goes at once"
    assert User.objects.get().is_active, "looking closes nothing"


def test_it_asks_to_sign_in_first(visitor: Visitor) -> None:
    answer = visitor.client.get(reverse(CLOSE))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse(CLOSE)}"


@of_all_five
def test_the_password_closes_it_at_once_and_everywhere(at_home: Visitor, joan: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(joan)
    said = closed(at_home)
    assert "Your account is closed" in said
    assert not Session.objects.filter(user=joan).exists()
    for browser in (elsewhere, at_home.client):
        assert browser.get(reverse("account_profile")).status_code == 302
    joan.refresh_from_db()
    assert (joan.is_active, joan.closed_by_person, joan.has_usable_password()) == (False, True, False)
    assert joan.closed_at is not None
    assert [message.kind for message in mails_to(JOAN)] == [mails.ACCOUNT_CLOSED.code]
    assert not EmailAddress.objects.exists()


def test_a_wrong_password_closes_nothing_and_ten_are_looked_at(at_home: Visitor) -> None:
    for _time in range(10):
        answer = at_home.post(CLOSE, do="by_password", password="a wrong one")
        assert answer.status_code == 200
        assert "This is not your password." in answer.content.decode()
    assert at_home.post(CLOSE, do="by_password", password=PASSWORD).status_code == 429
    assert User.objects.get().is_active


@pytest.mark.parametrize("has_password", [True, False])
def test_a_code_by_mail_closes_it_too(at_home: Visitor, joan: User, has_password: bool) -> None:
    if not has_password:
        joan.set_unusable_password()
        joan.save()
        at_home.client.force_login(joan)
        assert "You have no password" in page(at_home)
    sent = at_home.post(CLOSE, do="send_code")
    said = page(at_home)
    # The field for the code stands at the end of a long page, whose beginning did not change.
    assert sent.headers["Location"] == f"{reverse(CLOSE)}#sure"
    assert 'id="sure"' in at_home.client.get(reverse(CLOSE)).content.decode()
    assert f"A code is on its way to {JOAN}" in said
    assert ("Use my password instead" in said) is has_password
    assert "That is not the code" in at_home.post(CLOSE, do="by_code", code="BBBB-BBBB").content.decode()
    nonce = Message.objects.get(kind=mails.CLOSING_CODE.code).params["nonce"]
    given = codes.derive(codes.Purpose.CLOSING, nonce).lower()
    assert "Your account is closed" in words(at_home.follow(CLOSE, do="by_code", code=given).content.decode())
    assert not User.objects.get().is_active


def test_the_code_of_another_browser_is_none_here(at_home: Visitor, joan: User) -> None:
    other = Visitor()
    other.sign_in(JOAN)
    other.post(CLOSE, do="send_code")
    nonce = Message.objects.get().params["nonce"]
    at_home.post(CLOSE, do="by_code", code=codes.derive(codes.Purpose.CLOSING, nonce))
    assert User.objects.get().is_active


def test_nobody_fills_their_mailbox_with_codes(at_home: Visitor) -> None:
    answers = [at_home.post(CLOSE, do="send_code").status_code for _time in range(6)]
    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize("data", [{}, {"do": "by_password"}, {"do": "page"}, {"do": "by_code", "code": "BBBB-BBBB"}])
def test_anything_else_closes_nothing(at_home: Visitor, data: dict[str, str]) -> None:
    assert at_home.post(CLOSE, **data).status_code in {200, 400}
    assert User.objects.get().is_active


def test_an_account_of_staff_is_closed_by_a_colleague(visitor: Visitor, priya: User) -> None:
    visitor.client.force_login(priya)
    assert "A colleague closes it" in page(visitor)
    assert visitor.post(CLOSE, do="by_password", password=PASSWORD).status_code == 400
    with pytest.raises(flows.OfStaff):
        flows.close_own(priya)
    priya.refresh_from_db()
    assert priya.is_active


def test_closing_twice_tells_once(joan: User) -> None:
    assert flows.close_own(joan)
    assert not flows.close_own(joan)
    assert len(mails_to(JOAN)) == 1


def test_the_page_that_it_is_done_is_for_who_did_it(at_home: Visitor) -> None:
    assert Visitor().client.get(reverse("account_closed")).headers["Location"] == reverse("account_login")
    closed(at_home)
    assert at_home.client.get(reverse("account_closed")).status_code == 200


@pytest.mark.parametrize("way", [by_code, by_new_password, by_password])
def test_from_outside_there_is_no_account_any_more(
    way: Callable[[str], list[object]], at_home: Visitor, joan: User
) -> None:
    closed(at_home)
    assert seen(way(JOAN), JOAN) == seen(way(NOBODY), NOBODY)
    assert len(mails_to(JOAN)) == 1, "nothing but that it is closed"


def test_its_very_password_opens_nothing_and_tells_nothing(at_home: Visitor) -> None:
    closed(at_home)
    answer = Visitor().follow("account_login", login=JOAN, password=PASSWORD)
    assert "Address and password do not belong together" in answer.content.decode()


def test_choices_and_requests_stay(at_home: Visitor, joan: User, asked: Request) -> None:
    before = Event.objects.count()
    assert "A request about these data is open." in page(at_home)
    closed(at_home)
    asked.refresh_from_db()
    assert asked.state == "active"
    assert Event.objects.count() == before
    gate = Client().get(reverse("request", args=[asked.pk]))
    assert "code" in gate.content.decode(), "its page opens with a code"


@pytest.mark.parametrize("with_request", [True, False])
def test_who_signs_up_again_goes_on_where_they_were(
    at_home: Visitor, joan: User, request: pytest.FixtureRequest, with_request: bool
) -> None:
    if with_request:
        request.getfixturevalue("asked")  # an open request holds everything about her
    person, joined = joan.subject, joan.date_joined
    closed(at_home)
    back = Visitor()
    back.sign_up(JOAN, password="another password")
    assert mails_to(JOAN)[-1].kind == mails.SIGN_UP_CODE.code
    assert User.objects.count() == 2, "somebody typed her address: nothing of hers changes"
    back.post("account_email_verification_sent", code=last_code(JOAN))
    again = User.objects.get()
    assert back.user == again
    assert (again.subject, again.is_active, again.closed_at, again.closed_by_person) == (person, True, None, False)
    assert (again.name, again.date_joined) == ("Joan Archer", joined)
    assert again.check_password("another password")


def test_a_stranger_who_types_the_address_changes_nothing(at_home: Visitor, joan: User) -> None:
    closed(at_home)
    Visitor().sign_up(JOAN, password="another password")
    joan.refresh_from_db()
    assert (joan.is_active, joan.closed_by_person) == (False, True)


def test_a_hold_on_the_account_itself_keeps_it(at_home: Visitor, joan: User) -> None:
    terms = Terms(reason="The account is part of a case.", owner="1", review_on=holds.today())
    holds.place(joan, terms, by="1")
    closed(at_home)
    back = Visitor()
    back.sign_up(JOAN)
    answer = back.post("account_email_verification_sent", code=last_code(JOAN))
    assert answer.status_code == 409
    assert User.objects.filter(pk=joan.pk).exists()


def test_who_is_held_may_close_it_and_their_address_stays(at_home: Visitor, joan: User) -> None:
    assert joan.subject is not None
    holds.place(joan.subject, Terms(reason="A case is before a court.", owner="1", review_on=holds.today()), by="1")
    closed(at_home)
    joan.refresh_from_db()
    assert joan.closed_by_person
    assert ContactPoint.objects.get(subject=joan.subject).address == JOAN


def test_staff_may_open_one_for_them_again(at_home: Visitor, joan: User) -> None:
    person = joan.subject
    closed(at_home)
    assert not flows.would_be_second_account(JOAN)
    assert flows.open_account(JOAN).subject == person


def test_staff_see_that_the_person_closed_it_themselves(at_home: Visitor, joan: User, priya: User) -> None:
    closed(at_home)
    desk = Client()
    desk.force_login(priya)
    listed = desk.get(reverse("admin:accounts_user_changelist"), {"closed_by_person__exact": "1"}).content.decode()
    assert "given up: the person closed the account" in listed
    seen_by_staff = desk.get(reverse("admin:accounts_user_change", args=[joan.pk])).content.decode()
    assert "Closed by the person" in seen_by_staff
    assert 'name="is_active"' not in seen_by_staff, "they open one again themselves"
    found = desk.post(reverse("admin:accounts_user_changelist"), {"address": JOAN})
    assert found.headers["Location"] == reverse("admin:accounts_user_change", args=[joan.pk])


def test_staff_close_by_the_same_door(joan: User, priya: User) -> None:
    hers = Client()
    hers.force_login(joan)
    desk = Client()
    desk.force_login(priya)
    desk.post(reverse("admin:accounts_user_change", args=[joan.pk]), {"name": "Joan"})
    joan.refresh_from_db()
    assert (joan.is_active, joan.closed_by_person, joan.email) == (False, False, JOAN)
    assert joan.closed_at is not None
    assert not Session.objects.filter(user=joan).exists()


def test_the_copies_of_addresses_still_agree(at_home: Visitor) -> None:
    closed(at_home)
    assert list(addresses.differences()) == []


def test_your_data_say_so_and_name_no_address_that_is_none(at_home: Visitor, joan: User, organisation: Current) -> None:
    closed(at_home)
    assert joan.subject is not None
    kinds = {kind.holding.label: kind for part in of(joan.subject, organisation).sections for kind in part.kinds}
    said = {fact.label: fact.value for fact in kinds["accounts.User"].rows[0]}
    assert said["Closed by you"] == "yes"
    assert "Address you sign in with" not in said
    assert "It is kept for 30 days after your account is closed." in kinds["accounts.User"].until.words
    assert kinds["accounts.User"].until.last_day is not None
