"""Holds at the desk: to be read. Each is placed, looked at again and lifted by a flow, and never edited."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.holds.models import Change, Hold


class ChangeInline(admin.TabularInline[Change, Hold]):
    """What was done with it."""

    model = Change
    fields = ("at", "what", "by_name", "words", "review_on", "ends_on")
    readonly_fields = fields
    extra = 0
    can_delete = False

    @admin.display(description=_("by"))
    def by_name(self, change: Change) -> str:
        return change.by_name

    def has_add_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False


@admin.register(Hold)
class HoldAdmin(admin.ModelAdmin[Hold]):
    """Holds, those that stand first."""

    list_display = ["__str__", "subject", "holding", "row", "placed_at", "review_on", "ends_on", "lifted_at"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter)]
    inlines = [ChangeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        return super().get_queryset(request).order_by("-lifted_at", "review_on")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False
