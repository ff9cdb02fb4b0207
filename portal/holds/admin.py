"""Holds at the desk: a list, and the pages on which each is placed, looked at again and lifted. None is edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.holds import described, flows, pages
from portal.holds.models import Hold


class StandingFilter(admin.SimpleListFilter):
    """Those that stand, unless others are asked for."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("lifted", _("lifted")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        chosen = {"selected": self.value() is None, "query_string": changelist.get_query_string(remove=["standing"])}
        yield {**chosen, "display": _("standing")}
        for value, words in self.lookup_choices:
            query = changelist.get_query_string({"standing": value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": words}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        if self.value() == "all":
            return queryset
        return queryset.filter(lifted_at__isnull=self.value() != "lifted")


@admin.register(Hold)
class HoldAdmin(admin.ModelAdmin[Hold]):
    """Holds, by the day of the next look."""

    list_display = ["left", "__str__", "on", "owner_name", "since", "review_on", "ends_on"]
    list_display_links = ["__str__"]
    list_filter = [StandingFilter]
    actions = None
    change_list_template = "admin/portal_holds/hold/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        return Hold.objects.standing_first()

    @admin.display(description=_("next look"))
    def left(self, hold: Hold) -> SafeString | str:
        if hold.lifted_at is not None:
            return gettext("lifted %(day)s") % {"day": date_format(localtime(hold.lifted_at), "j M Y")}
        words, tone = described.left(described.next_day(hold), flows.today())
        return format_html('<span class="left {}">{}</span>', tone, words)

    @admin.display(description=_("on"))
    def on(self, hold: Hold) -> SafeString | str:
        return described.target(hold)

    @admin.display(description=_("who answers for it"))
    def owner_name(self, hold: Hold) -> str:
        return hold.owner_name

    @admin.display(description=_("since"), ordering="placed_at")
    def since(self, hold: Hold) -> str:
        return date_format(localtime(hold.placed_at), "j M Y")

    def get_urls(self) -> list[URLPattern]:
        """The pages and what is posted to them, before Django's list."""
        view = self.admin_site.admin_view
        own = [
            path("place/<slug:on>/", view(pages.Place.as_view(desk=self)), name="portal_holds_hold_place"),
            path("<int:pk>/change/", view(pages.Show.as_view(desk=self)), name="portal_holds_hold_change"),
            path("<int:pk>/extend/", view(pages.Extend.as_view(desk=self)), name="portal_holds_hold_extend"),
            path("<int:pk>/lift/", view(pages.Lift.as_view(desk=self)), name="portal_holds_hold_lift"),
        ]
        return [*own, *(one for one in super().get_urls() if str(one.name).endswith("_changelist"))]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the ways to a new one, for who may; without the bar at the side: the columns need the room."""
        may = request.user.has_perm("portal_holds.add_hold")
        own = {"title": gettext("Holds"), "places": pages.TITLES if may else {}, "is_nav_sidebar_enabled": False}
        return super().changelist_view(request, own | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By pages of its own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False
