"""The preference page of somebody signed in: switches, reasons, words, exactly what changed, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from consent.ledger.models import Event
from consent.ledger.record import Act, Choice, record
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from consent.preferences import overview, sentences, switches
from consent.preferences.flows import choosing, stopping
from consent.preferences.views import told
from portal.database import database_now
from portal.organisation.versions import Current
from portal.subjects import flows as subjects
from portal.subjects import merging
from portal.subjects.models import Subject
from tests.preferences.conftest import (
    FIVE,
    JOAN,
    Visitor,
    new_version,
    on,
    own_page,
    person_of,
    subscribed,
    without_topic,
)

pytestmark = pytest.mark.django_db
ALWAYS_ON = {"forum-answers.email"}


def form(user: User, current: Current, **changes: Any) -> dict[str, Any]:
    """What the page would send if nothing was touched; ``on`` and the rest by name."""
    page = overview.of(
        person_of(user), current, last_event=switches.last_event(person_of(user).family()), only_takes=False
    )
    usual = {
        "do": "save",
        "version": page.version,
        "shown": page.organisation_version,
        "was": list(page.switched_on),
        "on": list(page.switched_on),
    }
    return {**usual, **changes}


def save(visitor: Visitor, data: dict[str, Any]) -> str:
    """Press, follow, read."""
    answer = visitor.client.post("/preferences/", data, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain == [("/preferences/", 302)]
    return visitor.text(answer)


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_topic_stands_under_its_purpose_with_its_words_and_reason(
    organisation: Current, signed_in: Visitor
) -> None:
    text = signed_in.see("/preferences/")
    for topic in organisation.organisation.topics.values():
        purpose = organisation.organisation.purposes[topic.purpose]
        for words in (topic.title, topic.sentence, purpose.title, purpose.sentence):
            assert str(words) in text
    for mail in organisation.organisation.service_mails.values():
        assert f"{mail.title} {mail.sentence}" in text
    assert "joan.archer@example.org" in text
    assert "Nothing yet. Your first choice will stand here." in text


def test_nothing_is_on_before_it_was_chosen(signed_in: Visitor, joan: User) -> None:
    assert on(person_of(joan)) == ALWAYS_ON


def test_saving_says_exactly_what_changed_and_records_each_with_its_words(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "partner-news")
    text = save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    assert "Saved. Two things changed." in text
    assert "We now send you Open-E Newsletter by e-mail." in text
    assert "We no longer send you Partner Exclusive News by e-mail." in text
    assert on(person_of(joan)) == {"newsletter.email", *ALWAYS_ON}
    yes, no = Event.objects.filter(method="preference_centre").order_by("id")
    assert (yes.decision, yes.code, yes.channel, yes.proved, yes.basis) == (
        "granted",
        "newsletter",
        "email",
        True,
        "consent",
    )
    assert yes.text is not None
    assert yes.text.body.startswith("Yes, send me the Open-E Newsletter")
    assert (no.decision, no.code) == ("withdrawn", "partner-news")
    assert no.text is not None
    assert no.text.body == "Partner Exclusive News, by e-mail: off"


def test_what_was_said_is_said_once(signed_in: Visitor, joan: User, organisation: Current) -> None:
    save(signed_in, form(joan, organisation, on=["newsletter.email"]))
    assert "Saved." not in signed_in.see("/preferences/")


def test_saving_with_nothing_touched_changes_nothing(signed_in: Visitor, joan: User, organisation: Current) -> None:
    assert "Nothing changed." in save(signed_in, form(joan, organisation))
    assert not Event.objects.exists()


def test_saving_twice_records_once(signed_in: Visitor, joan: User, organisation: Current) -> None:
    data = form(joan, organisation, on=["newsletter.email", *ALWAYS_ON])
    save(signed_in, data)
    save(signed_in, data)
    assert Event.objects.filter(code="newsletter").count() == 1
    assert "newsletter.email" in on(person_of(joan))


def test_undo_puts_both_back_as_the_persons_own_act(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "partner-news")
    before = on(person_of(joan))
    assert "Undo both" in save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    text = save(signed_in, {"do": "undo"})
    assert "Undone." in text
    assert on(person_of(joan)) == before
    assert "There was nothing to undo." in save(signed_in, {"do": "undo"})


def test_undo_is_over_after_a_quarter_of_an_hour(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "partner-news")
    save(signed_in, form(joan, organisation, on=list(ALWAYS_ON)))
    with time_machine.travel(database_now() + timedelta(minutes=15, seconds=1)):
        assert "There was nothing to undo." in save(signed_in, {"do": "undo"})
    assert "partner-news.email" not in on(person_of(joan))


def test_undo_leaves_alone_what_was_decided_since(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "newsletter", "partner-news")
    save(signed_in, form(joan, organisation, on=list(ALWAYS_ON)))
    stopping.stop_topic(person_of(joan), "newsletter", own_page(proved=False))
    save(signed_in, {"do": "undo"})
    assert on(person_of(joan)) == {"partner-news.email", *ALWAYS_ON}


def test_undo_in_another_browser_finds_nothing(signed_in: Visitor, joan: User, organisation: Current) -> None:
    save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    other = Visitor()
    other.client.force_login(joan, "allauth.account.auth_backends.AuthenticationBackend")
    assert "There was nothing to undo." in save(other, {"do": "undo"})
    assert "newsletter.email" in on(person_of(joan))


def test_stop_all_marketing_stops_it_and_leaves_notices(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter", "webinars")
    text = save(signed_in, {"do": "stop"})
    assert "No more marketing to you, in any way." in text
    assert "You stopped all marketing on" in text
    assert on(person_of(joan)) == ALWAYS_ON
    assert Event.objects.filter(kind="marketing", decision="objected", method="preference_centre").count() == 1
    assert "Undone." in save(signed_in, {"do": "undo"})
    assert on(person_of(joan)) == {"newsletter.email", "webinars.email", *ALWAYS_ON}


def test_after_a_stop_only_what_is_switched_on_comes(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "newsletter", "webinars")
    stopping.stop_everything(person_of(joan), own_page())
    save(signed_in, form(joan, organisation, on=["webinars.email", *ALWAYS_ON]))
    assert on(person_of(joan)) == {"webinars.email", *ALWAYS_ON}


def test_a_pause_ends_on_its_day_or_at_once(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    until = database_now().date() + timedelta(days=30)
    text = save(signed_in, {"do": "pause", "until": until.isoformat()})
    assert "Paused. No marketing until" in text
    assert until.strftime("%A") in text
    event = Event.objects.get(decision="paused")
    assert event.until is not None
    assert event.until > database_now() + timedelta(days=28)
    assert "newsletter.email" in on(person_of(joan))
    assert "The pause is over." in save(signed_in, {"do": "resume"})


@pytest.mark.parametrize(
    ("until", "complaint"),
    [
        ("", "Choose a day."),
        ("2020-01-01", "Choose a day after today."),
        ("2199-01-01", "Choose a day within a year."),
        ("soon", "This is no date."),
    ],
)
def test_a_pause_without_a_sensible_day_is_not_kept(signed_in: Visitor, joan: User, until: str, complaint: str) -> None:
    subscribed(JOAN, "newsletter")
    page = signed_in.client.post("/preferences/", {"do": "pause", "until": until})
    assert page.status_code == 400
    assert signed_in.text(page).startswith("Error: What you receive")
    assert f"One thing to put right {complaint}" in signed_in.text(page)
    assert not Event.objects.filter(decision="paused").exists()


@pytest.mark.parametrize("bad", ["no-such.email", "newsletter.post", "newsletter", "newsletter.email.email"])
def test_an_unknown_switch_saves_nothing_and_says_so(
    signed_in: Visitor, joan: User, organisation: Current, bad: str
) -> None:
    page = signed_in.client.post("/preferences/", form(joan, organisation, on=["webinars.email", bad]))
    assert page.status_code == 400
    assert "One of the topics is no longer offered. Nothing was saved." in signed_in.text(page)
    assert not Event.objects.exists()


def test_a_topic_retired_while_the_page_was_open_saves_nothing(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    data = form(joan, organisation, on=["newsletter.email"])
    new_version(organisation, without_topic("newsletter"))
    assert signed_in.client.post("/preferences/", data).status_code == 400
    assert not Event.objects.exists()


def test_a_button_that_is_not_there_saves_nothing(signed_in: Visitor) -> None:
    page = signed_in.client.post("/preferences/", {"do": "page"})
    assert page.status_code == 400
    assert "We did not understand this button. Nothing was saved." in signed_in.text(page)


@pytest.mark.parametrize("missing", ["version", "shown"])
def test_a_form_that_is_not_ours_saves_nothing(
    signed_in: Visitor, joan: User, organisation: Current, missing: str
) -> None:
    data = form(joan, organisation, on=["newsletter.email"])
    del data[missing]
    assert signed_in.client.post("/preferences/", data).status_code == 400
    assert not Event.objects.exists()


def test_ways_without_an_address_are_named_and_have_no_switch(signed_in: Visitor, joan: User) -> None:
    text = signed_in.see("/preferences/")
    assert "We have no mobile number and no postal address of yours, so nothing can come that way." in text
    assert b"partner-news.post" not in signed_in.client.get("/preferences/").content
    subjects.add_address(person_of(joan), "post", "Joan Archer\n1 High Street", context="account", source="person")
    assert b"partner-news.post" in signed_in.client.get("/preferences/").content


def test_each_way_has_a_switch_of_its_own(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subjects.add_address(person_of(joan), "post", "Joan Archer\n1 High Street", context="account", source="person")
    save(signed_in, form(joan, organisation, on=["partner-news.post", *ALWAYS_ON]))
    assert on(person_of(joan)) == {"partner-news.post", *ALWAYS_ON}
    text = signed_in.see("/preferences/")
    assert "Post: You said yes on" in text
    assert "E-mail: You have not asked for this, so nothing comes." in text


def test_an_address_known_from_the_forum_alone_gets_what_its_person_switches_on(
    organisation: Current, signed_in: Visitor, joan: User
) -> None:
    from portal.subjects.models import Provenance

    Provenance.objects.filter(contact_point__subject=person_of(joan)).exclude(context="forum").delete()
    save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    assert "newsletter.email" in on(person_of(joan))


def test_why_and_since_when_are_said_with_the_words(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    text = signed_in.see("/preferences/")
    assert "on a form, and confirmed it by mail." in text
    assert "Words shown for Open-E Newsletter Yes, send me the Open-E Newsletter" in text
    stopping.stop_topic(person_of(joan), "newsletter", own_page())
    assert "so nothing comes." in signed_in.see("/preferences/")


def test_the_history_tells_every_decision_newest_first(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "newsletter", "webinars")
    save(signed_in, form(joan, organisation, on=["webinars.email", *ALWAYS_ON]))
    text = signed_in.see("/preferences/")
    told_ = text[text.index("Every decision about you") :]
    parts = ["You stopped Open-E Newsletter by e-mail.", "On this page, signed in."]
    parts += ["You confirmed Open-E Newsletter by e-mail; Webinar Invitations by e-mail.", "By the link in our mail."]
    parts += ["Somebody asked with your address for Open-E Newsletter by e-mail; Webinar Invitations by e-mail."]
    positions = [told_.index(part) for part in parts]
    assert positions == sorted(positions)


def test_a_long_history_has_pages(signed_in: Visitor, joan: User) -> None:
    for _time in range(6):
        subscribed(JOAN, "newsletter")
        stopping.stop_topic(person_of(joan), "newsletter", own_page())
    text = signed_in.see("/preferences/")
    assert "Page 1 of 2 Older" in text
    assert "Newer Page 2 of 2" in signed_in.see("/preferences/?page=2")
    assert "Newer Page 2 of 2" in signed_in.see("/preferences/?page=99")


def test_strangers_see_the_ways_in_and_staff_that_they_are_nobody(visitor: Visitor, organisation: Current) -> None:
    text = visitor.see("/preferences/")
    assert "Nobody is signed in here." in text
    assert "Sign in" in text
    signed_out = visitor.client.post("/preferences/", {"do": "stop"})
    assert signed_out.status_code == 403
    assert "You were signed out. Nothing was saved." in visitor.text(signed_out)
    assert not Event.objects.exists()
    staff = User.objects.create_user("priya@staff.example", "green kettle", is_staff=True)
    visitor.client.force_login(staff, "allauth.account.auth_backends.AuthenticationBackend")
    assert "A staff account stands for no customer." in visitor.see("/preferences/")


def test_gets_and_heads_change_nothing(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    events = Event.objects.count()
    signed_in.client.get("/preferences/", {"do": "stop"})
    signed_in.client.head("/preferences/", {"do": "stop"})
    assert Event.objects.count() == events
    assert signed_in.client.delete("/preferences/").status_code == 405


def test_the_undo_of_one_person_is_nothing_to_another(signed_in: Visitor, joan: User, organisation: Current) -> None:
    save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    session = signed_in.client.session
    session[told._UNDO] = {**session[told._UNDO], "subject": "somebody-else"}
    session.save()
    assert "There was nothing to undo." in save(signed_in, {"do": "undo"})


def test_save_choices_tells_what_it_did(joan: User, organisation: Current) -> None:
    page = choosing.Page(frozenset(), 0, organisation.id)
    saved = choosing.save_choices(person_of(joan), frozenset({"newsletter.email"}), page, own_page())
    assert (saved.on, saved.off, saved.left, saved.leaving) == (("newsletter.email",), (), (), 0)
    assert saved.position == Event.objects.get().pk


def test_a_yes_that_may_not_be_acted_on_is_noted_and_said_to_wait(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    Subject.objects.filter(pk=person_of(joan).pk).update(restricted_at=database_now())
    text = save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    assert "We noted your yes to Open-E Newsletter, and may not act on it for now" in text
    assert "You asked us to restrict what we do with your data" in text
    assert "newsletter.email" not in on(person_of(joan))
    Subject.objects.filter(pk=person_of(joan).pk).update(restricted_at=None)
    assert "newsletter.email" in on(person_of(joan))


def test_a_phone_call_is_put_into_words_of_its_own() -> None:
    assert sentences.switched("offers", "phone", on=True) == "We may now phone you about offers."
    assert sentences.switched("offers", "phone", on=False) == "We no longer phone you about offers."


def test_merged_records_show_the_history_and_the_protection_of_both(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    marek = subscribed("marek.nowak@example.com", "newsletter")
    stopping.stop_topic(marek.subject, "newsletter", own_page(proved=False))
    merging.merge(person_of(joan), marek.subject)
    text = signed_in.see("/preferences/")
    assert "Two records about you were joined" in text
    assert "newsletter.email" not in on(person_of(joan))
    save(signed_in, form(joan, organisation, on=["newsletter.email", *ALWAYS_ON]))
    assert "newsletter.email" in on(person_of(joan))


@pytest.mark.parametrize(
    ("kind", "code", "channel", "reached"),
    [
        ("topic", "newsletter", "email", True),
        ("topic", "newsletter", "", True),
        ("topic", "newsletter", "post", False),
        ("topic", "webinars", "email", False),
        ("purpose", "news", "", True),
        ("purpose", "offers", "", False),
        ("marketing", "", "", True),
        ("notice", "privacy", "", False),
    ],
)
def test_an_event_reaches_a_switch_through_its_topic_purpose_or_all_marketing(
    organisation: Current, kind: str, code: str, channel: str, reached: bool
) -> None:
    event = Event(kind=kind, code=code, channel=channel)
    assert switches.reaches(event, "newsletter", "email", organisation.organisation) is reached


def test_staff_and_lists_are_named_in_the_history(signed_in: Visitor, joan: User, organisation: Current) -> None:
    staff = Act(method=Method.STAFF, actor=Actor.STAFF)
    record(person_of(joan), [Choice(ObjectKind.TOPIC, "newsletter", "email", Decision.REFUSED)], staff)
    listed = Act(method=Method.IMPORT, actor=Actor.OTHER)
    record(person_of(joan), [Choice(ObjectKind.TOPIC, "webinars", "email", Decision.GRANTED)], listed)
    text = signed_in.see("/preferences/")
    assert "You said no to Open-E Newsletter by e-mail. Entered by our staff." in text
    assert "A yes of yours reached us to Webinar Invitations by e-mail. Taken over from a list." in text
