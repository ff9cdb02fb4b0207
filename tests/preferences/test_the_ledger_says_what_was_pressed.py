"""The ledger names a yes and a no by what the person had said and pressed, not by what the purpose rests on besides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.ledger.models import Event
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import FIVE, Visitor, first_topics, preferences_link, unsubscribe_link

pytestmark = pytest.mark.django_db


def told(point: ContactPoint, topic: str) -> list[tuple[str, str]]:
    """Decision and basis of each event about the topic, oldest first."""
    events = Event.objects.about([point.subject_id]).filter(code=topic).oldest_first()
    return [(event.decision, event.basis) for event in events]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_yes_is_consent_from_form_to_withdrawal(organisation: Current, visitor: Visitor, marek: ContactPoint) -> None:
    topic = first_topics(organisation, 1)[0]
    visitor.client.post(unsubscribe_link(marek, topic), {"stop": "topic"})
    assert told(marek, topic) == [("granted", "consent"), ("confirmed", "consent"), ("withdrawn", "consent")]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_an_undo_is_in_its_own_words_and_names_the_yes_it_restores(
    organisation: Current, visitor: Visitor, marek: ContactPoint
) -> None:
    topic = first_topics(organisation, 1)[0]
    before = Event.objects.about([marek.subject_id]).filter(code=topic).latest("pk")
    visitor.client.post(unsubscribe_link(marek, topic), {"stop": "marketing"})
    visitor.client.post(unsubscribe_link(marek, topic), {"do": "undo"})
    again = Event.objects.about([marek.subject_id]).filter(code=topic).latest("pk")
    assert again.text is not None
    assert (again.decision, again.text.body) == ("granted", "Undo this")
    assert again.details == {"restores": before.pk}


def test_what_was_off_before_is_not_said_to_be_stopped_for_good_by_an_undone_stop(
    organisation: Current, visitor: Visitor, marek: ContactPoint
) -> None:
    visitor.client.post(unsubscribe_link(marek), {"stop": "marketing"})
    visitor.client.post(unsubscribe_link(marek), {"do": "undo"})
    assert "and have not said yes to this since" in visitor.see(preferences_link(marek))


def test_an_undo_says_that_a_pause_still_runs(organisation: Current, visitor: Visitor, marek: ContactPoint) -> None:
    visitor.client.post(
        preferences_link(marek), {"do": "pause", "until": (timezone.localdate() + timedelta(days=9)).isoformat()}
    )
    visitor.client.post(unsubscribe_link(marek), {"stop": "marketing"})
    page = visitor.text(visitor.client.post(unsubscribe_link(marek), {"do": "undo"}))
    assert "Back as before" in page
    assert "when your pause ends" in page
