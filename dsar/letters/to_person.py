"""The words of each letter to a person: what happened, what it means, what comes next and when."""

from __future__ import annotations

from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dsar import authority, matters, reasons
from dsar.clock.explanation import written
from dsar.flows import deadlines
from dsar.letters import who_asks
from dsar.letters.dates import calculation, law, promise
from dsar.letters.letter import Button, Letter, day, page_of
from dsar.letters.told import Told, Writer, challenge, has_page, open_page
from dsar.models import Event, Request
from dsar.vocabulary import Matter, Outcome
from portal.organisation import versions
from portal.organisation.schema import Organisation


def write(name: str, request: Request, event: Event) -> Letter:
    """The letter of this name about what happened; in the active language. Raises KeyError for one nobody wrote."""
    organisation = versions.get(request.organisation_version_id).organisation
    return WRITERS[name](Told(request, event, organisation))


def _receipt(it: Told) -> Letter:
    received = _("Your request reached us on %(day)s.") % {"day": day(deadlines.local_day(it.request))}
    waits = authority.is_needed(it.request) and it.request.matter != Matter.COMPLAINT
    more = _("We need one thing more from you, which our next mail says; our time to answer starts when it arrives.")
    return Letter(
        subject=it.subject(_("We have your request: %(title)s")),
        lead=f"{received} {more if waits else promise(it.request, it.event)}",
        paragraphs=(
            _("On its page you see how it stands, write to us, add files, or withdraw it.")
            if has_page(it.request)
            else _("You can write to us about it at any time, or withdraw it."),
        ),
        facts=tuple(matters.said(it.request, it.organisation)),
        steps_title=_("How we counted"),
        steps=() if waits else calculation(it.request, it.event),
        button=open_page(it.request),
    )


def _clarification(it: Told) -> Letter:
    counts = _("The days until you answer do not count.")
    counted = deadlines.terms_of(it.request)
    stops = counted is not None and counted.stops_for(deadlines.CLARIFICATION)
    return Letter(
        subject=it.subject(_("What exactly would you like? %(title)s")),
        lead=_("We hold much about you. So that you get what you want, tell us:"),
        quote=it.event.words,
        paragraphs=(_("You do not have to: if you want everything, say so.") + (f" {counts}" if stops else ""),),
        button=Button(_("Answer on the page"), page_of(it.request)),
    )


def _clarified(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("Thank you, we go on: %(title)s")),
        lead=promise(it.request, it.event),
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        button=open_page(it.request),
    )


def _extension(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("We need more time: %(title)s")),
        lead=_("This takes longer than we promised. You get our answer by %(law)s at the latest.")
        % {"law": law(it.request, it.event)},
        quote=it.event.words,
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _answer(it: Told) -> Letter:
    partly = it.request.outcome == Outcome.PARTLY
    lead = {
        Outcome.FULFILLED: _("We did what you asked for."),
        Outcome.PARTLY: _(
            "We can't send or do part of what you asked for. Here is which part, why, and how to challenge us."
        ),
        Outcome.NOT_HELD: _("We searched, and hold no data about you."),
    }[Outcome(it.request.outcome)]
    files = _("Files are waiting on the page of your request for you to download. We ask for a fresh code first.")
    enclosed = _("What we send you is enclosed.")
    return Letter(
        subject=it.subject(_("Our answer: %(title)s")),
        lead=lead,
        quote=it.event.words,
        paragraphs=(files if has_page(it.request) else enclosed,) if it.event.attachments.exists() else (),
        steps_title=_("Why not all of it") if partly else "",
        steps=reasons_of(it.event, it.organisation) if partly else (),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _refusal(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("We cannot do this: %(title)s")),
        lead=_("We do not do what you asked for. Here is why, and how to challenge us."),
        quote=it.event.words,
        steps_title=_("Our reasons"),
        steps=reasons_of(it.event, it.organisation),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _passed_on(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("We passed your request on: %(title)s")),
        lead=_(
            "The data you ask about belong to the business of %(controller)s. "
            "We only work on its orders, so the answer is its to give."
        )
        % {"controller": it.event.facts["to"]},
        quote=it.event.words,
        paragraphs=(_("It has your request from us now. You can also write to it yourself."),),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _withdrawn(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("Withdrawn: %(title)s")),
        lead=_("You withdrew this request. Nothing more is done with it. You can ask again at any time."),
        button=open_page(it.request),
    )


