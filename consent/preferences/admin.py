"""Staff write mailings here, and see what waits for a confirmation. Nobody's choice can be changed in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.preferences.flows import mailing as flows
from consent.preferences.models import Confirmation, Mailing
from portal.organisation.models import Topic


@admin.register(Mailing)
class MailingAdmin(admin.ModelAdmin[Mailing]):
    """Write, save, then send. What was sent is not changed any more."""

    list_display = ("subject_line", "topic", "state", "queued", "created_at", "finished_at")
    list_filter = ("state", "topic")
    search_fields = ("subject_line",)
    readonly_fields = ("state", "queued", "created_at", "started_at", "finished_at")
    fields = ("topic", "subject_line", "body", *readonly_fields)
    actions = ("send",)

    @admin.action(description=gettext_lazy("Send to everybody whom the topic may reach"), permissions=["change"])
    def send(self, request: HttpRequest, queryset: QuerySet[Mailing]) -> None:
        """Set going; a worker begins within half a minute."""
        for one in queryset.filter(state=Mailing.State.DRAFT):
            try:
                flows.send(one)
            except ValidationError as error:
                self.message_user(request, f"{one}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.log_change(request, one, _("Set going"))
                self.message_user(request, _("%(mailing)s is being sent.") % {"mailing": one}, messages.SUCCESS)

    def has_change_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == Mailing.State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == Mailing.State.DRAFT)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "topic":
            kwargs["queryset"] = Topic.objects.filter(retired_in=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Confirmation)
class ConfirmationAdmin(admin.ModelAdmin[Confirmation]):
    """What was asked by mail and what became of it; read-only, without anything that opens a link."""

    list_display = ("id", "created_at", "expires_at", "used_at")
    list_filter = ("used_at",)
    date_hierarchy = "created_at"
    fields = ("contact_point", "choices", "organisation_version", "language", "created_at", "expires_at", "used_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Confirmation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Confirmation | None = None) -> bool:
        return False
