"""The demo's requests, made through the flows that make everybody's, so that the desk has something to do.

Joan asks signed in; Marek's code lies in the demo inbox; others wrote letters and mails, which Priya logged. Some are
early, one is late, one waits for an explanation, one for proof. What was answered in the last year stands in
the books as it would by now, for the promise page. All dates are counted from today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
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

HISTORY_DAYS: Final = 730
ANSWERED_A_DAY: Final = 2
LATE: Final = 5
"""Of so many old answers one was late: enough for a number in public where it must stand for 25 people."""


def create() -> None:
    """Make them all, if there is none yet; what the organisation does not offer is left out."""
    if Request.objects.exists():
        return
    joan, priya = User.objects.at(CUSTOMER.email).get(), User.objects.at(STAFF.email).get()
    offered = set(matters.offered(versions.current().organisation))
    for matter, happens in STORIES:
        if matter in offered:
            happens(joan, priya)
    create_history([matter for matter in (Matter.ACCESS, Matter.ERASURE, Matter.INFORMED) if matter in offered])


def a_copy_is_searched_for(joan: User, priya: User) -> None:
    """Joan wants a copy, which is due in a week."""
    copy = aged(asking.ask_signed_in(joan, Wish(Matter.ACCESS, {"what": ""})), days=21)
    answering.assign(copy, priya, priya)
    answering.search(copy, priya)


def a_name_is_wrong(joan: User, _priya: User) -> None:
    """Joan wants her name put right, and nobody has looked yet."""
    wish = Wish(Matter.RECTIFICATION, {"fact": "name", "wrong": "Joan Archer", "right": "Joan Archer-Lee"})
    aged(asking.ask_signed_in(joan, wish), days=2)


def a_question_is_answered(joan: User, priya: User) -> None:
    """Joan asked where her address came from, and has her answer."""
    request = aged(asking.ask_signed_in(joan, Wish(Matter.INFORMED, {"what": "Who gave you my address?"})), days=9)
    leave_nothing_open(request, priya)
    words = "You did, on our sign-up page. Nobody else gave us anything about you."
    draft = answering.review(request, priya, answering.Answer(Outcome.FULFILLED, words))
    answering.approve(request, priya, draft.pk)
    answering.send(request, priya, draft.pk)


def a_letter_is_late(_joan: User, priya: User) -> None:
    """A letter that should have been answered five days ago."""
    logged(priya, Wish(Matter.INFORMED, {"what": "Where did you get my name?"}, name="Ann Reader"), days=33)


def a_mail_is_unclear(_joan: User, priya: User) -> None:
    """Somebody is asked what exactly they would like."""
    unclear = logged(priya, Wish(Matter.ACCESS, name="Tom Baker"), days=12, address="tom.baker@example.net")
    answering.ask(unclear, priya, "Is it about your order, or about everything?")


def a_sender_is_doubted(_joan: User, priya: User) -> None:
    """Somebody is asked to show who they are."""
    doubted = logged(priya, Wish(Matter.ACCESS, name="Sam Doe"), days=8, address="sam.doe@example.net")
    why = "The letter came from another address than the one we know."
    identity.ask(doubted, priya, Doubt(why, IdentityCheck.Method.IN_PERSON))


def a_repetition_is_refused(_joan: User, priya: User) -> None:
    """Somebody asks the same as last week."""
    refused = logged(priya, Wish(Matter.INFORMED, {"what": "The same as last week."}, name="Ann Reader"), days=5)
    leave_nothing_open(refused, priya)
    words = "We answered this last week, and nothing has changed since."
    answering.refuse(refused, priya, answering.Answer(Outcome.REFUSED, words, ("excessive",), "Our earlier answer."))


def somebody_complains(_joan: User, priya: User) -> None:
    """A complaint on paper."""
    logged(priya, Wish(Matter.COMPLAINT, {"what": "Your answer came late."}, name="Kim Lee"), days=4)


def a_guest_asks(_joan: User, _priya: User) -> None:
    """Marek wants his data deleted; his code lies in the demo inbox."""
    asking.ask_as_guest(PROSPECT_EMAIL, Wish(Matter.ERASURE))


STORIES: Final[tuple[tuple[Matter, Callable[[User, User], None]], ...]] = (
    (Matter.ACCESS, a_copy_is_searched_for),
    (Matter.RECTIFICATION, a_name_is_wrong),
    (Matter.INFORMED, a_question_is_answered),
    (Matter.INFORMED, a_letter_is_late),
    (Matter.ACCESS, a_mail_is_unclear),
    (Matter.ACCESS, a_sender_is_doubted),
    (Matter.INFORMED, a_repetition_is_refused),
    (Matter.COMPLAINT, somebody_complains),
    (Matter.ERASURE, a_guest_asks),
)


def leave_nothing_open(request: Request, priya: User) -> None:
    """Every system asked has answered."""
    for task in Task.objects.open().filter(request=request):
        tasks.answer(task, priya, "Nothing new.")


def logged(priya: User, wish: Wish, *, days: int, address: str = "") -> Request:
    """Priya writes down a letter, or a mail, of so many days ago."""
    arrival = Arrival.MAIL if address else Arrival.LETTER
    return asking.log(priya, wish, Logged(arrival, deadlines.today() - timedelta(days=days), address))


def aged(request: Request, *, days: int) -> Request:
    """As if it had been made so many days ago, at the same hour on the organisation's wall whatever the clocks did."""
    zone = ZoneInfo(versions.current().organisation.law.time_zone)
    request.received_at = (request.received_at.astimezone(zone) - timedelta(days=days)).astimezone(UTC)
    deadlines.project(request)
    request.save(update_fields=["received_at", "promised_due", "statutory_due"])
    return request


def create_history(asked: Sequence[Matter]) -> None:
    """What was answered before, by turns about each of ``asked``: enough for the promise page to show numbers."""
    if not asked:
        return
    current = versions.current()
    zone = ZoneInfo(current.organisation.law.time_zone)
    rows = [
        Request(
            matter=asked[number % len(asked)], state=State.CLOSED, outcome=Outcome.FULFILLED,
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
    """Days of receipt and answer, back from ten days ago; the late ones took a month."""
    for number in range(HISTORY_DAYS * ANSWERED_A_DAY):
        closed = today - timedelta(days=10 + number // ANSWERED_A_DAY)
        yield closed - timedelta(days=30 if number % LATE == 0 else 9 + number % 14), closed


def noon(day: date, zone: ZoneInfo) -> datetime:
    """Noon of a local day."""
    return datetime.combine(day, time(12), zone)
