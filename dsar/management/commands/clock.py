import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from dsar.clock import Deadline, Event, Kind, Terms, due
from dsar.clock.explanation import written
from portal.organisation.schema import Period, RightName, Statute

UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}


class Command(BaseCommand):
    help = "When is an answer due, and why? Counted from what is given here: no database, no organisation file."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        when = "a moment (2026-03-02T10:00+00:00) or a day (2026-03-02); without a time zone: the organisation's own"
        parser.add_argument(
            "--received", required=True, type=_moment, metavar="WHEN", help=f"when it reached us: {when}"
        )
        parser.add_argument(
            "--event", action="append", default=[], type=_event, dest="events", metavar="KIND=WHEN",
            help=f"what happened since, as often as needed; KIND: {', '.join(Kind)}",
        )  # fmt: skip
        parser.add_argument("--rule", default=Period(28, "day"), type=_promise, help="the promise: 28d, 4w, 1m (28d)")
        parser.add_argument("--law", default="uk", choices=[law.value for law in Statute], help="the statute (uk)")
        parser.add_argument("--calendar", default="GB-ENG", help="whose holidays count: GB-ENG, GB-SCT, DE-BY (GB-ENG)")
        parser.add_argument("--time-zone", default="Europe/London", help="whose dates count (Europe/London)")
        rights = [right.value for right in RightName]
        parser.add_argument("--right", default="access", choices=rights, help="what the person asks for (access)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(
        self, *_args: Any, received: date, events: list[tuple[Kind, date]], rule: Period, law: str, calendar: str,
        time_zone: str, right: str, as_json: bool, **_options: Any,
    ) -> None:  # fmt: skip
        try:
            terms = Terms(rule, Statute(law), calendar, time_zone, RightName(right))
            happened = [Event(kind, _in_zone(when, terms.zone)) for kind, when in events]
            deadline = due(_in_zone(received, terms.zone), happened, terms)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_as_json(deadline) if as_json else _as_text(deadline, terms))


def _moment(text: str) -> date:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no moment: write 2026-03-02T10:00+00:00, or 2026-03-02.") from None


def _event(text: str) -> tuple[Kind, date]:
    kind, _equals, when = text.partition("=")
    try:
        return Kind(kind), _moment(when)
    except ValueError:
        raise ArgumentTypeError(f"{kind!r} is nothing that happens: write KIND=WHEN, KIND {', '.join(Kind)}.") from None


def _promise(text: str) -> Period:
    if match := re.fullmatch(r"(?P<amount>[0-9]{1,6})(?P<unit>[dwmy])", text):
        return Period(int(match["amount"]), UNITS[match["unit"]])
    try:
        return Period.of(text)
    except ValueError:
        raise ArgumentTypeError(f'{text!r} is no promise: write 28d, 4w or 1m, or as in the file, "28 days".') from None


def _in_zone(when: date, zone: ZoneInfo) -> date:
    return when.replace(tzinfo=zone) if isinstance(when, datetime) and when.tzinfo is None else when


def _as_json(deadline: Deadline) -> str:
    answer = {
        "promised_due": deadline.promised_due and deadline.promised_due.isoformat(),
        "statutory_due": deadline.statutory_due and deadline.statutory_due.isoformat(),
        "explanation": deadline.explanation,
    }
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _as_text(deadline: Deadline, terms: Terms) -> str:
    dates = (("Promised", deadline.promised_due), ("By law", deadline.statutory_due))
    lines = [f"{title + ':':<10}{written(day) if day else 'no date'}" for title, day in dates]
    lines.append(f"Under:    --law {terms.statute} --calendar {terms.calendar} --time-zone {terms.time_zone}")
    return "\n".join([*lines, "", *(f"{number}. {words}" for number, words in enumerate(deadline.explanation, 1))])
