"""What the list of requests can be narrowed to. Without a choice it shows what staff have to work on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsar import matters
from dsar.flows import deadlines
from dsar.models import Event
from dsar.vocabulary import OPEN, Happening, Matter, State
from portal.organisation import versions
from portal.subjects.models import Subject

ALL = "all"
CLOSED = "over"


class StateFilter(admin.SimpleListFilter):
    """Open ones by default: verified, and an answer is owed."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [*State.choices, (CLOSED, _("all that are over")), (ALL, _("all"))]

    def choices(self, changelist: Any) -> Any:
        """Django's "All" is called what it is here: open."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("all that are open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen == ALL:
            return queryset
        if chosen == CLOSED:
            return queryset.closed()
        return queryset.filter(state=chosen) if chosen in State.values else queryset.verified()


def lists_open(request: HttpRequest) -> bool:
    """Whether the list is of open requests alone."""
    return request.GET.get(StateFilter.parameter_name) not in {ALL, CLOSED, *(set(State) - OPEN)}


class MatterFilter(admin.SimpleListFilter):
    """By what is asked for, in the organisation's own words."""

    title = _("matter")
    parameter_name = "matter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        organisation = versions.current().organisation
        return [(matter.value, matters.title(matter, organisation)) for matter in matters.offered(organisation)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(matter=self.value()) if self.value() in Matter.values else queryset


class AssigneeFilter(admin.SimpleListFilter):
    """One's own, or nobody's."""

    title = _("assigned to")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("me", _("me")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "me":
                return queryset.filter(assignee=request.user)
            case "nobody":
                return queryset.unassigned()
        return queryset


class TimeFilter(admin.SimpleListFilter):
    """Late, or with more time taken."""

    title = _("time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("overdue", _("overdue")), ("extended", _("more time taken"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "overdue":
                return queryset.overdue(deadlines.today())
            case "extended":
                return queryset.filter(was_extended())
        return queryset


class PersonFilter(admin.SimpleListFilter):
    """The requests of one person, by the number of their record: where a search by address leads."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Shown only where it is in use."""
        sought = request.GET.get(self.parameter_name)
        return [(sought, _("the person you looked for"))] if sought else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.touching(family_of(self.value())) if self.value() else queryset


def family_of(sought: str | None) -> list[UUID]:
    """The ids of a person's records; none for what is no number of a record."""
    try:
        subject = Subject.objects.filter(pk=UUID(sought or "")).first()
    except ValueError:
        return []
    return subject.family() if subject else []


def was_extended() -> Exists:
    """Whether more time was taken: the flow takes it only while it counts."""
    return Exists(Event.objects.filter(request=OuterRef("pk"), kind=Happening.EXTENDED))
