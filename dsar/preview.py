"""What a form says before it is sent: by when an answer would be due if it were sent now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dsar.clock import Deadline, Terms, due
from dsar.letters.letter import day
from dsar.vocabulary import Matter
from portal.database import database_now
from portal.organisation.schema import Organisation


def by_when(matter: Matter, organisation: Organisation, *, guest: bool) -> str:
    """When something happens, in a sentence or two; ``guest`` still has to enter a code."""
    if matter in {Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT}:
        return _("It counts the moment you enter the code.") if guest else _("It counts the moment you send it.")
    counted = _counted(matter, organisation)
    if counted is None or counted.promised_due is None:
        return _("Somebody looks at it at once.")
    at_once = _("An objection to marketing counts at once.") if matter is Matter.OBJECTION else ""
    return f"{_dates(matter, counted, guest=guest)} {at_once}".strip()


def _counted(matter: Matter, organisation: Organisation) -> Deadline | None:
    return due(database_now(), (), Terms.of(organisation, matter.right)) if matter.right else None


def _dates(matter: Matter, counted: Deadline, *, guest: bool) -> str:
    dates = {"promised": day(counted.promised_due), "law": day(counted.statutory_due)}
    if matter is Matter.COMPLAINT or counted.statutory_due is None:
        if guest:
            return (
                _("If you send it and enter the code today, we write to you with what we found by %(promised)s.")
                % dates
            )
        return _("If you send it today, we write to you with what we found by %(promised)s.") % dates
    if guest:
        return (
            _(
                "If you send it and enter the code today, we promise an answer by %(promised)s. "
                "The law allows until %(law)s."
            )
            % dates
        )
    return _("If you send it today, we promise an answer by %(promised)s. The law allows until %(law)s.") % dates