def _joined(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("You have asked for this already: %(title)s")),
        lead=_("We are working on the same request of yours, %(first)s. We joined the two, and you get one answer.")
        % {"first": it.event.facts["first"]},
        paragraphs=(_("Your first date stands: nothing starts anew."),),
        button=Button(_("Open the first request"), page_of(it.request.duplicate_of or it.request)),
    )


def _no_reply(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("Closed, as we did not hear from you: %(title)s")),
        lead=_(
            "We asked you what exactly you would like, and got no answer. "
            "The request is closed. You can ask again at any time."
        ),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _carried_out(it: Told) -> Letter:
    what = {
        Matter.MARKETING_OPT_OUT: _(
            "No more marketing comes to you, in any way. We also stopped using your data to decide what to offer you."
        ),
        Matter.OBJECTION: _(
            "No more marketing comes to you, in any way. We also stopped using your data to decide what to offer you."
        ),
        Matter.WITHDRAW_CONSENT: _("Your yes is taken back, as of now. What was done before stays lawful."),
    }[Matter(it.request.matter)]
    return Letter(
        subject=it.subject(_("Done: %(title)s")),
        lead=what,
        paragraphs=(_("Mails you need, about security or a request of yours, still come."),),
        button=open_page(it.request),
    )


def _message(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("A message for you: %(title)s")),
        lead=_("We wrote to you about your request:"),
        quote=it.event.words,
        paragraphs=(promise(it.request, it.event),) if it.was_open else (),
        button=Button(_("Answer on the page"), page_of(it.request)),
    )


def _restriction_lifted(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("Your data are no longer on hold: %(title)s")),
        lead=_("We kept your data untouched, as you asked. This ends now, because:"),
        quote=it.event.words,
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _downloaded(it: Told) -> Letter:
    facts = {"file": it.event.facts["name"], "when": written(localtime(it.event.at))}
    return Letter(
        subject=it.subject(_("A file was downloaded: %(title)s")),
        lead=_("“%(file)s” was downloaded on %(when)s. Was that you? Then you need do nothing.") % facts,
        paragraphs=(
            _("Not you? Then somebody else may read your mail, or be signed in as you. Write to %(email)s at once.")
            % {"email": it.organisation.controller.email},
        ),
        button=open_page(it.request),
    )


def reasons_of(event: Event, organisation: Organisation) -> tuple[str, ...]:
    """Each reason with its provision in the law the organisation is under, then the searches made."""
    given = [reasons.BY_CODE[code] for code in event.facts.get("reasons", []) if code in reasons.BY_CODE]
    lines = [
        f"{str(reason.sentence).removesuffix('.')} ({reason.source_in(organisation.law.statute)})." for reason in given
    ]
    searched = event.facts.get("searched")
    return (*lines, *([_("What we searched: %(searched)s") % {"searched": searched}] if searched else []))


WRITERS: Final[dict[str, Writer]] = {
    **who_asks.WRITERS,
    "receipt": _receipt,
    "clarification": _clarification,
    "clarified": _clarified,
    "extension": _extension,
    "answer": _answer,
    "refusal": _refusal,
    "passed_on": _passed_on,
    "withdrawn": _withdrawn,
    "joined": _joined,
    "no_reply": _no_reply,
    "carried_out": _carried_out,
    "message": _message,
    "progress": _message,
    "restriction_lifted": _restriction_lifted,
    "downloaded": _downloaded,
}
