"""What a person reads about themselves: their history with its wording, and how each switch stands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.ledger.choices import Choice, Conditions
from consent.ledger.permission import history, state_of
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.organisation.schema import Basis
from portal.organisation.versions import Current
from portal.subjects import suppression
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import (
    BY_CONFIRMATION_MAIL,
    FROM_A_SYSTEM,
    NEW_WORDING,
    ON_A_FORM,
    STOP_ALL,
    WORDING,
    confirm,
    no_to,
    reach,
    says,
    to,
    yes_to,
)


def test_newest_first_with_the_words_shown(joan: Subject, marek: Subject) -> None:
    says(joan, yes_to("newsletter"))
    says(joan, no_to("newsletter"), text=NEW_WORDING)
    says(marek, STOP_ALL)
    with CaptureQueriesContext(connection) as counted:
        lines = [(event.decision, event.text.body if event.text else "") for event in history(joan)]
    assert lines == [("withdrawn", NEW_WORDING.body), ("granted", WORDING.body)]
    assert len(counted) <= 2


class TestSwitches:
    """One switch a topic and channel, in every position it can be in."""

    def test_nothing_said_is_off(self, joan: Subject) -> None:
        state = state_of(joan)
        switch = state.switch("newsletter", "email")
        assert (switch.on, switch.pending, switch.since, switch.event_id) == (False, False, None, 0)
        assert state.all_stopped_since is None
        with pytest.raises(KeyError):
            state.switch("newsletter", "post")

    def test_a_yes_is_on_with_its_wording_and_basis(self, joan: Subject) -> None:
        [event] = says(joan, yes_to("newsletter")).events
        switch = state_of(joan).switch("newsletter", "email")
        assert (switch.on, switch.since, switch.event_id) == (True, event.occurred_at, event.pk)
        assert (switch.text, switch.basis) == (WORDING.digest, "consent")

    def test_a_yes_that_waits_is_off_and_says_so(self, joan: Subject) -> None:
        [asked] = says(joan, yes_to("newsletter"), **ON_A_FORM).events
        switch = state_of(joan).switch("newsletter", "email")
        assert (switch.on, switch.pending, switch.event_id) == (False, True, asked.pk)
        says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL)
        assert state_of(joan).switch("newsletter", "email").on

    def test_a_stop_is_off_since_then(self, joan: Subject) -> None:
        says(joan, yes_to("newsletter"))
        [stop] = says(joan, STOP_ALL).events
        state = state_of(joan)
        switch = state.switch("newsletter", "email")
        assert (switch.on, switch.since, switch.event_id) == (False, stop.occurred_at, stop.pk)
        assert state.all_stopped_since == stop.occurred_at

    def test_a_yes_that_waits_behind_a_stop(self, joan: Subject) -> None:
        says(joan, STOP_ALL)
        says(joan, yes_to("newsletter"), **ON_A_FORM)
        switch = state_of(joan).switch("newsletter", "email")
        assert (switch.on, switch.pending) == (False, True)

    def test_an_address_suppressed_by_somebody_else_is_off(self, joan: Subject, joans_mail: ContactPoint) -> None:
        [yes] = says(joan, yes_to("newsletter")).events
        suppression.suppress(joans_mail, "marketing", yes.pk, "retention")
        switch = state_of(joan).switch("newsletter", "email")
        assert (switch.on, switch.since) == (False, None)

    def test_after_a_new_yes_not_all_is_stopped(self, joan: Subject) -> None:
        says(joan, STOP_ALL)
        says(joan, yes_to("newsletter"))
        assert state_of(joan).all_stopped_since is None
        assert state_of(joan).switch("newsletter", "email").on

    def test_a_pause_leaves_the_switch_where_it_is(self, joan: Subject) -> None:
        until = timezone.now() + timedelta(days=30)
        says(joan, yes_to("newsletter"))
        says(joan, Choice(ObjectKind.MARKETING, "", "", Decision.PAUSED, until=until))
        state = state_of(joan)
        assert (state.switch("newsletter", "email").on, state.switch("newsletter", "email").paused_until) == (
            True,
            until,
        )
        assert state.paused_until == until

    def test_what_comes_with_the_forum_is_off_for_who_never_joined_it(self, joan: Subject) -> None:
        assert not state_of(joan).switch("forum-answers", "email").on

    def test_what_comes_with_the_forum_is_on_until_switched_off(self, joan: Subject) -> None:
        reach("joan.archer@example.org", "forum")
        assert state_of(joan).switch("forum-answers", "email").on
        says(joan, STOP_ALL)
        assert state_of(joan).switch("forum-answers", "email").on
        says(joan, no_to("forum-answers"))
        assert not state_of(joan).switch("forum-answers", "email").on

    @pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
    def test_a_recorded_basis_is_on(self, organisation: Current) -> None:
        person = reach("joan.archer@example.org", "sale").subject
        details = Conditions("you", collected_in="sale").as_details()
        basis = to("product-news", Decision.ESTABLISHED, basis=Basis.LEGITIMATE_INTERESTS, details=details)
        [event] = says(person, basis, **FROM_A_SYSTEM).events
        switch = state_of(person).switch("product-news", "email")
        assert (switch.on, switch.event_id, switch.basis) == (True, event.pk, "legitimate_interests")
        assert not state_of(person).switch("events", "email").on

    def test_where_no_confirmation_is_asked_a_form_is_enough(self, joan: Subject, organisation: Current) -> None:
        from portal.organisation import loader

        file = organisation.organisation
        topics = {code: topic.model_copy(update={"confirmation": False}) for code, topic in file.topics.items()}
        loader.apply(file.model_copy(update={"topics": topics}))
        says(joan, yes_to("newsletter"), **ON_A_FORM)
        switch = state_of(joan).switch("newsletter", "email")
        assert (switch.on, switch.pending) == (True, False)
