"""The preference page behind the link of a mail: it can only take away, hides the address, and shows no history."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from consent.ledger.models import CircumstancesRecord, Event
from consent.preferences import overview, switches
from consent.preferences.flows import stopping
from portal.database import database_now
from portal.organisation.versions import Current
from portal.outbox import links
from portal.subjects import merging
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import (
    JOAN,
    MAREK,
    Visitor,
    on,
    own_page,
    person_of,
    preferences_link,
    subjects_at,
    subscribed,
)

pytestmark = pytest.mark.django_db
ALWAYS_ON = {"forum-answers.email"}


def form(point: ContactPoint, current: Current, **changes: object) -> dict[str, object]:
    page = overview.of(point.subject, current, last_event=switches.last_event(point.subject.family()), only_takes=True)
    on_ = list(page.switched_on)
    return {
        "do": "save",
        "version": page.version,
        "shown": page.organisation_version,
        "was": on_,
        "on": on_,
        **changes,
    }


def test_it_shows_the_choices_the_masked_address_and_nothing_else(visitor: Visitor, marek: ContactPoint) -> None:
    page = visitor.client.get(preferences_link(marek))
    text = visitor.text(page)
    assert "m•••@example.com" in text
    assert MAREK not in page.content.decode()
    assert "Open-E Newsletter" in text
    assert "History" not in text
    assert "Every decision about you" not in text
    assert page.content.count(b'role="switch"') == len(on(marek))


def test_switching_off_counts_at_once_without_signing_in(
    visitor: Visitor, marek: ContactPoint, organisation: Current
) -> None:
    data = form(marek, organisation, on=["partner-news.email", *ALWAYS_ON])
    page = visitor.client.post(preferences_link(marek), data, follow=True)
    assert "Saved. One thing changed. We no longer send you Open-E Newsletter by e-mail." in visitor.text(page)
    assert on(marek) == {"partner-news.email", *ALWAYS_ON}
    event = Event.objects.get(method="preference_link")
    assert (event.decision, event.proved) == ("withdrawn", False)
    assert CircumstancesRecord.objects.get(digest=event.circumstances_digest).path == "/preferences/link/"


def test_switching_on_is_not_done_by_a_link(visitor: Visitor, marek: ContactPoint, organisation: Current) -> None:
    data = form(marek, organisation, on=["newsletter.email", "partner-news.email", "webinars.email", *ALWAYS_ON])
    visitor.client.post(preferences_link(marek), data)
    assert "webinars.email" not in on(marek)
    assert not Event.objects.filter(method="preference_link").exists()
    text = visitor.see(preferences_link(marek))
    assert "this page only takes away" in text
    assert "Choose topics and confirm by mail" in text


def test_stop_all_and_pause_work_and_ending_the_pause_does_not(visitor: Visitor, marek: ContactPoint) -> None:
    link = preferences_link(marek)
    day = (database_now() + timedelta(days=9)).date().isoformat()
    assert "Paused." in visitor.text(visitor.client.post(link, {"do": "pause", "until": day}, follow=True))
    refused = visitor.client.post(link, {"do": "resume"})
    assert refused.status_code == 403
    assert not Event.objects.filter(decision="resumed").exists()
    assert "No more marketing to you" in visitor.text(visitor.client.post(link, {"do": "stop"}, follow=True))
    assert on(marek) == ALWAYS_ON


def test_the_browser_that_stopped_may_undo_and_no_other(visitor: Visitor, marek: ContactPoint) -> None:
    link, before = preferences_link(marek), on(marek)
    visitor.client.post(link, {"do": "stop"})
    other = Visitor()
    other.client.post(link, {"do": "undo"})
    assert on(marek) == ALWAYS_ON
    visitor.client.post(link, {"do": "undo"})
    assert on(marek) == before
    assert Event.objects.filter(kind="marketing", decision="objected").exists()


@pytest.mark.parametrize("token", ["forged", "A" * 60, "x" * 2000])
def test_a_forged_link_has_a_page_with_a_way_on(visitor: Visitor, token: str) -> None:
    for page in (
        visitor.client.get(f"/preferences/{token}/"),
        visitor.client.post(f"/preferences/{token}/", {"do": "stop"}),
    ):
        assert page.status_code == 404
        assert "We do not know this link" in visitor.text(page)


def test_a_link_of_another_purpose_opens_nothing(visitor: Visitor, marek: ContactPoint) -> None:
    token = links.make(links.UNSUBSCRIBE, str(marek.pk), "")
    assert visitor.client.get(f"/preferences/{token}/").status_code == 404


def test_a_link_works_as_long_as_the_file_says(visitor: Visitor, marek: ContactPoint, organisation: Current) -> None:
    link = preferences_link(marek)
    lifetime = organisation.organisation.mail.preference_link.as_timedelta()
    with time_machine.travel(database_now() + lifetime - timedelta(hours=1)):
        assert visitor.client.get(link).status_code == 200
    with time_machine.travel(database_now() + lifetime + timedelta(hours=1)):
        old = visitor.client.get(link)
    assert old.status_code == 410
    assert "This link is too old" in visitor.text(old)


def test_somebody_elses_link_stays_theirs_while_one_is_signed_in(
    signed_in: Visitor, joan: User, marek: ContactPoint
) -> None:
    text = signed_in.see(preferences_link(marek))
    assert "This link belongs to another address than the one you signed in with." in text
    assert "m•••@example.com" in text
    signed_in.client.post(preferences_link(marek), {"do": "stop"})
    assert on(marek) == ALWAYS_ON
    assert not Event.objects.filter(subject=person_of(joan)).exists()


def test_the_persons_own_link_says_nothing_of_the_kind(signed_in: Visitor, joan: User) -> None:
    assert "another address" not in signed_in.see(preferences_link(subjects_at(JOAN)))


def test_the_link_of_an_erased_person_says_that_nothing_is_sent(visitor: Visitor, marek: ContactPoint) -> None:
    link = preferences_link(marek)
    marek.delete()
    page = visitor.client.get(link)
    assert page.status_code == 410
    assert "Nothing is sent to this address any more" in visitor.text(page)


def test_after_a_merge_the_link_speaks_for_the_joined_record(visitor: Visitor, marek: ContactPoint) -> None:
    joan = subscribed(JOAN, "webinars")
    link = preferences_link(marek)
    merging.merge(joan.subject, marek.subject)
    visitor.client.post(link, {"do": "stop"})
    assert on(subjects_at(JOAN)) == ALWAYS_ON


def test_scanners_change_nothing(visitor: Visitor, marek: ContactPoint) -> None:
    events = Event.objects.count()
    for _time in range(3):
        visitor.client.get(preferences_link(marek), {"do": "stop"})
        visitor.client.head(preferences_link(marek))
    assert Event.objects.count() == events


def test_a_stale_page_turns_no_stop_into_a_yes(visitor: Visitor, marek: ContactPoint, organisation: Current) -> None:
    data = form(marek, organisation)
    stopping.stop_everything(marek.subject, own_page(proved=False))
    visitor.client.post(preferences_link(marek), data)
    assert on(marek) == ALWAYS_ON
