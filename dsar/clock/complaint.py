"""Complaints about data protection: when the law wants them acknowledged.

UK: Data Protection Act 2018, section 164A(3), in force since 19 June 2026 (SI 2026/82, regulation 3): within 30 days,
which begin on the day after receipt and end on the next working day where the last one is none (ICO, "How to deal with
data protection complaints"). Nothing stops them. The outcome is owed without undue delay: no day. The EU's GDPR sets no
time for complaints to a controller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from dsar.clock.explanation import NotWorking, Rule, Step
from dsar.clock.happenings import Ask
from dsar.clock.terms import Terms
from portal.organisation.schema import Period, Statute

IN_FORCE: Final = date(2026, 6, 19)
ACKNOWLEDGE_WITHIN: Final = Period(30, "day")


def acknowledge_by(received: date, terms: Terms) -> date | None:
    """The last day for telling the person that their complaint of that local day arrived; None where no law says so."""
    if terms.statute is not Statute.UK or received < IN_FORCE:
        return None
    return terms.working_days.from_day(ACKNOWLEDGE_WITHIN.after(received))


def steps(received: date, asked: Sequence[Ask], terms: Terms) -> Iterator[Step]:
    """The rules used, for the explanation."""
    law, calendar = terms.statute, terms.working_days
    due = acknowledge_by(received, terms)
    if law is Statute.EU:
        yield Step(Rule.COMPLAINT_WITHOUT_DATE)
    elif due is None:
        yield Step(Rule.COMPLAINT_BEFORE_THE_LAW, {"day": IN_FORCE})
    else:
        last = ACKNOWLEDGE_WITHIN.after(received)
        yield Step(Rule.COMPLAINT_ACKNOWLEDGED, {"due": last}, law)
        if skipped := calendar.skipped(last):
            yield Step(Rule.NEXT_WORKING_DAY, {"days": NotWorking(calendar, skipped), "due": due}, law)
        yield Step(Rule.COMPLAINT_OUTCOME, law=law)
    for ask in asked:
        yield Step(Rule.COMPLAINT_WAITS_FOR_NOTHING, {"asked": ask.asked})
