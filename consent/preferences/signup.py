"""Topics at sign-up: asked once, nothing ticked, and counted only when the address is proved by who chose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consent.ledger.circumstances import Circumstances
from consent.preferences import catalogue
from consent.preferences.flows import subscribing
from consent.preferences.forms import TopicsField, age_field
from portal.organisation import versions
from portal.widgets import Hinted

NOTED = "preferences-at-sign-up"
"""The session's note of what was chosen, and by whom: the next to sign up in this browser chose something else. In
another browser it is gone, and a choice forgotten means no mail."""


class TopicsStep:
    """The step of ``accounts.signup``: the topics that come by e-mail, and the age where there is a least one."""

    code = "topics"
    title = _("What may we send you?")

    def fields(self) -> dict[str, forms.Field]:
        """The topics; empty before an organisation is loaded, and where it offers none by e-mail."""
        try:
            organisation = versions.current().organisation
        except versions.NoOrganisation:
            return {}
        topics = [topic for section in catalogue.offered(organisation) for topic in section.topics]
        if not topics:
            return {}
        fields: dict[str, forms.Field] = {
            "topics": TopicsField(
                required=False,
                label=_("Topics"),
                help_text=_("Nothing is ticked for you. You can change all of it later."),
                widget=forms.CheckboxSelectMultiple,
                choices=[(topic.code, Hinted(topic.wording, f"{topic.title}. {topic.sentence}")) for topic in topics],
            )
        }
        if organisation.marketing.minimum_age is not None:
            fields["old_enough"] = age_field(organisation, required=False)
        return fields

    def save(self, request: HttpRequest, user: User, cleaned: dict[str, Any]) -> None:
        """Note the choice; nobody is subscribed by it yet, and nobody without a yes to the least age."""
        request.session.pop(NOTED, None)
        if not cleaned.get("topics"):
            return
        if "old_enough" in cleaned and not cleaned["old_enough"]:
            messages.warning(request, _("We noted no topics: you did not say that you are old enough for them."))
        else:
            noted = {"user": str(user.pk), "topics": cleaned["topics"], "shown": versions.current().id}
            request.session[NOTED] = noted

    def confirmed(self, request: HttpRequest, user: User) -> None:
        """The reader of the address chose: record it."""
        noted = request.session.pop(NOTED, None)
        if noted and noted["user"] == str(user.pk) and user.subject is not None:
            subscribing.choose_at_sign_up(
                user.subject,
                noted["topics"],
                version_id=noted["shown"],
                circumstances=Circumstances.of(request),
            )
