"""Somebody asks for topics on the page; the reader of the address is asked by mail, and nothing counts before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consent.ledger.models import CircumstancesRecord, Event
from consent.preferences.models import Confirmation
from portal.database import database_now
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects import suppression
from portal.subjects.models import ContactPoint, Subject
from tests.preferences.conftest import FIVE, JOAN, MAREK, Visitor, asked, first_topics, new_version, on, subjects_at

pytestmark = pytest.mark.django_db


def test_the_form_shows_each_topic_with_its_words_and_nothing_is_ticked(visitor: Visitor) -> None:
    page = visitor.client.get("/subscribe/")
    assert b"checked" not in page.content
    text = visitor.text(page)
    assert "Yes, send me the Open-E Newsletter about twice a month. I can stop it at any time." in text
    assert "About twice a month." in text
    assert "Marketing: only if you say yes." in text
    assert "Open-E Inc., 2853 Wendy Springs Court" in text


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_organisation_offers_the_topics_of_its_own_form_in_its_own_words(
    organisation: Current, visitor: Visitor
) -> None:
    file, text = organisation.organisation, visitor.see("/subscribe/")
    form = file.forms["subscribe"]
    assert str(form.sentence) in text
    assert form.topics
    for code, topic in file.topics.items():
        assert (str(topic.wording) in text) == (code in form.topics), code
        if code in form.topics:
            purpose = file.purposes[topic.purpose]
            assert str(purpose.title) in text
            assert str(purpose.sentence) in text


def test_asking_writes_an_unconfirmed_yes_with_its_words_and_one_mail(visitor: Visitor) -> None:
    answer = visitor.ask_for(JOAN, "newsletter", "webinars")
    assert answer.status_code == 302
    assert answer.url == "/subscribe/asked/"
    point = subjects_at(JOAN)
    events = list(Event.objects.filter(subject=point.subject).order_by("id"))
    assert [(event.code, event.decision, event.method, event.proved) for event in events] == [
        ("newsletter", "granted", "form", False),
        ("webinars", "granted", "form", False),
    ]
    assert events[0].text is not None
    assert events[0].text.body.startswith("Yes, send me the Open-E Newsletter")
    assert CircumstancesRecord.objects.get(digest=events[0].circumstances_digest).path == "/subscribe/"
    message = Message.objects.get()
    confirmation = Confirmation.objects.get()
    assert (message.kind, message.category) == ("preferences-confirmation", "confirmation")
    assert message.params == {"confirmation": str(confirmation.pk)}
    assert confirmation.choices == {"newsletter": events[0].pk, "webinars": events[1].pk}
    assert on(point) == set()


def test_the_answer_is_the_same_for_everybody(visitor: Visitor, marek: ContactPoint) -> None:
    from consent.preferences.flows import stopping
    from tests.preferences.conftest import own_page

    stopping.stop_everything(subjects_at(MAREK).subject, own_page())
    suppression.suppress(("email", "priya@staff.example"), suppression.MARKETING, 1, "opt-out")
    asked(JOAN, "newsletter")
    answers = []
    for address in (JOAN, MAREK, "priya@staff.example", "nobody@example.net", "nobody@no-such-host.invalid"):
        answer = visitor.ask_for(address, "newsletter")
        after = visitor.client.get(answer.url)
        answers.append((answer.status_code, answer.url, after.status_code, visitor.text(after)))
        assert (
            Message.objects.filter(contact_point__identity=address).latest("created_at").kind
            == "preferences-confirmation"
        )
    assert len(set(answers)) == 1


def test_the_answer_costs_about_the_same_for_known_and_unknown(
    visitor: Visitor, marek: ContactPoint, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visitor.ask_for("warm@example.net", "newsletter")
    counts = {}
    for address in (MAREK, "nobody@example.net"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.ask_for(address, "newsletter")
        counts[address] = len(queries)
    assert abs(counts[MAREK] - counts["nobody@example.net"]) <= 8, counts


def test_asking_again_for_what_one_has_takes_nothing_away(visitor: Visitor) -> None:
    from tests.preferences.conftest import subscribed

    joan = subscribed(JOAN, "newsletter")
    visitor.ask_for(JOAN, "newsletter")
    assert "newsletter.email" in on(joan)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("", "Type your e-mail address"),
        ("joan.archer.example.org", "exactly one @"),
        ("joan@example.org\r\nBcc: all@example.org", "characters that cannot be printed"),
        ("joan@example\r\n.org", "characters that cannot be printed"),
        ("j" * 400 + "@example.org", "too long"),
        ("joan archer@example.org", "no spaces"),
        ("joan@example", "after the @"),
        ("@example.org", "before the @"),
    ],
)
def test_what_is_no_address_is_said_so_and_nothing_is_saved(visitor: Visitor, address: str, complaint: str) -> None:
    page = visitor.ask_for(address, "newsletter")
    assert page.status_code == 200
    text = visitor.text(page)
    assert complaint in text
    assert text.startswith("Error:")
    assert b'value="newsletter" id="id_topics_0" aria-describedby="about-newsletter" checked' in page.content
    assert not Subject.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["İpek@example.org", "joan@faß.de", "jürgen@bücher.example", "JOAN@EXAMPLE.ORG"])
def test_unusual_addresses_are_addresses(visitor: Visitor, address: str) -> None:
    assert visitor.ask_for(address, "newsletter").status_code == 302
    assert ContactPoint.objects.get().address == address


@pytest.mark.parametrize("topic", ["no-such-topic", "forum-answers", "newsletter.email", "' OR 1=1"])
def test_a_topic_that_is_not_offered_saves_nothing_and_says_so(visitor: Visitor, topic: str) -> None:
    page = visitor.ask_for(JOAN, "newsletter", topic)
    assert "One of the topics is no longer offered. Nothing was saved." in visitor.text(page)
    assert not Event.objects.exists()


def test_no_topic_chosen_is_said_so(visitor: Visitor) -> None:
    assert "Choose at least one topic." in visitor.text(visitor.ask_for(JOAN))
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("shown", ["", "0", "999999", "one"])
def test_nobody_agrees_to_words_they_did_not_see(visitor: Visitor, shown: str) -> None:
    page = visitor.ask_for(JOAN, "newsletter", shown=shown)
    assert page.status_code == 200
    assert not Event.objects.exists()


def test_words_that_changed_under_the_open_page_are_read_again(visitor: Visitor, organisation: Current) -> None:
    def change(content: dict[str, Any]) -> None:
        content["topics"]["newsletter"]["wording"] = "Yes to everything."

    new_version(organisation, change)
    page = visitor.ask_for(JOAN, "newsletter", shown=organisation.id)
    assert "Our words changed while this page was open." in visitor.text(page)
    assert "Yes to everything." in visitor.text(page)
    assert visitor.ask_for(JOAN, "webinars", shown=organisation.id).status_code == 302


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_where_there_is_a_least_age_it_is_asked_as_a_yes_and_required(organisation: Current, visitor: Visitor) -> None:
    topic = first_topics(organisation, 1)[0]
    assert "I am 16 or over" in visitor.see("/subscribe/")
    refused = visitor.ask_for(JOAN, topic)
    assert "We may write to you only if you are 16 or over." in visitor.text(refused)
    assert not Subject.objects.exists()
    assert visitor.ask_for(JOAN, topic, old_enough="on").status_code == 302


@pytest.mark.parametrize("organisation", ["opencontact", "open-ecx"], indirect=True)
def test_what_was_offered_and_not_taken_is_noted_where_the_file_says_so(
    organisation: Current, visitor: Visitor
) -> None:
    first, *others = organisation.organisation.forms["subscribe"].topics
    visitor.ask_for(JOAN, first)
    event = Event.objects.get()
    assert event.details == {"left_unticked": others}


def test_the_sixth_request_for_one_address_has_to_wait_whoever_sends_it(visitor: Visitor) -> None:
    for _time in range(5):
        assert visitor.ask_for(JOAN, "newsletter").status_code == 302
    refused = visitor.ask_for(JOAN.upper(), "newsletter")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert Message.objects.count() == 1
    assert visitor.ask_for(MAREK, "newsletter").status_code == 302


def test_other_methods_are_refused(visitor: Visitor) -> None:
    assert visitor.client.put("/subscribe/").status_code == 405
    assert visitor.client.post("/subscribe/asked/").status_code == 405


class TestOneMailIsEnough:
    """Asked for the same again and again, within minutes: a form is no way to fill somebody's mailbox."""

    def test_the_page_is_the_same_and_no_second_mail_goes(self, visitor: Visitor) -> None:
        pages = {visitor.text(visitor.client.get(visitor.ask_for(JOAN, "newsletter").url)) for _time in range(4)}
        assert len(pages) == 1
        assert Message.objects.count() == Confirmation.objects.count() == 1

    def test_other_topics_are_another_question(self, visitor: Visitor) -> None:
        visitor.ask_for(JOAN, "newsletter")
        visitor.ask_for(JOAN, "newsletter", "webinars")
        assert Message.objects.count() == 2

    def test_after_five_minutes_it_is_asked_again(self, visitor: Visitor) -> None:
        visitor.ask_for(JOAN, "newsletter")
        Confirmation.objects.update(created_at=database_now() - timedelta(minutes=5, seconds=1))
        visitor.ask_for(JOAN, "newsletter")
        assert Message.objects.count() == 2

    def test_once_confirmed_it_is_asked_again(self, visitor: Visitor) -> None:
        visitor.ask_for(JOAN, "newsletter")
        Confirmation.objects.update(used_at=database_now())
        visitor.ask_for(JOAN, "newsletter")
        assert Message.objects.count() == 2

    def test_after_a_stop_the_old_link_is_worth_nothing_so_a_new_one_goes(self, visitor: Visitor) -> None:
        from consent.preferences.flows import stopping
        from tests.preferences.conftest import own_page

        visitor.ask_for(JOAN, "newsletter")
        stopping.stop_everything(subjects_at(JOAN).subject, own_page())
        visitor.ask_for(JOAN, "newsletter")
        assert Message.objects.count() == 2
