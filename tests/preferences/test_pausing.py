"""A pause holds back what would come, says so everywhere, and by a link is only ever made longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import User
from consent.ledger.fold import running_pause
from consent.ledger.models import Event
from consent.ledger.record import locking
from consent.ledger.vocabulary import ALL_MARKETING
from consent.preferences import mails, overview, sentences, switches
from consent.preferences.flows import choosing, stopping
from portal.database import database_now
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint, Subject
from tests.preferences.conftest import (
    JOAN,
    Visitor,
    asked,
    on,
    own_page,
    person_of,
    preferences_link,
    subjects_at,
    subscribed,
    unsubscribe_link,
)

pytestmark = pytest.mark.django_db


def day(after: int) -> date:
    return (database_now() + timedelta(days=after)).date()


def written(after: int, current: Current) -> str:
    """The day as pages write it."""
    noon = datetime.combine(day(after), datetime.min.time(), UTC) + timedelta(hours=12)
    return sentences.weekday(noon, current.organisation)


def press(visitor: Visitor, path: str, do: str, **data: object) -> str:
    return visitor.text(visitor.client.post(path, {"do": do, **data}, follow=True))


def pause(visitor: Visitor, path: str, after: int) -> str:
    return press(visitor, path, "pause", until=day(after).isoformat())


def saved(visitor: Visitor, person: Subject, current: Current, on_: set[str]) -> str:
    """What the page says after these switches were saved."""
    page = overview.of(person, current, last_event=switches.last_event(person.family()), only_takes=False)
    data = {"version": page.version, "shown": page.organisation_version, "was": list(page.switched_on)}
    return press(visitor, "/preferences/", "save", **data, on=sorted(on_))


def running(point: ContactPoint) -> date | None:
    """The last day of the pause that runs, by the ledger."""
    with locking(point.subject) as person:
        found = running_pause(person.cells, [ALL_MARKETING], database_now())
    return sentences.local(found.until, person.current.organisation).date() if found else None


def test_a_switch_nobody_asked_for_stays_off_during_a_pause(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    before = on(person_of(joan))
    pause(signed_in, "/preferences/", 9)
    assert on(person_of(joan)) == before
    assert "newsletter.email" in before
    assert "webinars.email" not in before
    saved(signed_in, person_of(joan), organisation, set())
    withdrawn = {event.code for event in Event.objects.filter(decision__in=["withdrawn", "objected"])}
    assert withdrawn == {switches.parts(name)[0] for name in before}


def test_a_yes_confirmed_during_a_pause_starts_when_it_ends(
    signed_in: Visitor, visitor: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    pause(signed_in, "/preferences/", 9)
    link = f"/subscribe/confirm/{mails.token_of(asked(JOAN, 'webinars'))}/"
    words = f"From {written(9, organisation)}, because you paused until then."
    assert words in visitor.see(link)
    text = visitor.text(visitor.client.post(link))
    assert words in text
    assert "From now on" not in text


def test_without_a_pause_it_starts_now(visitor: Visitor) -> None:
    text = visitor.text(visitor.client.post(f"/subscribe/confirm/{mails.token_of(asked(JOAN, 'webinars'))}/"))
    assert "From now on this comes to you by e-mail:" in text
    assert "you paused" not in text


def test_what_is_switched_on_during_a_pause_starts_when_it_ends(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    pause(signed_in, "/preferences/", 9)
    person = person_of(joan)
    text = saved(signed_in, person, organisation, {*on(person), "webinars.email"})
    title = organisation.organisation.topics["webinars"].title
    starts = f"We send you {title} by e-mail from {written(9, organisation)}, when your pause ends."
    assert starts in text
    assert "We now send you" not in text
    saved(signed_in, person, organisation, on(person) - {"webinars.email"})
    assert starts in press(signed_in, "/preferences/", "undo")


def test_by_phone_it_is_said_of_calls(organisation: Current) -> None:
    assert (
        sentences.switched("News", "phone", on=True, starts="Monday 1 June 2026")
        == "We phone you about News from Monday 1 June 2026, when your pause ends."
    )


def test_once_all_marketing_is_stopped_nothing_starts_again(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    assert "Marketing is paused. It starts again on" in pause(signed_in, "/preferences/", 9)
    text = press(signed_in, "/preferences/", "stop")
    assert "Marketing is paused" not in text
    assert "You stopped all marketing on" in text


def test_a_link_makes_a_pause_longer_and_never_shorter(
    visitor: Visitor, marek: ContactPoint, organisation: Current
) -> None:
    link = preferences_link(marek)
    pause(visitor, link, 30)
    text = pause(visitor, link, 3)
    assert f"Nothing changed. Marketing is paused until {written(30, organisation)} already." in text
    assert "To make that shorter, sign in." in text
    assert running(marek) == day(30)
    assert Event.objects.filter(decision="paused").count() == 1
    pause(visitor, link, 40)
    assert running(marek) == day(40)
    press(visitor, link, "resume")
    assert running(marek) == day(40)


def test_a_link_during_a_pause_shows_its_day_and_says_where_it_can_be_ended(
    visitor: Visitor, marek: ContactPoint
) -> None:
    link = preferences_link(marek)
    pause(visitor, link, 30)

    page = visitor.client.get(link).content.decode()

    assert f'value="{day(30).isoformat()}"' in page
    assert "Sign in to end it, or to make it shorter" in page


def test_signed_in_it_may_be_shorter(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    pause(signed_in, "/preferences/", 30)
    pause(signed_in, "/preferences/", 3)
    assert running(subjects_at(JOAN)) == day(3)
    again = pause(signed_in, "/preferences/", 3)
    assert "Nothing changed." in again
    assert "sign in" not in again.split("already.")[1][:30]


def test_a_pause_can_be_undone_where_it_was_made(visitor: Visitor, marek: ContactPoint) -> None:
    link = preferences_link(marek)
    assert "Undo this" in pause(visitor, link, 9)
    assert "Undone. Your pause is as it was before." in press(visitor, link, "undo")
    assert running(marek) is None
    pause(visitor, link, 9)
    pause(visitor, link, 20)
    press(visitor, link, "undo")
    assert running(marek) == day(9)


def test_nobody_else_undoes_it_and_not_after_it_changed(visitor: Visitor, marek: ContactPoint) -> None:
    link = preferences_link(marek)
    pause(visitor, link, 9)
    assert "There was nothing to undo." in press(Visitor(), link, "undo")
    pause(Visitor(), link, 20)
    assert "There was nothing to undo." in press(visitor, link, "undo")
    assert running(marek) == day(20)


def test_the_undo_of_a_pause_is_none_of_the_unsubscribe_pages(visitor: Visitor, marek: ContactPoint) -> None:
    pause(visitor, preferences_link(marek), 9)
    visitor.client.post(unsubscribe_link(marek, "newsletter"), {"do": "undo"})
    assert "Your pause is as it was before." in press(visitor, preferences_link(marek), "undo")


def test_undoing_what_followed_a_pause_that_has_ended_leaves_none(
    marek: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    choosing.pause(marek.subject, day(1), own_page())
    second = choosing.pause(marek.subject, day(9), own_page())
    later = database_now() + timedelta(days=3)
    monkeypatch.setattr(choosing, "database_now", lambda: later)
    assert choosing.undo_pause(marek.subject, second, own_page(proved=False))
    assert Event.objects.filter(decision="resumed").count() == 1
    assert running(marek) is None


def test_a_pause_does_not_outlive_the_stop_of_its_page(signed_in: Visitor, joan: User) -> None:
    subscribed(JOAN, "newsletter")
    pause(signed_in, "/preferences/", 9)
    stopping.stop_everything(person_of(joan), own_page())
    assert "Only a break?" not in signed_in.see("/preferences/")
