"""The log of looks at the desk: read by those who watch over it, changed by nobody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.looks import words
from accounts.models import Look, User
from portal.subjects.masking import masked
from portal.subjects.models import ContactPoint, Subject


class StaffFilter(admin.SimpleListFilter):
    """Of one member of staff, those who have left included."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        found = User.objects.filter(is_staff=True).order_by("name", "email")
        return [(str(user.pk), user.get_full_name()) for user in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Look]) -> QuerySet[Look]:
        return queryset.filter(staff=self.value()) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    """At one person, by the number of their record: where their page leads from."""

    title = _("whose")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Shown only where it is in use."""
        sought = request.GET.get(self.parameter_name)
        return [(sought, gettext("person %(number)s") % {"number": sought[:8]})] if sought else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.at_person(_family(self.value())) if self.value() else queryset


class LookAdmin(admin.ModelAdmin[Look]):
    """Looks, the latest first. A look at this list is kept too, as one row: or the log would fill itself."""

    list_display = ["at", "who", "did", "whose", "thing"]
    list_display_links = None
    list_filter = [StaffFilter, "what", PersonFilter]
    date_hierarchy = "at"
    list_per_page = 100
    show_full_result_count = False
    ordering = ["-pk"]
    actions = None
    names_few = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Look]:
        addresses = Prefetch("subject__contact_points", ContactPoint.objects.current().order_by("created_at"))
        return Look.objects.named().prefetch_related(addresses)

    @admin.display(description=_("who"), ordering="staff")
    def who(self, look: Any) -> str:
        return str(look.who)

    @admin.display(description=_("what they did"), ordering="what")
    def did(self, look: Look) -> str:
        return look.get_what_display()

    @admin.display(description=_("whose"))
    def whose(self, look: Look) -> SafeString | str:
        """Their first address, masked, leading to their page."""
        if look.subject_id is None:
            return "–"
        person = look.subject
        if person is None:
            return gettext("person %(number)s, gone") % {"number": str(look.subject_id)[:8]}
        point = next(iter(person.contact_points.all()), None)
        shown = masked(point.address, point.channel) if point else str(person.pk)[:8]
        return format_html('<a href="{}">{}</a>', reverse("admin:subjects_subject_change", args=[person.pk]), shown)

    @admin.display(description=_("with"))
    def thing(self, look: Look) -> SafeString | str:
        return words.thing(look)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": gettext("Looks by staff"), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """The list alone: a row says all there is."""
        return [one for one in super().get_urls() if str(one.name).endswith("_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Look | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Look | None = None) -> bool:
        return False


def _family(sought: str | None) -> list[UUID]:
    """The ids of a person's records; none for what is no number of a record."""
    try:
        number = UUID(sought or "")
    except ValueError:
        return []
    person = Subject.objects.filter(pk=number).first()
    return person.family() if person else [number]
