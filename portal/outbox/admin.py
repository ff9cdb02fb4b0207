"""Mails in the admin: what became of each, and another round for those that failed. No text, addresses masked."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.outbox import flows, kinds
from portal.outbox.models import Message, Relay
from portal.subjects.masking import masked


class ReadOnly(admin.ModelAdmin[Any]):
    """To be looked at: rows are written by the outbox alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KindFilter(admin.SimpleListFilter):
    """By what staff call the mails. From the registry: Django's own would look through every mail for their codes."""

    title = _("mail")
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return sorted(((kind.code, str(kind.title)) for kind in kinds.registered()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Newest first; a failed mail says why, a withheld one by which rule."""

    list_display = ["created_at", "title", "recipient", "state", "attempts", "rule", "last_error"]
    list_filter = ["state", "category", KindFilter]
    list_select_related = ["contact_point"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["=message_id", "=topic"]
    search_help_text = _("A Message-ID or a topic. To find a person's mails, open the person.")
    ordering = ["-created_at"]
    actions = ["send_again"]
    fields = [
        "title", "category", "recipient", "topic", "language", "state", "attempts", "last_error", "answer",
        "created_at", "run_at", "permit_until", "sent_at", "message_id", "params",
    ]  # fmt: skip
    readonly_fields = ["title", "recipient", "answer"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under a line that says so while the mail server takes nothing."""
        trouble = Relay.objects.exclude(failures=0).first()
        if trouble is not None and request.method == "GET":
            self.message_user(request, _trouble(trouble), messages.WARNING)
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("mail"), ordering="kind")
    def title(self, message: Message) -> str:
        return kinds.described(message)

    @admin.display(description=_("to"))
    def recipient(self, message: Message) -> str:
        return masked(message.contact_point.address)

    @admin.display(description=_("decided by"))
    def rule(self, message: Message) -> str:
        return str((message.verdict or {}).get("rule", ""))

    @admin.display(description=_("may it be sent?"))
    def answer(self, message: Message) -> SafeString | str:
        if not message.verdict:
            return gettext("not asked yet")
        return format_html("<pre>{}</pre>", json.dumps(message.verdict, indent=2, ensure_ascii=False))

    @admin.action(description=_("Send again (failed mails only)"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = flows.send_again(queryset)
        words = ngettext("%(count)d mail will be tried again.", "%(count)d mails will be tried again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Sending again is a change, though nothing else here is."""
        return request.user.has_perm("outbox.change_message")


@admin.register(Relay)
class RelayAdmin(ReadOnly):
    """Whether the mail server is in trouble, since when, and until when it is left alone."""

    list_display = ["__str__", "since", "failures", "paused_until"]


def _trouble(relay: Relay) -> str:
    since = formats.date_format(timezone.localtime(relay.since), "j F Y, H:i") if relay.since else "–"
    words = gettext("The mail server is in trouble since %(since)s: %(trouble)s Mails wait and are tried again.")
    return words % {"since": since, "trouble": relay.trouble}
