"""What happened to a request, as staff read it: who, when, when it was written down, and whether the person sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import User
from dsar.letters.to_person import reasons_of
from dsar.models import Attachment, Event, IdentityCheck, Request, Task
from dsar.vocabulary import Arrival, Happening, Outcome, Party
from portal.organisation import versions

OF_IDENTITY: Final = frozenset(
    {
        Happening.IDENTITY_REQUESTED,
        Happening.IDENTITY_RECEIVED,
        Happening.IDENTITY_SETTLED,
        Happening.AUTHORITY_REQUESTED,
        Happening.AUTHORITY_RECEIVED,
        Happening.NO_IDENTITY,
    }
)
"""What was said with these is for those alone who may see the checks."""
_LATER: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One line. ``logged`` is set where it was written down later than it happened; ``facts`` are in words."""

    event: Event
    what: str
    who: str
    words: str = ""
    facts: list[str] = field(default_factory=list)
    logged: bool = False
    files: list[Attachment] = field(default_factory=list)


def of(request: Request, *, identity: bool, files: bool) -> list[Line]:
    """The timeline, oldest first. ``identity`` and ``files`` are what the reader may see."""
    events = list(Event.objects.filter(request=request).select_related("staff"))
    for event in events:
        event.request = request  # as it was read already
    kept: dict[int, list[Attachment]] = {}
    for one in Attachment.objects.filter(request=request) if files else ():
        kept.setdefault(one.event_id, []).append(one)
    names, titles = _names(events), dict(Task.objects.filter(request=request).values_list("pk", "title"))
    return [_line(event, kept.get(event.pk, []), names, titles, identity) for event in events]


def _line(
    event: Event, files: list[Attachment], names: Mapping[int, str], titles: Mapping[int, str], identity: bool
) -> Line:
    told = identity or event.kind not in OF_IDENTITY
    return Line(
        event,
        what=event.get_kind_display(),
        who=event.staff.get_full_name() if event.staff else str(Party(event.party).label),
        words=event.words if told else "",
        facts=_facts(event, names, titles) if told else [],
        logged=event.recorded_at - event.at > _LATER,
        files=files,
    )


def _names(events: list[Event]) -> dict[int, str]:
    """The staff to whom it was given, by number: one query."""
    wanted = {event.facts["to"] for event in events if event.kind == Happening.ASSIGNED and event.facts.get("to")}
    found = User.objects.filter(pk__in=wanted) if wanted else ()
    return {user.pk: user.get_full_name() for user in found}


def _facts(event: Event, names: Mapping[int, str], titles: Mapping[int, str]) -> list[str]:
    facts = {**event.facts, "title": titles.get(event.facts.get("task", 0), "")}
    if event.kind == Happening.ASSIGNED:
        to = facts.get("to")
        return [_("To %(name)s") % {"name": names.get(to, _("nobody")) if to else _("nobody")}]
    if event.kind in {Happening.ANSWERED, Happening.REFUSED, Happening.DRAFTED}:
        why = reasons_of(event, versions.get(event.request.organisation_version_id).organisation)
        return [str(Outcome(facts["outcome"]).label), *why] if event.kind == Happening.DRAFTED else list(why)
    return [words for key, say in _SAY.items() if key in facts and (words := say(facts))]


def _method(facts: Mapping[str, Any]) -> str:
    known = {
        "code": _("by a code mailed to the address"),
        "signed_in": _("signed in"),
        "logged": _("logged by staff"),
        **{one.value: str(one.label) for one in IdentityCheck.Method},
    }
    return known.get(str(facts["method"]), "")


def _restricted(facts: Mapping[str, Any]) -> str:
    return _("Processing is restricted") if facts["restricted"] else _("The restriction has ended")


def _dates(facts: Mapping[str, Any]) -> str:
    before, after = (", ".join(filter(None, days)) or "–" for days in (facts["before"], facts["after"]))
    return _("From %(before)s to %(after)s") % {"before": before, "after": after}


def _changed(facts: Mapping[str, Any]) -> str:
    if isinstance(facts["before"], list):
        return _dates(facts)
    return _("From “%(before)s” to “%(after)s”") % {"before": facts["before"], "after": facts["after"]}


_SAY: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "arrival": lambda facts: str(Arrival(facts["arrival"]).label),
    "method": _method,
    "documents": lambda facts: ", ".join(facts["documents"]),
    "before": _changed,
    "restricted": _restricted,
    "stopped": lambda facts: _("Stopped: %(what)s") % {"what": ", ".join(facts["stopped"])},
    "changed": lambda facts: _("The decision is changed") if facts["changed"] else _("The decision stands"),
    "first": lambda facts: str(facts["first"]),
    "to": lambda facts: str(facts["to"]),
    "title": lambda facts: str(facts["title"]),
    "name": lambda facts: str(facts["name"]),
    "skipped": lambda facts: _("Left open on purpose") if facts["skipped"] else "",
    "left": lambda facts: _("Days left: %(days)d") % {"days": facts["left"]},
}
