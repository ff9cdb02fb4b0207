"""``/preferences/<token>/``: the choices of whoever a mail went to. It can only take away, and shows no history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Method
from consent.preferences.flows import acts
from consent.preferences.views import problems
from consent.preferences.views.pages import ChoicesPage
from consent.preferences.views.problems import Problem
from portal.organisation import versions
from portal.outbox import links
from portal.subjects import flows as subjects
from portal.subjects.masking import masked
from portal.subjects.models import ContactPoint

PATH = "/preferences/link/"
"""What the circumstances say instead of the path, which holds the token."""


class LinkPage(ChoicesPage):
    """The page behind the link “What you receive” of every mail."""

    template = "preferences/by_link.html"
    point: ContactPoint

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lifetime = versions.current().organisation.mail.preference_link
        try:
            (contact_point,) = links.read(links.PREFERENCES, kwargs["token"], max_age=lifetime.as_timedelta())
        except links.ExpiredLink:
            return problems.page(request, too_old())
        except links.BadLink:
            return problems.page(request, unknown())
        point = ContactPoint.objects.current().filter(pk=contact_point).select_related("subject").first()
        if point is None:
            return problems.page(request, gone())
        self.point, self.person = point, subjects.resolve(point.subject)
        return super().dispatch(request, *args, **kwargs)

    def doing(self) -> acts.Doing:
        circumstances = Circumstances.of(self.request, path=PATH)
        return acts.Doing(Method.PREFERENCE_LINK, proved=False, circumstances=circumstances)

    def more(self) -> dict[str, Any]:
        user = self.request.user
        somebody_else = user.is_authenticated and getattr(user, "subject_id", None) != self.person.pk
        return {
            "masked": masked(self.point.address, self.point.channel),
            "by_link": True,
            "somebody_else": somebody_else,
            "own_page": reverse("preferences"),
        }


def too_old() -> Problem:
    return Problem(
        _("This link is too old"),
        _("Links to your choices work for a while only. The one in our newest mail to you still does."),
        (problems.sign_in(), problems.stop_all()),
        status=410,
    )


def unknown() -> Problem:
    return Problem(
        _("We do not know this link"),
        _("It may be cut off: try to copy all of it from the mail."),
        (problems.sign_in(), problems.stop_all()),
        status=404,
    )


def gone() -> Problem:
    return Problem(
        _("Nothing is sent to this address any more"),
        _("We no longer hold the address this mail went to, so there is nothing left to switch off."),
        (problems.ask_anew(),),
        status=410,
    )
