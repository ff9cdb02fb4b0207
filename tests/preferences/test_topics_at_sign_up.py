"""Topics offered while an account is opened: nothing ticked, nothing counted before the address is proved."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.models import User
from consent.ledger.models import Event
from consent.preferences.signup import NOTED, TopicsStep
from portal.organisation import versions
from portal.organisation.versions import Current
from tests.preferences.conftest import JOAN, MAREK, Visitor, on, person_of, subjects_at

pytestmark = pytest.mark.django_db
PASSWORD = "green kettle on Tuesdays"


def sign_up(visitor: Visitor, *topics: str, **more: object) -> object:
    data = {"email": JOAN, "password1": PASSWORD, "topics": topics, **more}
    return visitor.client.post("/account/signup/", data)


def prove(visitor: Visitor, address: str = JOAN) -> None:
    from tests.accounts.conftest import last_code

    visitor.client.post("/account/confirm-email/", {"code": last_code(address)})


def test_the_form_offers_topics_in_their_words_and_ticks_none(visitor: Visitor) -> None:
    page = visitor.client.get("/account/signup/")
    assert "Yes, send me the Open-E Newsletter" in visitor.text(page)
    assert b"checked" not in page.content


def test_chosen_topics_count_when_the_address_is_proved(visitor: Visitor) -> None:
    sign_up(visitor, "newsletter", "webinars")
    assert not Event.objects.exists()
    prove(visitor)
    point = subjects_at(JOAN)
    assert {"newsletter.email", "webinars.email"} <= on(point)
    events = list(Event.objects.filter(subject=point.subject))
    assert {(event.decision, event.method, event.proved) for event in events} == {("granted", "signup", True)}
    assert all(event.text is not None for event in events)


def test_nothing_chosen_is_nothing_recorded(visitor: Visitor) -> None:
    sign_up(visitor)
    prove(visitor)
    assert User.objects.get(email=JOAN).subject is not None
    assert not Event.objects.exists()


def test_an_unknown_topic_opens_no_account(visitor: Visitor) -> None:
    page = sign_up(visitor, "no-such-topic")
    assert "One of the topics is no longer offered." in visitor.text(page)
    assert not User.objects.exists()


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_where_there_is_a_least_age_topics_need_the_yes_to_it(organisation: Current, visitor: Visitor) -> None:
    assert "I am 16 or over" in visitor.text(visitor.client.get("/account/signup/"))
    page = sign_up(visitor, "technology-news")
    prove(visitor)
    assert page is not None
    assert "technology-news.email" not in on(subjects_at(JOAN))
    assert not Event.objects.exists()


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_with_the_yes_to_the_age_topics_count(organisation: Current, visitor: Visitor) -> None:
    sign_up(visitor, "technology-news", old_enough="on")
    prove(visitor)
    assert "technology-news.email" in on(subjects_at(JOAN))


def test_before_an_organisation_is_loaded_there_is_no_step(db: None) -> None:
    assert TopicsStep().fields() == {}


def test_a_topic_that_left_the_file_meanwhile_is_left_out(organisation: Current, joan: User) -> None:
    from tests.preferences.conftest import new_version, without_topic

    request = RequestFactory().get("/account/confirm-email/")
    noted = {"user": str(joan.pk), "topics": ["newsletter", "webinars"], "shown": versions.current().id}
    request.session = {NOTED: noted}  # type: ignore[assignment]  # a dict does
    new_version(organisation, without_topic("newsletter"))
    TopicsStep().confirmed(request, joan)
    assert {event.code for event in Event.objects.filter(subject=person_of(joan))} == {"webinars"}


@pytest.mark.parametrize("mareks", [(), ("webinars",)])
def test_what_one_chose_is_never_recorded_for_the_next_at_the_same_browser(
    visitor: Visitor, mareks: tuple[str, ...]
) -> None:
    sign_up(visitor, "newsletter")
    session = visitor.client.session
    for pending in ("account_login", "account_email_verification_code"):  # Joan gave up before she proved her address
        del session[pending]
    session.save()
    sign_up(visitor, *mareks, email=MAREK)
    prove(visitor, MAREK)
    assert {event.code for event in Event.objects.all()} == set(mareks)


def test_a_note_of_somebody_else_is_dropped(organisation: Current, joan: User) -> None:
    request = RequestFactory().get("/account/confirm-email/")
    request.session = {NOTED: {"user": "somebody else", "topics": ["newsletter"], "shown": versions.current().id}}  # type: ignore[assignment]  # a dict does
    TopicsStep().confirmed(request, joan)
    assert NOTED not in request.session
    assert not Event.objects.exists()
