"""The clock: until when something is owed, as a pure function of what happened and when.

Nothing here knows a database. :func:`due` answers for a request or a complaint, :func:`breach_due` for the report of
a personal-data breach, and each answer explains itself in words. Where a due date is stored, it is a copy of this one.
``docs/deadlines.md`` tells the rules and where they come from.
"""

from dsar.clock.breach import BreachDeadline, breach_due
from dsar.clock.deadline import Deadline, due
from dsar.clock.explanation import Rule, Step
from dsar.clock.happenings import About, Event, Kind
from dsar.clock.terms import Terms
from portal.organisation.working_days import Calendar, UnknownCalendar

__all__ = [
    "About",
    "BreachDeadline",
    "Calendar",
    "Deadline",
    "Event",
    "Kind",
    "Rule",
    "Step",
    "Terms",
    "UnknownCalendar",
    "breach_due",
    "due",
]
