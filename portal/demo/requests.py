"""The demo's requests, made through the flows that make everybody's, so that the desk has something to do.

Joan asks signed in; Marek's code lies in the demo inbox; others wrote letters and mails, which Priya logged. Some are
early, one is late, one waits for an explanation, one for proof. What was answered in earlier quarters stands in the
books as it would by now, for the promise page. All dates are counted from today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from accounts.models import User
from dsar import matters
from dsar.flows import answering, asking, deadlines, identity, tasks
from dsar.flows.asking import Logged, Wish
from dsar.flows.identity import Doubt
from dsar.models import Event, IdentityCheck, Request, Task
from dsar.vocabulary import Arrival, Happening, Matter, Outcome, Party, State
from portal.database import database_now
from portal.demo.logins import CUSTOMER, PROSPECT_EMAIL, STAFF
from portal.organisation import versions

ANSWERED_A_QUARTER: Final = 26
QUARTERS: Final = 3


def create() -> None:
    """Make them all, if there is none yet."""
    if Request.objects.exists():
        return
    joan, priya = User.objects.at(CUSTOMER.email).get(), User.objects.at(STAFF.email).get()
    offered = set(matters.offered(versions.current().organisation))
    if Matter.ACCESS in offered:
        create_hers(joan, priya)
        create_written_ones(priya)
    if Matter.ERASURE in offered:
        asking.ask_as_guest(PROSPECT_EMAIL, Wish(Matter.ERASURE))
    create_history()


def create_hers(joan: User, priya: User) -> None:
    """Joan wants a copy, due in a week and being searched for; and her name put right."""
    copy = aged(asking.ask_signed_in(joan, Wish(Matter.ACCESS, {"what": ""})), days=21)
    answering.assign(copy, priya, priya)
    answering.search(copy, priya)
    wish = Wish(Matter.RECTIFICATION, {"fact": "name", "wrong": "Joan Archer", "right": "Joan Archer-Lee"})
    aged(asking.ask_signed_in(joan, wish), days=2)


def create_written_ones(priya: User) -> None:
    """Letters and mails: one late, one that waits for an explanation, one for proof, one refused, one complaint."""
    logged(priya, Wish(Matter.INFORMED, {"what": "Where did you get my name?"}, name="Ann Reader"), days=33)
    unclear = logged(priya, Wish(Matter.ACCESS, name="Tom Baker"), days=12, address="tom.baker@example.net")
    answering.ask(unclear, priya, "Is it about your order, or about everything?")
    doubted = logged(priya, Wish(Matter.ACCESS, name="Sam Doe"), days=8, address="sam.doe@example.net")
    why = "The letter came from another address than the one we know."
    identity.ask(doubted, priya, Doubt(why, IdentityCheck.Method.IN_PERSON))
    refused = logged(priya, Wish(Matter.INFORMED, {"what": "The same as last week."}, name="Ann Reader"), days=5)
    for task in Task.objects.open().filter(request=refused):
        tasks.answer(task, priya, "Nothing new.")
    words = "We answered this last week, and nothing has changed since."
    answering.refuse(refused, priya, answering.Answer(Outcome.REFUSED, words, ("excessive",), "Our earlier answer."))
    logged(priya, Wish(Matter.COMPLAINT, {"what": "Your answer came late."}, name="Kim Lee"), days=4)


def logged(priya: User, wish: Wish, *, days: int, address: str = "") -> Request:
    """Priya writes down a letter, or a mail, of so many days ago."""
    arrival = Arrival.MAIL if address else Arrival.LETTER
    return asking.log(priya, wish, Logged(arrival, deadlines.today() - timedelta(days=days), address))


def aged(request: Request, *, days: int) -> Request:
    """As if it had been made so many days ago."""
    request.received_at -= timedelta(days=days)
    deadlines.project(request)
    request.save(update_fields=["received_at", "promised_due", "statutory_due"])
    return request


def create_history() -> None:
    """What was answered in the quarters before this one; a few were late."""
    current = versions.current()
    zone = ZoneInfo(current.organisation.law.time_zone)
    rows = [
        Request(
            matter=Matter.ACCESS if number % 3 else Matter.ERASURE, state=State.CLOSED, outcome=Outcome.FULFILLED,
            arrival=Arrival.LETTER, organisation_version_id=current.id,
            received_at=noon(received, zone), logged_at=noon(received, zone), verified_at=noon(received, zone),
            closed_at=noon(closed, zone), promised_due=received + timedelta(days=28),
            statutory_due=received + timedelta(days=31),
        )
        for number, (received, closed) in enumerate(past(database_now().astimezone(zone).date()))
    ]  # fmt: skip
    Request.objects.bulk_create(rows)
    Event.objects.bulk_create(
        Event(request=row, kind=kind, party=Party.STAFF, at=at, recorded_at=at)
        for row in rows
        for kind, at in ((Happening.RECEIVED, row.received_at), (Happening.ANSWERED, row.closed_at or row.received_at))
    )


def past(today: date) -> Iterator[tuple[date, date]]:
    """Days of receipt and answer, 90 days apart from quarter to quarter."""
    for quarter in range(1, QUARTERS + 1):
        for number in range(ANSWERED_A_QUARTER):
            closed = today - timedelta(days=90 * quarter + number)
            yield closed - timedelta(days=30 if number % 9 == 8 else 9 + number % 14), closed


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Noon of a local day."""
    return datetime.combine(day, time(12), zone)
