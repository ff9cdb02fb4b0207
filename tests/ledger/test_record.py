"""A decision goes in by one door, and counts at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from consent.ledger.choices import Choice
from consent.ledger.circumstances import Circumstances
from consent.ledger.models import CircumstancesRecord, Event, State, Text
from consent.ledger.record import SomebodyElseSpeaks, lock
from consent.ledger.vocabulary import Decision, Method, ObjectKind
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import (
    BY_CONFIRMATION_MAIL,
    BY_STAFF,
    BY_TIME,
    FROM_A_LIST,
    ON_A_FORM,
    STOP_ALL,
    WORDING,
    confirm,
    may_send,
    no_to,
    says,
    to,
    yes_to,
)


def test_a_yes_is_a_yes_until_a_stop(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    assert may_send(joans_mail, "newsletter").rule == "consent"
    done = says(joan, STOP_ALL)
    assert [event.decision for event in done.events] == [Decision.OBJECTED]
    assert may_send(joans_mail, "newsletter").rule == "stopped"


def test_the_event_says_what_was_decided_and_how(joan: Subject, organisation: Current) -> None:
    [event] = says(joan, yes_to("newsletter"), notice="privacy 2018-05-25").events
    event.refresh_from_db()
    assert (event.subject, event.kind, event.code, event.channel) == (joan, "topic", "newsletter", "email")
    assert (event.decision, event.basis, event.method, event.actor) == (
        "granted",
        "consent",
        "preference_centre",
        "person",
    )
    assert (event.proved, event.notice, event.organisation_version_id) == (True, "privacy 2018-05-25", organisation.id)
    assert event.text is not None
    assert (event.text.body, event.text.language) == (WORDING.body, WORDING.language)
    assert abs(timezone.now() - event.recorded_at) < timedelta(minutes=1)
    assert abs(event.occurred_at - event.recorded_at) < timedelta(seconds=1)


def test_a_wording_is_kept_once_however_often_it_is_shown(joan: Subject, marek: Subject) -> None:
    says(joan, yes_to("newsletter"))
    says(marek, yes_to("newsletter"), yes_to("webinars"))
    assert Text.objects.count() == 1


def test_a_letter_keeps_its_own_date(joan: Subject) -> None:
    written = datetime(2025, 11, 5, 12, tzinfo=UTC)
    [event] = says(joan, STOP_ALL, **BY_STAFF, occurred_at=written).events
    assert event.occurred_at == written
    assert event.recorded_at > written


def test_the_choices_of_one_act_share_their_circumstances(joan: Subject) -> None:
    seen = Circumstances(ip="203.0.113.0/24", user_agent="Firefox", path="/preferences/")
    events = says(joan, yes_to("newsletter"), no_to("promotions"), circumstances=seen).events
    kept = CircumstancesRecord.objects.get()
    assert {event.circumstances_digest for event in events} == {kept.digest} == {seen.digest(kept.nonce)}
    assert kept.subject == joan


def test_a_form_asks_and_the_mail_confirms(joan: Subject, joans_mail: ContactPoint) -> None:
    [asked] = says(joan, yes_to("newsletter"), **ON_A_FORM).events
    assert may_send(joans_mail, "newsletter").rule == "unconfirmed"
    says(joan, confirm("newsletter", grant=asked.pk), **BY_CONFIRMATION_MAIL)
    assert may_send(joans_mail, "newsletter").rule == "consent"


@pytest.mark.parametrize(
    "stop", [STOP_ALL, no_to("newsletter"), Choice(ObjectKind.PURPOSE, "news", "", Decision.WITHDRAWN)]
)
def test_confirming_what_was_stopped_since_is_reported_as_ignored(
    joan: Subject, joans_mail: ContactPoint, stop: Choice
) -> None:
    says(joan, yes_to("newsletter"), **ON_A_FORM)
    says(joan, stop)
    done = says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL)
    assert (done.events, done.ignored) == ([], [confirm("newsletter")])
    assert not may_send(joans_mail, "newsletter").allowed


def test_asking_again_after_a_stop_can_be_confirmed(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"), **ON_A_FORM)
    says(joan, STOP_ALL)
    [again] = says(joan, yes_to("newsletter"), **ON_A_FORM).events
    assert not may_send(joans_mail, "newsletter").allowed
    says(joan, confirm("newsletter", grant=again.pk), **BY_CONFIRMATION_MAIL)
    assert may_send(joans_mail, "newsletter").rule == "consent"
    assert may_send(joans_mail, "webinars").rule == "stopped"


def test_a_list_cannot_bring_back_what_was_stopped(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, STOP_ALL)
    before = Event.objects.count()
    done = says(joan, yes_to("newsletter"), yes_to("webinars"), **FROM_A_LIST)
    assert (done.events, len(done.ignored), Event.objects.count()) == ([], 2, before)
    assert may_send(joans_mail, "newsletter").rule == "stopped"


def test_a_list_leaves_what_the_person_said_yes_to_after_a_stop(joan: Subject) -> None:
    says(joan, STOP_ALL)
    says(joan, yes_to("newsletter"))
    assert says(joan, yes_to("newsletter"), **FROM_A_LIST).unchanged == [yes_to("newsletter")]


def test_staff_record_a_yes_that_the_person_then_confirms(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"), **BY_STAFF)
    assert may_send(joans_mail, "newsletter").rule == "unconfirmed"
    says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL)
    assert may_send(joans_mail, "newsletter").rule == "consent"


def test_a_list_cannot_switch_a_notice_on_again(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, no_to("forum-answers"))
    assert says(joan, yes_to("forum-answers"), **FROM_A_LIST).ignored == [yes_to("forum-answers")]
    assert not may_send(joans_mail, "forum-answers").allowed


def test_a_stop_of_all_marketing_lets_a_list_switch_a_notice_on(joan: Subject) -> None:
    says(joan, STOP_ALL)
    assert says(joan, yes_to("forum-answers"), **FROM_A_LIST).events


def test_a_yes_lapses(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    says(joan, to("newsletter", Decision.LAPSED), **BY_TIME)
    assert may_send(joans_mail, "newsletter").rule == "lapsed"


def test_whoever_does_not_speak_for_the_person_is_not_written_to(joan: Subject, marek: Subject) -> None:
    with transaction.atomic(), pytest.raises(SomebodyElseSpeaks) as caught:
        lock(joan, marek.pk)
    assert caught.value.speaker == joan.pk


def test_a_pause_and_its_end(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    says(joan, Choice(ObjectKind.MARKETING, "", "", Decision.PAUSED, until=timezone.now() + timedelta(days=30)))
    assert may_send(joans_mail, "newsletter").rule == "paused"
    says(joan, Choice(ObjectKind.MARKETING, "", "", Decision.RESUMED))
    assert may_send(joans_mail, "newsletter").rule == "consent"


def test_a_notice_is_shown_and_refused_like_anything_else(joan: Subject) -> None:
    done = says(joan, Choice(ObjectKind.NOTICE, "privacy", "", Decision.REFUSED))
    assert State.objects.get(kind="notice").stopped_id == done.events[0].pk
    assert says(joan, Choice(ObjectKind.NOTICE, "privacy", "", Decision.GRANTED)).events


def test_a_purpose_takes_a_yes_of_its_own_and_that_is_no_yes_to_its_topics(
    joan: Subject, joans_mail: ContactPoint
) -> None:
    consent = Choice(ObjectKind.PURPOSE, "personal-site", "", Decision.GRANTED)
    assert says(joan, consent).events[0].basis == "consent"
    assert says(joan, consent).unchanged == [consent]
    says(joan, Choice(ObjectKind.PURPOSE, "news", "", Decision.GRANTED))
    assert may_send(joans_mail, "newsletter").rule == "no-basis"


def test_nothing_decided_writes_nothing(joan: Subject) -> None:
    assert says(joan).events == []
    assert Event.objects.count() == 0


def test_a_stop_of_a_topic_that_left_the_file_is_still_taken(joan: Subject, joans_mail: ContactPoint) -> None:
    from portal.organisation.models import Topic

    Topic.objects.create(code="long-gone", title="Long gone", purpose="news", first_version_id=_version())
    [event] = says(joan, to("long-gone", Decision.WITHDRAWN), method=Method.ONE_CLICK).events
    assert (event.code, event.basis) == ("long-gone", "")


def _version() -> int:
    from portal.organisation import versions

    return versions.current().id
