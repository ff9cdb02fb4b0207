"""What the kernel itself knows about starts: how we first met, what is remembered of rows that are gone, and the ends
that staff wrote down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from portal.organisation.schema import RetentionStart
from portal.retention.rules import Rule
from portal.retention.starts import Source, Unless
from portal.subjects.models import Ending, Provenance, Subject


class _NoonOf(Func):
    """A date as a moment of that day where the organisation is: its noon, or an hour beside it."""

    output_field = DateTimeField()

    def __init__(self, day: str, hours: int) -> None:
        super().__init__(day)
        self.hours = hours

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_more: Any, **_extra: Any
    ) -> tuple[str, Any]:
        template = f"(((%(expressions)s)::timestamp + interval '{self.hours} hours') AT TIME ZONE 'UTC')"
        return super().as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_extra: Any) -> tuple[str, Any]:
        moment = "'%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f000'"
        template = f"strftime({moment}, %(expressions)s, '{self.hours:+d} hours')"
        return super().as_sql(compiler, connection, template=template)


def _first_met(rule: Rule) -> QuerySet[Provenance]:
    """How each address first came to us, where the person gave it: that was a contact. What a list gave us was none.

    Where it was met again counts by what was done there: a later opt-out, or a request to be forgotten, is no contact.
    """
    organisation = rule.current.organisation
    from_others = [code for code, source in organisation.sources.items() if not source.person]
    earlier = Provenance.objects.filter(contact_point=OuterRef("contact_point"), seen_at__lt=OuterRef("seen_at"))
    here = Provenance.objects.filter(context__in=organisation.contexts).exclude(source__in=from_others)
    return here.filter(~Exists(earlier))


def _ended(what: str) -> Source:
    return Source(
        lambda _rule: Ending.objects.ended().filter(what=what),
        person="subject",
        moment=_noon,
        contract="contract" if what == Ending.What.CONTRACT else "",
    )


def _running(what: str) -> Unless:
    return Unless(lambda _rule: Ending.objects.running().filter(what=what), person="subject")


def _noon(rule: Rule) -> Combinable:
    ahead = datetime(2001, 1, 1, 12, tzinfo=rule.zone).utcoffset() or timedelta()
    return _NoonOf("day", 12 - int(ahead.total_seconds() // 3600))


_FIRST_MET: Final = Source(_first_met, person="contact_point__subject", moment="seen_at")

_REMEMBERED: Final = Source(
    lambda _rule: Subject.objects.filter(last_act_at__isnull=False), person="pk", moment="last_act_at"
)

SOURCES: Final[Mapping[RetentionStart, tuple[Source | Unless, ...]]] = {
    RetentionStart.LAST_CONTACT: (_FIRST_MET, _REMEMBERED),
    RetentionStart.LAST_USE: (_FIRST_MET, _REMEMBERED),
    RetentionStart.SERVICE_ENDED: (_ended(Ending.What.SERVICE), _running(Ending.What.SERVICE)),
    RetentionStart.CONTRACT_ENDED: (_ended(Ending.What.CONTRACT), _running(Ending.What.CONTRACT)),
}
