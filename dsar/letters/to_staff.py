"""Mails to staff about requests: a reference, days, and where to look. No name and no address of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsar import matters
from dsar.flows import deadlines
from dsar.letters.letter import Button, Letter, day
from dsar.models import Event, Request
from dsar.vocabulary import Matter


@dataclass(frozen=True)
class Told:
    """What a mail is about: the request, and what happened to it."""

    request: Request
    event: Event


Writer = Callable[[Told], Letter]


def write(name: str, request: Request, event: Event) -> Letter:
    """The mail of this name. Raises KeyError for one nobody wrote."""
    return WRITERS[name](Told(request, event))


def _assigned(it: Told) -> Letter:
    return Letter(
        subject=_("%(reference)s is yours now") % {"reference": it.request.reference},
        lead=_("A request was given to you: “%(matter)s”.") % {"matter": matters.title_today(it.request.matter)},
        paragraphs=(_due(it.request),),
        button=look(it.request),
    )


def _answered(it: Told) -> Letter:
    return Letter(
        subject=_("%(reference)s: the person wrote") % {"reference": it.request.reference},
        lead=_("There is a new message or file with this request."),
        paragraphs=(_due(it.request),),
        button=look(it.request),
    )


def _reminder(it: Told) -> Letter:
    left = int(it.event.facts["left"])
    if left < 0:
        words = ngettext("%(reference)s is one day overdue", "%(reference)s is %(days)d days overdue", -left)
    elif left == 0:
        words = _("%(reference)s is due today")
    else:
        words = ngettext("%(reference)s: one day left", "%(reference)s: %(days)d days left", left)
    return Letter(
        subject=words % {"reference": it.request.reference, "days": abs(left)},
        lead=_due(it.request),
        paragraphs=(
            _("It is “%(matter)s”, and it is %(state)s.")
            % {"matter": matters.title_today(it.request.matter), "state": it.request.get_state_display()},
        ),
        button=look(it.request),
    )


def _compromise(it: Told) -> Letter:
    return Letter(
        subject=_("%(reference)s: somebody reports that data may be compromised") % {"reference": it.request.reference},
        lead=_("Look at once: from the moment you can be reasonably sure of a breach, 72 hours run."),
        button=look(it.request),
    )


def _due(request: Request) -> str:
    if request.promised_due is None:
        return _("No date runs: we wait for the person.") if request.matter != Matter.COMPROMISE else _("Look at once.")
    dates = {"promised": day(request.promised_due), "law": day(request.statutory_due) or _("no date")}
    overdue = (request.promised_due - deadlines.today(request)).days < 0
    words = (
        _("It was promised by %(promised)s; by law: %(law)s.")
        if overdue
        else _("Promised by %(promised)s; by law: %(law)s.")
    )
    return words % dates


def look(request: Request, part: str = "") -> Button:
    """To the page of a request at the desk, or a part of it."""
    path = reverse("admin:dsar_request_change", args=[request.pk])
    return Button(_("Open it at the desk"), f"{settings.BASE_URL}{path}{part}")


WRITERS: Final[dict[str, Writer]] = {
    "assigned": _assigned,
    "answered": _answered,
    "reminder": _reminder,
    "compromise": _compromise,
}
