"""What cookie consent holds about people (portal.personal_data): browsers they signed in with, and their choices."""

from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from consent.cookies import held
from consent.cookies.models import Browser, Choice
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import Erasure, Holding, register

_PURPOSE = _("To show what you chose about cookies, and that we were allowed what we did.")
_BASIS = _("Legal obligation: we must be able to show consent (Article 7(1)).")
_SOURCE = _("You, in the browser you signed in with")
_RECIPIENTS = _("Nobody")


def _last_choice_in(browser: str) -> Subquery:
    """When the browser that ``browser`` leads to last chose: what it chose before is part of the same proof."""
    choices = Choice.objects.filter(browser=OuterRef(browser)).order_by().values("browser")
    return Subquery(choices.annotate(last=Max("recorded_at")).values("last"))


register(
    Holding(
        model=Browser,
        subject="subject",
        title=_("Browsers you chose cookies in"),
        category="preferences",
        purpose=_PURPOSE,
        basis=_BASIS,
        source=_SOURCE,
        recipients=_RECIPIENTS,
        retention="cookie_choices",
        starts={RetentionStart.LAST_DECISION: _last_choice_in("pk")},
        told=held.browsers,
        export={
            "reference": _("Reference"),
            "created_at": _("First choice"),
            "linked_at": _("Linked to you"),
            "kept_apart_at": _("Kept apart from accounts since"),
        },
        withhold={"secret_hash": _("Part of the browser’s key; whoever had it could choose for you.")},
        erase=Erasure.DELETE,
        # Choices of nobody known, in a browser that is not known again.
        anonymise={"subject": None, "linked_at": None, "secret_hash": ""},
    )
)
register(
    Holding(
        model=Choice,
        subject="browser__subject",
        title=_("What you chose about cookies"),
        category="preferences",
        purpose=_PURPOSE,
        basis=_BASIS,
        source=_SOURCE,
        recipients=_RECIPIENTS,
        retention="cookie_choices",
        starts={RetentionStart.LAST_DECISION: _last_choice_in("browser")},
        told=held.choices,
        export={
            "browser": _("Reference"),
            "site": _("Site"),
            "organisation_version": _("Version of the cookie register"),
            "text": _("Words you saw"),
            "allowed": _("Allowed"),
            "refused": _("Refused"),
            "method": _("How"),
            "means": _("Through"),
            "signal": _("Global Privacy Control was on"),
            "path": _("Page"),
            "language": _("Language"),
            "recorded_at": _("When"),
        },
        withhold={"key": _("Keeps a repeated save from counting twice; a random number.")},
        erase=Erasure.DELETE,
        part_of="browser",
    )
)
