"""The ledger in the admin: to be read, by superusers too. What nobody may change has no button to change it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.ledger.models import CircumstancesRecord, Event, State, Text
from consent.ledger.titles import Titles
from portal.subjects.masking import masked
from portal.subjects.models import ContactPoint


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


class Entitled(ReadOnly):
    """Rows about a person and a topic, named as staff know them; what is empty is left out of a row's page."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        addresses = Prefetch("subject__contact_points", ContactPoint.objects.current().order_by("created_at"))
        return super().get_queryset(request).select_related("subject").prefetch_related(addresses)

    @admin.display(description=_("person"), ordering="subject")
    def person(self, row: Any) -> SafeString:
        """Their first address, masked, leading to their page; without one, the start of the record's number."""
        point = next(iter(row.subject.contact_points.all()), None)
        shown = masked(point.address, point.channel) if point else str(row.subject_id)[:8]
        address = reverse("admin:subjects_subject_change", args=[row.subject_id])
        return format_html('<a href="{}">{}</a>', address, shown)

    @admin.display(description=_("about"), ordering="code")
    def about(self, row: Any) -> str:
        return Titles().of(row.kind, row.code)

    @admin.display(description=_("way"), ordering="channel")
    def way(self, row: Any) -> str:
        return row.get_channel_display() if row.channel else gettext("every way")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        groups = super().get_fieldsets(request, obj)
        if obj is None:
            return groups
        filled = [(title, [str(name) for name in group["fields"] if _says(obj, name)]) for title, group in groups]
        return [(title, {"fields": [*names]}) for title, names in filled if names]


def _says(row: Any, name: Any) -> bool:
    """Whether the field has something to show; what the admin computes always has."""
    return not hasattr(row, name) or getattr(row, name) not in (None, "", 0, {})


@admin.register(Event)
class EventAdmin(Entitled):
    """Every decision, newest first. Who is looked for by address is looked for under People, whose page leads here."""

    list_display = ["occurred_at", "person", "decision", "about", "way", "how", "actor"]
    list_filter = ["decision", "kind", "method", "actor", "channel"]
    ordering = ["-id"]
    search_fields = ["=subject__id", "=code"]
    search_help_text = _("The number of a record, or a topic. An address is looked for under People.")
    readonly_fields = ["person", "about", "way", "wording", "circumstances"]
    fieldsets = [
        (_("Decision"), {"fields": ["person", "decision", "about", "way", "until", "basis"]}),
        (_("How it came about"), {"fields": ["method", "actor", "proved", "occurred_at", "recorded_at"]}),
        (_("What was shown"), {"fields": ["wording", "notice", "organisation_version"]}),
        (_("Circumstances"), {"fields": ["circumstances", "details", "circumstances_digest"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("text", "organisation_version", "subject")

    @admin.display(description=_("how"), ordering="method")
    def how(self, event: Event) -> str:
        return event.get_method_display()

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


_ESTABLISHED: Any = [
    "established_on",
    "established_basis",
    "established_details",
    "established_id",
    "established_version",
]


@admin.register(State)
class StateAdmin(Entitled):
    """What the events add up to."""

    list_display = ["last_on", "person", "about", "way", "last_decision"]
    list_filter = ["kind", "last_decision", "channel"]
    ordering = ["-last_id"]
    search_fields = ["=subject__id", "=code"]
    readonly_fields = ["person", "about", "way"]
    fieldsets = [
        (_("About"), {"fields": ["person", "about", "way", "last_decision", "last_on", "last_id"]}),
        (_("Stop"), {"fields": ["stopped_decision", "stopped_on", "stopped_id"]}),
        (_("Yes"), {"fields": ["consent_on", "consent_own", "consent_basis", "consent_id", "consent_version"]}),
        (
            _("Yes that waits"),
            {"fields": ["pending_on", "pending_own", "pending_basis", "pending_id", "pending_version"]},
        ),
        (_("Basis recorded"), {"fields": _ESTABLISHED}),
        (_("Pause and lapse"), {"fields": ["paused_until", "paused_id", "lapsed_on", "lapsed_id"]}),
    ]


@admin.register(Text)
class TextAdmin(ReadOnly):
    """Wordings as they were shown."""

    list_display = ["body", "language", "first_shown_at"]
    list_filter = ["language"]
    ordering = ["-first_shown_at"]
    search_fields = ["body", "=digest"]
