"""The officer's list, most urgent first, and the ways from it: a request, a new one, and who works on which."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db.models import DateField, F, Prefetch, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import matters, urgency
from dsar.admin import assigning, doing, downloads, logging_paper, page, times
from dsar.admin.filters import AssigneeFilter, MatterFilter, PersonFilter, StateFilter, TimeFilter, lists_open
from dsar.flows import deadlines
from dsar.managers import URGENCY
from dsar.models import Event, Request
from dsar.vocabulary import Happening
from portal.subjects.masking import masked
from portal.subjects.posted_search import PostedSearch

_DAY = "D\N{NO-BREAK SPACE}j\N{NO-BREAK SPACE}M Y"
"""A day breaks into two lines at most where the column is narrow."""


@admin.register(Request)
class RequestAdmin(PostedSearch):
    """Requests, the most urgent first. Nothing is edited by hand and nothing deleted: staff take steps."""

    list_display = ["left", "reference", "what", "person", "received", "state", "due_day", "assignee_name"]
    list_display_links = ["reference"]
    list_filter = [StateFilter, TimeFilter, AssigneeFilter, MatterFilter, PersonFilter]
    list_per_page = 50
    show_full_result_count = False
    search_help_text = _("A reference such as R-7KMX-9QWD, an e-mail address, or a phone number with its country code.")
    actions = ["assign"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Request]:
        """Each with its due day, today's date, and the lines about more time: asked for once, not in each row.

        What stands in other tables is looked up for the rows of the page alone: joined, it is joined for all.
        """
        today = Value(deadlines.today(), output_field=DateField())
        more_time = Prefetch("events", Event.objects.filter(kind=Happening.EXTENDED), to_attr="extensions")
        found = Request.objects.with_due().annotate(today=today)
        return found.prefetch_related("contact_point", "assignee", more_time)

    def get_ordering(self, request: HttpRequest) -> Any:
        """The most urgent first; where what is over is listed too, it comes after all that is open."""
        return URGENCY if lists_open(request) else [F("closed_at").asc(nulls_first=True), *URGENCY]

    def action_checkbox(self, obj: Request) -> SafeString:
        """As Django's, whose two templates for each row were a third of the page's time."""
        box = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'
        words = gettext("Select %(reference)s") % {"reference": obj.reference}
        return format_html(box, ACTION_CHECKBOX_NAME, obj.pk, words)

    @admin.display(description=_("time left"), ordering="due")
    def left(self, one: Any) -> SafeString:
        found = urgency.of(one, one.today)
        more = gettext("extended") if one.extensions else ""
        return format_html('<span class="left {}">{}</span> {}', found.tone.value, found.words, more)

    @admin.display(description=_("matter"), ordering="matter")
    def what(self, one: Request) -> str:
        return matters.title_today(one.matter)

    @admin.display(description=_("person"))
    def person(self, one: Request) -> str:
        return written_to(one)

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, one: Request) -> str:
        return date_format(deadlines.local_day(one), "j M Y")

    @admin.display(description=_("due"), ordering="due")
    def due_day(self, one: Request) -> str:
        day = urgency.due_day(one)
        return date_format(day, _DAY) if day else "–"

    @admin.display(description=_("assigned to"), ordering="assignee")
    def assignee_name(self, one: Request) -> str:
        return one.assignee.get_short_name() if one.assignee else gettext("nobody")

    @admin.action(description=_("Assign the selected requests"), permissions=["change"])
    def assign(self, request: HttpRequest, queryset: QuerySet[Request]) -> HttpResponse | None:
        return assigning.bulk(self, request, queryset)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Without the bar at the side: the columns need the room."""
        return super().changelist_view(request, {"is_nav_sidebar_enabled": False, **(extra_context or {})})

    def found(self, request: HttpRequest, sought: str) -> HttpResponse:
        """To the request with this reference, or to those of the person at this address."""
        by_reference = Request.objects.referred_to(sought).first()
        if by_reference is not None:
            return HttpResponseRedirect(reverse("admin:dsar_request_change", args=[by_reference.pk]))
        changelist = reverse("admin:dsar_request_changelist")
        person = self.person_at(request, sought)
        if person is not None:
            return HttpResponseRedirect(f"{changelist}?state=all&person={person}")
        self.message_user(request, gettext("No request has this reference or address."), messages.WARNING)
        return HttpResponseRedirect(changelist)

    def get_urls(self) -> list[URLPattern]:
        """The pages and what is posted to them, before Django's own."""
        view = self.admin_site.admin_view
        own = [
            path("times/", view(times.Times.as_view(desk=self)), name="dsar_request_times"),
            path("add/", view(logging_paper.Log.as_view(desk=self)), name="dsar_request_add"),
            path("<uuid:pk>/change/", view(page.Show.as_view(desk=self)), name="dsar_request_change"),
            path("<uuid:pk>/do/<slug:code>/", view(doing.Do.as_view(desk=self)), name="dsar_request_do"),
            path("<uuid:pk>/task/<int:task>/", view(doing.Answer.as_view(desk=self)), name="dsar_request_task"),
            path("<uuid:pk>/file/<uuid:file>/", view(downloads.File.as_view(desk=self)), name="dsar_request_file"),
            path("<uuid:pk>/proof/<uuid:file>/", view(downloads.Proof.as_view(desk=self)), name="dsar_request_proof"),
        ]
        return [*own, *(one for one in super().get_urls() if str(one.name).endswith("_changelist"))]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Named

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Named(ChangeList):
    """Says in its heading what the list is for."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.title = gettext("Requests, the most urgent first")


def written_to(one: Request) -> str:
    """The address that is written to, masked; without one whether there is a postal address."""
    if one.contact_point is not None:
        return masked(one.contact_point.address, one.contact_point.channel)
    return gettext("by post") if one.postal_address else "–"
