"""Where a request stands, in a line a person understands: what happens now, what they have to do, and by when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from dsar import authority
from dsar.days import Days
from dsar.letters.letter import day
from dsar.matters import MARKETING
from dsar.models import IdentityCheck, Request
from dsar.vocabulary import ANSWERED, OPEN, Matter, Outcome, State
from portal.organisation.schema import Organisation


@dataclass(frozen=True)
class Case:
    """What the line is made of: the request, its days if any run, its open check of identity if there is one."""

    request: Request
    organisation: Organisation
    days: Days | None = None
    check: IdentityCheck | None = None


@dataclass(frozen=True)
class Standing:
    """``headline`` is the heading of the page; ``lead`` says what comes next. ``tone`` is ``late``, ``wait`` or
    nothing: ``wait`` is the person's turn."""

    headline: str
    lead: str
    tone: str = ""


def of(case: Case) -> Standing:
    """The line for a request as it stands."""
    if case.request.state in OPEN and case.days is not None and case.days.late and case.request.state not in _THEIRS:
        return _late(case, case.days)
    return _BY_STATE[State(case.request.state)](case)


def short(request: Request) -> str:
    """The same in a few words, for a list."""
    if request.state == State.CLOSED:
        return str(_SHORT_ENDS[Outcome(request.outcome)]())
    return str(_SHORT[State(request.state)]())


_THEIRS: Final = frozenset({State.RECEIVED})
"""States in which nothing of ours can be late yet."""


def _late(_case: Case, days: Days) -> Standing:
    promise = {"promised": day(days.due)}
    words = _("We promised an answer by %(promised)s and are late. We are sorry, and still at it.") % promise
    if days.law is not None and days.today > days.law and days.law != days.due:
        words += " " + _("The law gave us until %(law)s; that is over too.") % {"law": day(days.law)}
    return Standing(_("Our answer is late"), words + " " + _("You can complain about it."), "late")


def _received(_case: Case) -> Standing:
    lead = _("We begin when you enter the code we mailed you. So nobody can ask in your name.")
    return Standing(_("One step left: the code"), lead, "wait")


def _identity(case: Case) -> Standing:
    if case.check is None or case.check.received_at is not None:
        lead = _("Your proof reached us. We look at it now; our time to answer counts from the day it came.")
        return Standing(_("We are looking at your proof"), lead)
    if case.check.about == IdentityCheck.About.AUTHORITY:
        return Standing(_("We need to see that you may ask"), authority.why(case.request), "wait")
    lead = _("We need to check it is you, because: %(why)s") % {"why": case.check.doubt}
    return Standing(_("We need to check that it is you"), lead, "wait")


def _active(case: Case) -> Standing:
    headline = {
        Matter.COMPLAINT: _("We are looking into your complaint"),
        Matter.COMPROMISE: _("We are looking into it now"),
        Matter.RESTRICTION: _("Your data are on hold"),
    }.get(Matter(case.request.matter), _("We have your request"))
    return Standing(headline, f"{promise(case)} {_('You need not do anything.')}")


def _paused(case: Case) -> Standing:
    lead = _("We hold much about you, and would like to send you what you are after. Our question stands below.")
    date = promise(case) if case.days else _("Our time to answer stands still until you reply.")
    return Standing(_("We have a question for you"), f"{lead} {date}", "wait")


def _searching(case: Case) -> Standing:
    copies = case.request.matter in {Matter.ACCESS, Matter.PORTABILITY}
    headline = _("We are collecting your data") if copies else _("We are working on it")
    return Standing(headline, f"{promise(case)} {_('You need not do anything.')}")


def _review(case: Case) -> Standing:
    return Standing(_("Our answer is written"), f"{_('It is read and approved before it leaves.')} {promise(case)}")


def _approved(case: Case) -> Standing:
    return Standing(_("Our answer is approved"), f"{_('It has not left yet.')} {promise(case)}")


def _closed(case: Case) -> Standing:
    return _BY_OUTCOME[Outcome(case.request.outcome)](case)


def _complaint(_case: Case) -> Standing:
    lead = _("We look at our answer again. What comes of it stands on the page of your complaint.")
    return Standing(_("You complained about this"), lead)


def _reviewed(_case: Case) -> Standing:
    lead = _("What we found stands on the page of your complaint.")
    return Standing(_("We answered your complaint"), lead)


def promise(case: Case) -> str:
    """By when the answer comes, in a sentence."""
    days = case.days
    if days is None:
        return _("We look at it at once.")
    if days.extended:
        words = _("It takes longer than we promised. You get our answer by %(due)s at the latest.")
        return words % {"due": day(days.due)}
    if days.left == 0:
        return _("You get our answer today, %(due)s.") % {"due": day(days.due)}
    return _("We promise our answer by %(due)s.") % {"due": day(days.due)}


