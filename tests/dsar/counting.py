"""How the tests of the clock say what happened: ``after("2026-03-02", identity_requested="2026-03-04")``."""

from datetime import date, datetime

from dsar.clock import Deadline, Event, Kind, Terms, due
from portal.organisation.schema import Period, RightName, Statute

PROMISE = Period(28, "day")
UK = Terms(PROMISE)
SCOTLAND = Terms(PROMISE, calendar="GB-SCT")
GERMANY = Terms(PROMISE, Statute.EU, "DE", "Europe/Berlin")
UK_COMPLAINT = Terms(PROMISE, right=RightName.COMPLAINT)


def when(text: str) -> date:
    """A day, or a moment with its time zone."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def happened(*told: tuple[str, str], **events: str) -> list[Event]:
    """Events, one of a kind by name; pairs of kind and time where there are several."""
    return [Event(Kind(kind), when(at)) for kind, at in (*told, *events.items())]


def after(received: str, *told: tuple[str, str], terms: Terms = UK, **events: str) -> Deadline:
    """The deadline after what happened."""
    return due(when(received), happened(*told, **events), terms)


def law(deadline: Deadline) -> str | None:
    """The statutory date as text."""
    return deadline.statutory_due.isoformat() if deadline.statutory_due else None


def promise(deadline: Deadline) -> str | None:
    """The promised date as text."""
    return deadline.promised_due.isoformat() if deadline.promised_due else None
