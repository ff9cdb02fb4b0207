"""The ledger in the admin: to be read, by superusers too. What nobody may change has no button to change it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.ledger.models import CircumstancesRecord, Event, State, Text


class ReadOnly(admin.ModelAdmin[Any]):
    """No add, no change, no delete; every field shown as it is."""

    list_per_page = 50
    show_full_result_count = False  # counting ten million rows for a heading is not worth it
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnly):
    """Every decision, newest first. Find a person by the number of their record or by an address."""

    list_display = ["id", "occurred_at", "person", "kind", "code", "channel", "decision", "method", "actor", "proved"]
    list_filter = ["decision", "kind", "method", "actor", "channel"]
    ordering = ["-id"]
    search_fields = ["=subject__id", "=subject__contact_points__identity", "=code"]
    search_help_text = _("A whole address in lower case, the number of a record, or a topic.")
    list_select_related = ["subject"]
    readonly_fields = ["wording", "circumstances"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return Event.objects.select_related("text", "organisation_version", "subject")

    @admin.display(description=_("person"))
    def person(self, event: Event) -> str:
        return str(event.subject_id)[:8]

    @admin.display(description=_("words shown"))
    def wording(self, event: Event) -> str:
        return event.text.body if event.text else "–"

    @admin.display(description=_("circumstances"))
    def circumstances(self, event: Event) -> str:
        row = CircumstancesRecord.objects.filter(pk=event.circumstances_digest).first()
        if row is None:
            return "–"
        parts = (row.ip, row.user_agent, row.path, row.staff and _("staff %s") % row.staff)
        return ", ".join(part for part in parts if part)


@admin.register(State)
class StateAdmin(ReadOnly):
    """What the events add up to."""

    list_display = ["subject", "kind", "code", "channel", "last_decision", "last_on"]
    list_filter = ["kind", "last_decision", "channel"]
    ordering = ["-last_id"]
    search_fields = ["=subject__id", "=subject__contact_points__identity", "=code"]


@admin.register(Text)
class TextAdmin(ReadOnly):
    """Wordings as they were shown."""

    list_display = ["body", "language", "first_shown_at", "digest"]
    list_filter = ["language"]
    ordering = ["-first_shown_at"]
    search_fields = ["body", "=digest"]