def _fulfilled(case: Case) -> Standing:
    marketing = _("No more marketing comes to you. Mails you need, about security or a request of yours, still come.")
    lead = {
        Matter.MARKETING_OPT_OUT: marketing,
        Matter.WITHDRAW_CONSENT: _("Your yes is taken back, as of now. What was done before stays lawful."),
    }.get(Matter(case.request.matter), "")
    if case.request.matter == Matter.OBJECTION and case.request.details.get("use") == MARKETING:
        lead = marketing
    return Standing(_("Done") if lead else _("We did what you asked"), lead or _("Our answer stands below."))


def _partly(_case: Case) -> Standing:
    lead = _("We can't send or do part of it. Below you read which part, why, and how to challenge us.")
    return Standing(_("We did part of what you asked"), lead)


def _refused(_case: Case) -> Standing:
    return Standing(_("We did not do what you asked"), _("Below you read why, and how to challenge us."))


def _not_held(_case: Case) -> Standing:
    return Standing(_("We hold no data about you"), _("We searched and found nothing. Our answer stands below."))


def _withdrawn(_case: Case) -> Standing:
    return Standing(_("You withdrew this request"), _("Nothing more is done with it. You can ask again at any time."))


def _no_identity(case: Case) -> Standing:
    if case.request.verified_at is None:
        lead = _("The code we mailed you was never entered, so we did nothing. You can ask again at any time.")
        return Standing(_("This request has ended"), lead)
    lead = _("We could not see that you may ask, so we may not act. Proofs you sent are deleted. You can ask again.")
    return Standing(_("We could not check who you are"), lead)


def _no_reply(_case: Case) -> Standing:
    lead = _("We asked you a question and got no answer. You can ask again at any time.")
    return Standing(_("Closed, because we did not hear from you"), lead)


def _duplicate(_case: Case) -> Standing:
    lead = _("We work on the same request of yours already. We joined the two: you get one answer, by the first date.")
    return Standing(_("You have asked for this already"), lead)


def _passed_on(_case: Case) -> Standing:
    lead = _("The data belong to somebody for whom we only work. They have your request from us, and answer you.")
    return Standing(_("We passed your request on"), lead)


_BY_STATE: Final[dict[State, Callable[[Case], Standing]]] = {
    State.RECEIVED: _received,
    State.IDENTITY_PENDING: _identity,
    State.ACTIVE: _active,
    State.CLARIFICATION_PAUSED: _paused,
    State.SEARCHING: _searching,
    State.REVIEW: _review,
    State.APPROVED: _approved,
    State.CLOSED: _closed,
    State.COMPLAINT: _complaint,
    State.REVIEWED: _reviewed,
}
_BY_OUTCOME: Final[dict[Outcome, Callable[[Case], Standing]]] = {
    Outcome.FULFILLED: _fulfilled,
    Outcome.PARTLY: _partly,
    Outcome.REFUSED: _refused,
    Outcome.NOT_HELD: _not_held,
    Outcome.WITHDRAWN: _withdrawn,
    Outcome.NO_IDENTITY: _no_identity,
    Outcome.NO_REPLY: _no_reply,
    Outcome.DUPLICATE: _duplicate,
    Outcome.PASSED_ON: _passed_on,
}
_SHORT: Final[dict[State, Callable[[], str]]] = {
    State.RECEIVED: lambda: _("Waits for your code"),
    State.IDENTITY_PENDING: lambda: _("Waits for proof"),
    State.ACTIVE: lambda: _("We have it"),
    State.CLARIFICATION_PAUSED: lambda: _("Waits for your answer"),
    State.SEARCHING: lambda: _("We are working on it"),
    State.REVIEW: lambda: _("Our answer is written"),
    State.APPROVED: lambda: _("Our answer is approved"),
    State.COMPLAINT: lambda: _("You complained about it"),
    State.REVIEWED: lambda: _("Complaint answered"),
}
_SHORT_ENDS: Final[dict[Outcome, Callable[[], str]]] = {
    Outcome.FULFILLED: lambda: _("Done"),
    Outcome.PARTLY: lambda: _("Partly done"),
    Outcome.REFUSED: lambda: _("Refused"),
    Outcome.NOT_HELD: lambda: _("Nothing found"),
    Outcome.WITHDRAWN: lambda: _("Withdrawn"),
    Outcome.NO_IDENTITY: lambda: _("Ended: not confirmed"),
    Outcome.NO_REPLY: lambda: _("Ended: no reply"),
    Outcome.DUPLICATE: lambda: _("Joined to an earlier one"),
    Outcome.PASSED_ON: lambda: _("Passed on"),
}


def was_answered(request: Request) -> bool:
    """Whether it ended with an answer."""
    return request.outcome in ANSWERED
