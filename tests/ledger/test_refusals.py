"""What cannot be recorded is refused with its name, before anything is written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.ledger import errors
from consent.ledger.choices import Choice, Conditions
from consent.ledger.models import CircumstancesRecord, Event, Text
from consent.ledger.vocabulary import Decision, Method, ObjectKind
from portal.organisation.models import Topic
from portal.organisation.schema import Basis
from portal.organisation.versions import Current
from portal.subjects.models import Subject
from tests.ledger.acting import BY_STAFF, STOP_ALL, says, to, yes_to

SALE = Conditions("you", collected_in="sale", similar_products=True, refusal_offered=True).as_details()
LATER = timezone.now() + timedelta(days=3)


def about(kind: ObjectKind, code: str, decision: Decision, **rest: Any) -> Choice:
    return Choice(kind, code, rest.pop("channel", ""), decision, **rest)


REFUSED = [
    (yes_to("no-such-topic"), {}, errors.UnknownTopic),
    (to("no-such-topic", Decision.WITHDRAWN), {}, errors.UnknownTopic),
    (yes_to("newsletter", "post"), {}, errors.ChannelNotOffered),
    (yes_to("newsletter", ""), {}, errors.ChannelNotOffered),
    (to("newsletter", Decision.PAUSED, "post", until=LATER), {}, errors.ChannelNotOffered),
    (to("newsletter", Decision.WITHDRAWN, "pigeon"), {}, errors.ChannelNotOffered),
    (about(ObjectKind.PURPOSE, "no-such-purpose", Decision.OBJECTED), {}, errors.UnknownPurpose),
    (about(ObjectKind.NOTICE, "no-such-notice", Decision.GRANTED), {}, errors.UnknownNotice),
    (about(ObjectKind.NOTICE, "privacy", Decision.PAUSED, until=LATER), {}, errors.ImpossibleDecision),
    (about(ObjectKind.MARKETING, "", Decision.GRANTED), {}, errors.ImpossibleDecision),
    (about(ObjectKind.MARKETING, "news", Decision.OBJECTED), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.MERGED), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.UNMERGED), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.LAPSED), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.PAUSED), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.GRANTED, until=LATER), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.PAUSED, until=datetime(2030, 1, 1)), {}, errors.ImpossibleTime),  # meant
    (yes_to("newsletter"), BY_STAFF | {"proved": True}, errors.ImpossibleDecision),
    (yes_to("newsletter"), {"method": Method.ONE_CLICK}, errors.ImpossibleDecision),
    (yes_to("newsletter"), {"idempotency_key": "k" * 101}, errors.ImpossibleDecision),
    (yes_to("newsletter"), {"occurred_at": datetime(2026, 1, 1)}, errors.ImpossibleTime),  # meant
    (yes_to("newsletter"), {"occurred_at": LATER}, errors.ImpossibleTime),
    (to("newsletter", Decision.ESTABLISHED, details=SALE), {}, errors.ImpossibleDecision),
    (to("newsletter", Decision.ESTABLISHED, basis=Basis.CONTRACT), {}, errors.ImpossibleDecision),
]


@pytest.mark.parametrize(("choice", "how", "error"), REFUSED)
def test_refused(joan: Subject, choice: Choice, how: dict[str, Any], error: type[errors.LedgerError]) -> None:
    with pytest.raises(error) as caught:
        says(joan, yes_to("webinars"), choice, **how)
    assert str(caught.value.message)
    assert "@" not in str(caught.value)
    assert [model.objects.count() for model in (Event, Text, CircumstancesRecord)] == [0, 0, 0]


def test_a_retired_topic_takes_no_yes(joan: Subject, organisation: Current) -> None:
    Topic.objects.create(code="long-gone", title="Long gone", purpose="news", first_version_id=organisation.id)
    with pytest.raises(errors.RetiredTopic):
        says(joan, yes_to("long-gone"))


def test_an_erased_person_decides_nothing(joan: Subject) -> None:
    Subject.objects.filter(pk=joan.pk).update(erased_at=timezone.now())
    with pytest.raises(errors.SubjectErased):
        says(joan, STOP_ALL)


def test_a_recorded_basis_states_its_source_and_may_differ_from_the_purposes(joan: Subject) -> None:
    [event] = says(joan, to("newsletter", Decision.ESTABLISHED, basis=Basis.CONTRACT, details=SALE)).events
    assert (event.basis, event.details["collected_in"]) == ("contract", "sale")


def test_the_day_a_number_was_screened_is_kept_as_a_date() -> None:
    details = Conditions("you", screened_on=datetime(2026, 3, 2, tzinfo=UTC).date()).as_details()
    assert details["screened_on"] == "2026-03-02"
    assert "screened_on" not in Conditions("you").as_details()
