"""Versions and topics, to be read. They change by ``loadorganisation`` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.organisation.models import OrganisationVersion, Topic

if TYPE_CHECKING:
    ReadOnlyBase = admin.ModelAdmin[Model]
else:
    ReadOnlyBase = admin.ModelAdmin


class ReadOnly(ReadOnlyBase):
    """An admin in which nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(OrganisationVersion)
class OrganisationVersionAdmin(ReadOnly):
    list_display = ("number", "slug", "loaded_at", "changes")
    fields = ("number", "slug", "loaded_at", "digest", "what_changed", "content")

    @admin.display(description=_("changes"))
    def changes(self, version: OrganisationVersion) -> int:
        return len(version.difference)

    @admin.display(description=_("what changed"))
    def what_changed(self, version: OrganisationVersion) -> str:
        return "\n".join(version.difference)


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ("title", "code", "purpose", "first_version", "retired_in")
    list_filter = ("purpose",)
    list_select_related = ("first_version", "retired_in")
    search_fields = ("code", "title")
