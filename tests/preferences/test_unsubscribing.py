"""Out by the link of a mail, by the button of the mail program (RFC 8058), and by typing an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from consent.ledger import permission
from consent.ledger.models import CircumstancesRecord, Event
from consent.preferences import overview
from portal.organisation.versions import Current
from portal.outbox import links, permits
from portal.outbox.kinds import Category
from portal.subjects import flows as subjects
from portal.subjects import merging, suppression
from portal.subjects.models import ContactPoint, Subject
from tests.preferences.conftest import (
    FIVE,
    JOAN,
    MAREK,
    Visitor,
    first_topics,
    last_token,
    new_version,
    on,
    subjects_at,
    subscribed,
    unsubscribe_link,
    without_topic,
)

pytestmark = pytest.mark.django_db
ALWAYS_ON = {"forum-answers.email"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_page_says_in_the_organisations_words_what_each_button_does(
    organisation: Current, visitor: Visitor, marek: ContactPoint
) -> None:
    code = first_topics(organisation, 1)[0]
    topic = organisation.organisation.topics[code]
    text = visitor.see(unsubscribe_link(marek, code))
    assert f"Stop {topic.title}?" in text
    assert "One press, no sign-in, no questions. Nothing has changed yet." in text
    assert f"Ends {topic.title}, in every way it comes." in text
    assert "You said yes to this on" in text
    assert str(topic.wording) in text
    for mail in organisation.organisation.service_mails.values():
        assert str(mail.title) in text
    assert "m•••@example.com" in text
    assert MAREK not in text


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_who_types_an_address_reads_what_still_comes_before_and_after(organisation: Current, visitor: Visitor) -> None:
    before = visitor.see("/unsubscribe/")
    after = visitor.text(visitor.client.post("/unsubscribe/", {"address": MAREK}))
    assert "for all our marketing and every way we reach you" in before
    for mail in organisation.organisation.service_mails.values():
        assert f"{mail.title} {mail.sentence}" in before
    still = after[after.index("What still comes") + len("What still comes") : after.index("Changed your mind?")].strip()
    assert still in before
    for title in overview.notice_titles(organisation.organisation):
        assert title in still


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_no_mail_is_promised_of_sign_ins_that_nobody_sends(organisation: Current) -> None:
    said = " ".join(str(mail.sentence) for mail in organisation.organisation.service_mails.values()).lower()
    assert "sign-ins" not in said


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_changes_nothing(visitor: Visitor, marek: ContactPoint, method: str) -> None:
    before = on(marek)
    for data in ({}, ONE_CLICK, {"stop": "marketing"}):
        getattr(visitor.client, method)(unsubscribe_link(marek, "newsletter"), data)
    assert on(marek) == before


def test_one_press_stops_the_topic_and_names_what_still_comes(visitor: Visitor, marek: ContactPoint) -> None:
    page = visitor.client.post(unsubscribe_link(marek, "newsletter"), {"stop": "topic"})
    assert page.status_code == 200
    text = visitor.text(page)
    assert "Done. No more Open-E Newsletter." in text
    assert "no longer goes to m•••@example.com" in text
    assert "Whatever else you chose goes on." in text
    assert on(marek) == {"partner-news.email", *ALWAYS_ON}
    event = Event.objects.get(method="unsubscribe_page")
    assert (event.decision, event.code, event.channel, event.proved) == ("withdrawn", "newsletter", "", False)
    assert event.text is not None
    assert event.text.body == "Stop Open-E Newsletter"
    assert CircumstancesRecord.objects.get(digest=event.circumstances_digest).path == "/unsubscribe/link/"


def test_one_press_stops_all_marketing(visitor: Visitor, marek: ContactPoint) -> None:
    text = visitor.text(visitor.client.post(unsubscribe_link(marek, "newsletter"), {"stop": "marketing"}))
    assert "Done. No more marketing." in text
    assert "No marketing goes to m•••@example.com any more, in any way." in text
    assert on(marek) == ALWAYS_ON


def test_pressing_again_is_answered_alike_and_recorded_once(visitor: Visitor, marek: ContactPoint) -> None:
    link = unsubscribe_link(marek, "newsletter")
    pages = [visitor.text(visitor.client.post(link, {"stop": "topic"})) for _press in range(3)]
    assert len(set(pages)) == 1
    assert Event.objects.filter(method="unsubscribe_page").count() == 1


def test_the_browser_that_pressed_may_undo_it_and_no_other(visitor: Visitor, marek: ContactPoint) -> None:
    link, before = unsubscribe_link(marek, "newsletter"), on(marek)
    visitor.client.post(link, {"stop": "marketing"})
    other = Visitor()
    assert "Nothing to undo" in other.text(other.client.post(link, {"do": "undo"}))
    assert on(marek) == ALWAYS_ON
    text = visitor.text(visitor.client.post(link, {"do": "undo"}))
    assert "Back as before:" in text
    assert on(marek) == before
    assert "Nothing to undo" in visitor.text(visitor.client.post(link, {"do": "undo"}))


def test_who_comes_back_by_the_link_finds_the_way_back(visitor: Visitor, marek: ContactPoint) -> None:
    link = unsubscribe_link(marek)
    words = ("Undo what I pressed", "you can undo it for fifteen minutes")
    assert not any(said in visitor.text(visitor.client.get(link)) for said in words)
    visitor.client.post(link, {"stop": "marketing"})
    assert all(said in visitor.text(visitor.client.get(link)) for said in words)
    assert not any(said in visitor.text(Visitor().client.get(link)) for said in words)
    visitor.client.post(link, {"do": "undo"})
    assert not any(said in visitor.text(visitor.client.get(link)) for said in words)


def test_undo_after_pressing_twice_still_works(visitor: Visitor, marek: ContactPoint) -> None:
    link, before = unsubscribe_link(marek), on(marek)
    visitor.client.post(link, {"stop": "marketing"})
    visitor.client.post(link, {"stop": "marketing"})
    visitor.client.post(link, {"do": "undo"})
    assert on(marek) == before


def test_an_already_stopped_topic_says_so_and_still_offers_to_stop_everything(
    visitor: Visitor, marek: ContactPoint
) -> None:
    link = unsubscribe_link(marek, "newsletter")
    visitor.client.post(link, {"stop": "topic"})
    text = visitor.see(link)
    assert "Open-E Newsletter: already stopped" in text
    assert "Stop all marketing" in text


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=B"])
@pytest.mark.parametrize("topic", ["newsletter", ""])
def test_the_button_of_a_mail_program_needs_no_cookie_and_gets_no_redirect(
    marek: ContactPoint, content_type: str, topic: str
) -> None:
    body = "List-Unsubscribe=One-Click"
    if content_type.startswith("multipart"):
        body = '--B\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--B--\r\n'
    client = Client(enforce_csrf_checks=True)
    answer = client.post(unsubscribe_link(marek, topic), body, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content == b"Done. You are unsubscribed."
    assert not answer.cookies
    assert "newsletter.email" not in on(marek)
    assert ("partner-news.email" in on(marek)) == bool(topic)
    assert Event.objects.get(method="one_click").proved is False


def test_one_click_twice_is_fine(marek: ContactPoint) -> None:
    for _time in range(2):
        assert Client().post(unsubscribe_link(marek, "newsletter"), ONE_CLICK).status_code == 200
    assert Event.objects.filter(method="one_click").count() == 1


def test_a_post_that_says_nothing_stops_nothing(visitor: Visitor, marek: ContactPoint) -> None:
    before = on(marek)
    for data in ({}, {"stop": "nonsense"}, {"List-Unsubscribe": "Two-Click"}):
        page = visitor.client.post(unsubscribe_link(marek, "newsletter"), data)
        assert page.status_code == 400
        assert "Nothing has changed yet." in visitor.text(page)
    assert on(marek) == before


@pytest.mark.parametrize("token", ["forged", "A" * 60, "x" * 2000])
def test_a_forged_link_has_a_page_with_a_way_on(visitor: Visitor, token: str) -> None:
    page = visitor.client.get(f"/unsubscribe/{token}/")
    assert page.status_code == 404
    assert "We do not know this link" in visitor.text(page)
    assert visitor.client.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 404


def test_a_link_of_another_purpose_stops_nothing(visitor: Visitor, marek: ContactPoint) -> None:
    token = links.make(links.PREFERENCES, str(marek.pk))
    assert visitor.client.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 404
    assert "newsletter.email" in on(marek)


def test_the_link_of_a_topic_that_left_the_file_still_stops_it(
    visitor: Visitor, marek: ContactPoint, organisation: Current
) -> None:
    link = unsubscribe_link(marek, "newsletter")
    new_version(organisation, without_topic("newsletter"))
    assert visitor.client.get(link).status_code == 200
    assert Client().post(link, ONE_CLICK).status_code == 200
    assert Event.objects.filter(code="newsletter", method="one_click").exists()


def test_the_link_of_an_erased_person_answers_without_one(visitor: Visitor, marek: ContactPoint) -> None:
    link = unsubscribe_link(marek, "newsletter")
    marek.delete()
    assert "Nothing is sent to this address any more" in visitor.see(link)
    assert Client().post(link, ONE_CLICK).status_code == 200


def test_after_a_merge_the_link_stops_for_the_joined_record(visitor: Visitor, marek: ContactPoint) -> None:
    joan = subscribed(JOAN, "newsletter")
    merging.merge(joan.subject, marek.subject)
    visitor.client.post(unsubscribe_link(marek, "newsletter"), {"stop": "topic"})
    assert "newsletter.email" not in on(subjects_at(JOAN))


def test_a_mail_that_was_leaving_is_owned_up_to(
    visitor: Visitor, marek: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[object] = []

    def still_leaving(subject_id: object, *_args: object, **_options: object) -> int:
        assert "newsletter.email" not in on(marek), "waiting comes after the commit"
        waited.append(subject_id)
        return 1

    monkeypatch.setattr(permits, "wait_for_open", still_leaving)
    text = visitor.text(visitor.client.post(unsubscribe_link(marek, "newsletter"), {"stop": "topic"}))
    assert "One mail was already leaving when you pressed." in text
    answer = Client().post(unsubscribe_link(marek, "newsletter"), ONE_CLICK)
    assert answer.content.startswith(b"Done. You are unsubscribed. One mail was already leaving.")
    assert waited == [marek.subject_id, marek.subject_id]


def test_the_same_answer_for_every_address_typed_in(visitor: Visitor, marek: ContactPoint) -> None:
    pages = set()
    for address in (MAREK, "mxxxx.xxxxx@example.com"):
        page = visitor.client.post("/unsubscribe/", {"address": address})
        assert f"From now on no marketing goes to {address}." in visitor.text(page), "so that a slip is seen"
        pages.add((page.status_code, visitor.text(page).replace(address, "that address")))
    assert len(pages) == 1
    assert on(marek) == ALWAYS_ON


def test_an_unknown_address_is_obeyed_without_being_kept(visitor: Visitor, organisation: Current) -> None:
    visitor.client.post("/unsubscribe/", {"address": "Nobody@Example.net"})
    assert not ContactPoint.objects.exists()
    assert not Subject.objects.exists()
    (stop,) = suppression.suppressions("email", "nobody@example.net")
    assert (stop.scope, stop.reason) == ("marketing", "opt-out")
    assert "example.net" not in f"{stop.digest}{stop.key_id}"
    later = subjects.reach("email", "nobody@example.net", context="website", source="person")
    answer = permission.permission(later, category=Category.MARKETING, topic="newsletter")
    assert (answer.allowed, answer.rule) == (False, "suppressed")


def test_who_was_unknown_when_they_stopped_may_come_back_by_their_own_confirmed_act(
    visitor: Visitor, marek: ContactPoint
) -> None:
    visitor.client.post("/unsubscribe/", {"address": JOAN})
    visitor.ask_for(JOAN, "newsletter")
    visitor.client.post(f"/subscribe/confirm/{last_token(JOAN)}/")
    assert "newsletter.email" in on(subjects_at(JOAN))


def test_what_is_no_address_is_said_so(visitor: Visitor) -> None:
    page = visitor.client.post("/unsubscribe/", {"address": "marek.example.com"})
    assert "exactly one @" in visitor.text(page)
    assert visitor.text(page).startswith("Error:")


def test_stopping_strangers_by_the_thousand_has_to_wait(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import pace

    monkeypatch.setattr(pace, "FORMS_FROM_ONE_NETWORK", 2)
    codes = [visitor.client.post("/unsubscribe/", {"address": f"n{n}@example.net"}).status_code for n in range(3)]
    assert codes == [200, 200, 429]


def test_database_away_is_never_called_done(
    marek: ContactPoint, visitors: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from consent.ledger.record import Locked

    def away(*_args: object, **_options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Locked, "record", away)
    visitor = visitors()
    for path, data in (
        (unsubscribe_link(marek, "newsletter"), {"stop": "topic"}),
        (unsubscribe_link(marek, "newsletter"), ONE_CLICK),
        ("/unsubscribe/", {"address": MAREK}),
    ):
        page = visitor.client.post(path, data)
        assert page.status_code == 503
        assert "Done" not in visitor.text(page)


def test_a_stop_before_the_first_event_of_all_is_obeyed_and_lifted_by_a_first_yes(
    visitor: Visitor, organisation: Current
) -> None:
    assert not Event.objects.exists()
    visitor.client.post("/unsubscribe/", {"address": JOAN})
    assert [stop.position for stop in suppression.suppressions("email", JOAN)] == [0]
    visitor.ask_for(JOAN, "newsletter")
    assert on(subjects_at(JOAN)) == set()
    visitor.client.post(f"/subscribe/confirm/{last_token(JOAN)}/")
    assert on(subjects_at(JOAN)) == {"newsletter.email"}
