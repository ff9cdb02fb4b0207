"""Staff write mailings here, and see what waits for a confirmation. Nobody's choice can be changed in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.preferences.flows import mailing as flows
from consent.preferences.mails import paragraphs
from consent.preferences.models import Confirmation, Mailing
from portal.organisation.models import Topic


@admin.register(Mailing)
class MailingAdmin(admin.ModelAdmin[Mailing]):
    """Write, save, look at who gets it, then send. What was sent is not changed any more."""

    list_display = ("subject_line", "topic", "state", "queued", "created_at", "finished_at")
    list_filter = ("state", "topic")
    search_fields = ("subject_line",)
    readonly_fields = ("state", "queued", "who_was_left_out", "created_at", "started_at", "finished_at")
    change_form_template = "admin/consent_preferences/mailing/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Mailing | None = None) -> Any:
        """What is not written yet has no dates and no result."""
        written = ("topic", "subject_line", "body")
        return written if obj is None else (*written, *self.readonly_fields)

    @admin.display(description=gettext_lazy("left out, by rule"))
    def who_was_left_out(self, mailing: Mailing) -> str:
        return "; ".join(f"{words}: {count}" for words, count in flows.by_rule(mailing.left_out)) or "–"

    def get_urls(self) -> list[URLPattern]:
        send = path("<path:object_id>/send/", self.admin_site.admin_view(self.send), name="consent_preferences_send")
        return [send, *super().get_urls()]

    def response_post_save_add(self, request: HttpRequest, obj: Mailing) -> HttpResponseRedirect:
        """On to the look that comes before sending, for who may send."""
        if not self.has_change_permission(request, obj):
            return super().response_post_save_add(request, obj)
        return redirect("admin:consent_preferences_send", obj.pk)

    response_post_save_change = response_post_save_add

    def send(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the text and who may receive it; posted, sets it going. A worker begins within half a minute."""
        mailing = self.get_object(request, object_id)
        if mailing is None:
            raise Http404
        if not super().has_change_permission(request, mailing):
            raise PermissionDenied
        if request.method == "POST":
            self._set_going(request, mailing)
            return redirect("admin:consent_preferences_mailing_change", mailing.pk)
        if mailing.state != Mailing.State.DRAFT:
            self.message_user(request, _("It was already sent."), messages.WARNING)
            return redirect("admin:consent_preferences_mailing_change", mailing.pk)
        return render(request, "admin/consent_preferences/mailing/send.html", self._preview(request, mailing))

    def _preview(self, request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
        offered = mailing.topic_id in flows.mailable()
        return {
            **self.admin_site.each_context(request),
            "title": _("Send “%(mailing)s”") % {"mailing": mailing},
            "opts": self.opts,
            "original": mailing,
            "paragraphs": paragraphs(mailing),
            "audience": flows.audience(mailing) if offered else None,
        }

    def _set_going(self, request: HttpRequest, mailing: Mailing) -> None:
        try:
            flows.send(mailing)
        except ValidationError as error:
            self.message_user(request, f"{mailing}: {' '.join(error.messages)}", messages.ERROR)
        else:
            self.log_change(request, mailing, _("Set going"))
            words = _("%(mailing)s is being sent. A worker begins within half a minute.")
            self.message_user(request, words % {"mailing": mailing}, messages.SUCCESS)

    def has_change_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == Mailing.State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == Mailing.State.DRAFT)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "topic":
            kwargs["queryset"] = Topic.objects.filter(retired_in=None, pk__in=flows.mailable())
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
