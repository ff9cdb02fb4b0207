"""A decision goes in by one door, and counts at once."""

from consent.ledger.vocabulary import Decision
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import STOP_ALL, may_send, says, yes_to


def test_a_yes_is_a_yes_until_a_stop(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    assert may_send(joans_mail, "newsletter").rule == "consent"
    done = says(joan, STOP_ALL)
    assert [event.decision for event in done.events] == [Decision.OBJECTED]
    assert may_send(joans_mail, "newsletter").rule == "stopped"
