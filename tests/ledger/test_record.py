"""A decision goes in by one door, and counts at once."""

from collections.abc import Callable

from consent.ledger.choices import Recorded
from consent.ledger.permission import permission
from consent.ledger.vocabulary import Decision
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.conftest import STOP_EVERYTHING


def test_a_yes_is_a_yes_until_a_stop(joan: Subject, joan_mail: ContactPoint, says: Callable[..., Recorded]) -> None:
    says(joan, Decision.GRANTED)
    assert permission(joan_mail, category="marketing", topic="newsletter").rule == "consent"
    says(joan, STOP_EVERYTHING)
    assert permission(joan_mail, category="marketing", topic="newsletter").rule == "stopped"
