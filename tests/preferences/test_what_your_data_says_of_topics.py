"""``/your-data/`` says of what was asked for at an address whether it was confirmed, and of stops what they stop."""

from __future__ import annotations

import pytest

from accounts.models import User
from consent.preferences.flows import stopping
from portal.organisation.versions import Current
from tests.preferences.conftest import JOAN, Visitor, asked, own_page, person_of, subscribed

pytestmark = pytest.mark.django_db
ASKED_FOR = "What was asked for at your address, and whether it was confirmed"


def test_what_was_confirmed_is_not_said_to_wait(signed_in: Visitor) -> None:
    subscribed(JOAN, "newsletter")
    page = signed_in.see("/your-data/")
    assert f"{ASKED_FOR} Topics Open-E Newsletter" in page
    assert "Confirmed on" in page
    assert "Language English" in page
    assert "en-gb" not in page
    assert "wait" not in page.split(ASKED_FOR)[1].split("Where from")[0]


def test_what_nobody_confirmed_yet_says_no_day(signed_in: Visitor) -> None:
    asked(JOAN, "newsletter")
    page = signed_in.see("/your-data/")
    assert f"{ASKED_FOR} Topics Open-E Newsletter" in page
    assert "Confirmed on" not in page


def test_a_stop_is_told_in_words(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "newsletter")
    stopping.stop_topic(person_of(joan), "newsletter", own_page())
    assert "What is stopped Open-E Newsletter Why You said stop" in signed_in.see("/your-data/")
    stopping.stop_everything(person_of(joan), own_page())
    page = signed_in.see("/your-data/")
    assert "What is stopped All marketing Why You said stop" in page
    assert "topic:" not in page
