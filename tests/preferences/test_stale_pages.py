"""A page that has grown old turns no stop into a yes, and does not take back what somebody chose elsewhere."""

from __future__ import annotations

import pytest

from accounts.models import User
from consent.preferences.flows import stopping
from portal.organisation.versions import Current
from tests.preferences.conftest import JOAN, Visitor, new_version, on, own_page, person_of, subscribed
from tests.preferences.test_choosing import ALWAYS_ON, form, save

pytestmark = pytest.mark.django_db


def test_a_switch_that_lay_on_does_not_undo_a_stop_made_by_mail_meanwhile(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    old_page = form(joan, organisation, on=["newsletter.email", "webinars.email", *ALWAYS_ON])
    stopping.stop_topic(person_of(joan), "newsletter", own_page(proved=False))
    save(signed_in, old_page)
    assert on(person_of(joan)) == {"webinars.email", *ALWAYS_ON}


def test_a_yes_is_left_out_if_all_marketing_was_stopped_meanwhile_and_the_page_says_so(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    subscribed(JOAN, "newsletter")
    old_page = form(joan, organisation, on=["newsletter.email", "webinars.email", *ALWAYS_ON])
    stopping.stop_everything(person_of(joan), own_page(proved=False))
    text = save(signed_in, old_page)
    assert "Left as it was, because it changed while the page was open: Webinar Invitations." in text
    assert on(person_of(joan)) == ALWAYS_ON


def test_a_stop_counts_however_old_the_page(signed_in: Visitor, joan: User, organisation: Current) -> None:
    subscribed(JOAN, "newsletter")
    old_page = form(joan, organisation, on=[])
    subscribed(JOAN, "webinars")
    save(signed_in, old_page)
    assert "newsletter.email" not in on(person_of(joan))
    assert "webinars.email" in on(person_of(joan))


def test_a_switch_that_lay_off_takes_nothing_back_that_was_chosen_elsewhere(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    old_page = form(joan, organisation, on=["webinars.email", *ALWAYS_ON])
    subscribed(JOAN, "newsletter")
    save(signed_in, old_page)
    assert on(person_of(joan)) == {"newsletter.email", "webinars.email", *ALWAYS_ON}


def test_an_old_page_saved_again_from_the_history_of_the_browser_brings_nothing_back(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    first = form(joan, organisation, on=["newsletter.email", *ALWAYS_ON])
    save(signed_in, first)
    save(signed_in, form(joan, organisation, on=list(ALWAYS_ON)))
    text = save(signed_in, first)
    assert "Left as it was" in text
    assert "newsletter.email" not in on(person_of(joan))


def test_a_yes_to_words_that_changed_meanwhile_is_left_out(
    signed_in: Visitor, joan: User, organisation: Current
) -> None:
    old_page = form(joan, organisation, on=["newsletter.email", "webinars.email", *ALWAYS_ON])

    def change(content: dict) -> None:
        content["topics"]["newsletter"]["wording"] = "Yes to everything."

    new_version(organisation, change)
    text = save(signed_in, old_page)
    assert "Left as it was, because it changed while the page was open: Open-E Newsletter." in text
    assert on(person_of(joan)) == {"webinars.email", *ALWAYS_ON}
