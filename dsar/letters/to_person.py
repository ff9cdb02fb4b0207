"""The words of each letter to a person: what happened, what it means, what comes next and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dsar import matters, reasons
from dsar.clock.explanation import written
from dsar.flows import deadlines
from dsar.letters.dates import calculation, law, promise
from dsar.letters.letter import Button, Letter, day, page_of
from dsar.models import Event, Request
from dsar.vocabulary import Matter, Outcome
from portal.organisation import versions
from portal.organisation.schema import Authority, Organisation


@dataclass(frozen=True)
class Told:
    """What a letter is about: the request, what happened to it, and the promises it was made under."""

    request: Request
    event: Event
    organisation: Organisation

    @property
    def was_open(self) -> bool:
        """Whether an answer was still owed then."""
        return self.request.closed_at is None or self.event.recorded_at < self.request.closed_at


Writer = Callable[[Told], Letter]


def write(name: str, request: Request, event: Event) -> Letter:
    """The letter of this name about what happened; in the active language. Raises KeyError for one nobody wrote."""
    organisation = versions.get(request.organisation_version_id).organisation
    return WRITERS[name](Told(request, event, organisation))


def title(request: Request, organisation: Organisation) -> str:
    """What was asked for, in the organisation's words, with the reference."""
    return f"{matters.title(Matter(request.matter), organisation)} ({request.reference})"


def _receipt(it: Told) -> Letter:
    received = _("Your request reached us on %(day)s.") % {"day": day(deadlines.local_day(it.request))}
    return Letter(
        subject=_("We have your request: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=f"{received} {promise(it.request, it.event)}",
        paragraphs=(_("On its page you see how it stands, write to us, add files, or withdraw it."),),
        facts=tuple(matters.said(it.request, it.organisation)),
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        button=_open(it.request),
    )


def _identity(it: Told) -> Letter:
    check = it.request.identity_checks.get(pk=it.event.facts["check"])
    how = {
        check.Method.DOCUMENT: _("Upload it on the page of your request. Only those who check it can open it."),
        check.Method.POST: _("Send it by post to: %(address)s.") % {"address": _postal(it.organisation)},
        check.Method.QUESTION: _("Answer on the page of your request."),
        check.Method.IN_PERSON: _("Show it to us in person. Write on the page of your request when you can come."),
    }[check.Method(check.method)]
    wanted = ", ".join(check.documents) or _("what shows that it is you")
    return Letter(
        subject=_("We need to check that it is you: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We need to check it is you, because: %(why)s") % {"why": check.doubt},
        paragraphs=(
            _("What we need: %(documents)s. %(how)s") % {"documents": wanted, "how": how},
            _("We delete the proof as soon as the check is done. We keep only how, when and by whom it was checked."),
            _("The time for our answer starts when it arrives."),
        ),
        button=_open(it.request),
    )


def _identity_shown(it: Told) -> Letter:
    return Letter(
        subject=_("Thank you, the check is done: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=promise(it.request, it.event),
        paragraphs=(_("The proof you sent is deleted."),),
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        button=_open(it.request),
    )


def _no_identity(it: Told) -> Letter:
    return Letter(
        subject=_("We could not check who you are: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We could not see that the data are yours, so we may not act on this request. It is closed."),
        quote=it.event.words,
        paragraphs=(_("Proofs you sent are deleted. You can ask again at any time."),),
        rights=challenge(it.organisation),
        button=_open(it.request),
    )


def _authority(it: Told) -> Letter:
    return Letter(
        subject=_("We need to see that you may ask: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("You ask for %(name)s. So that nobody asks behind their back, we need to see that they let you.")
        % {"name": it.request.on_behalf_of or _("somebody else")},
        paragraphs=(
            _("A letter they signed, or a power of attorney, is enough. Upload it on the page of your request."),
            _("The time for our answer starts when it arrives. We delete it when the check is done."),
        ),
        button=_open(it.request),
    )


def _clarification(it: Told) -> Letter:
    counts = _("The days until you answer do not count.")
    counted = deadlines.terms_of(it.request)
    stops = counted is not None and counted.stops_for(deadlines.CLARIFICATION)
    return Letter(
        subject=_("What exactly would you like? %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We hold much about you. So that you get what you want, tell us:"),
        quote=it.event.words,
        paragraphs=(_("You do not have to: if you want everything, say so.") + (f" {counts}" if stops else ""),),
        button=Button(_("Answer on the page"), page_of(it.request)),
    )


def _clarified(it: Told) -> Letter:
    return Letter(
        subject=_("Thank you, we go on: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=promise(it.request, it.event),
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        button=_open(it.request),
    )


def _extension(it: Told) -> Letter:
    return Letter(
        subject=_("We need more time: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("This takes longer than we promised. You get our answer by %(law)s at the latest.")
        % {"law": law(it.request, it.event)},
        quote=it.event.words,
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        rights=challenge(it.organisation),
        button=_open(it.request),
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
    return Letter(
        subject=_("Our answer: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=lead,
        quote=it.event.words,
        paragraphs=(files,) if it.event.attachments.exists() else (),
        steps_title=_("Why not all of it") if partly else "",
        steps=reasons_of(it.event) if partly else (),
        rights=challenge(it.organisation),
        button=_open(it.request),
    )


def _refusal(it: Told) -> Letter:
    return Letter(
        subject=_("We cannot do this: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We do not do what you asked for. Here is why, and how to challenge us."),
        quote=it.event.words,
        steps_title=_("Our reasons"),
        steps=reasons_of(it.event),
        rights=challenge(it.organisation),
        button=_open(it.request),
    )


def _passed_on(it: Told) -> Letter:
    return Letter(
        subject=_("We passed your request on: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_(
            "The data you ask about belong to the business of %(controller)s. "
            "We only work on its orders, so the answer is its to give."
        )
        % {"controller": it.event.facts["to"]},
        quote=it.event.words,
        paragraphs=(_("It has your request from us now. You can also write to it yourself."),),
        rights=challenge(it.organisation),
        button=_open(it.request),
    )


def _withdrawn(it: Told) -> Letter:
    return Letter(
        subject=_("Withdrawn: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("You withdrew this request. Nothing more is done with it. You can ask again at any time."),
        button=_open(it.request),
    )


def _joined(it: Told) -> Letter:
    return Letter(
        subject=_("You have asked for this already: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We are working on the same request of yours, %(first)s. We joined the two, and you get one answer.")
        % {"first": it.event.facts["first"]},
        paragraphs=(_("Your first date stands: nothing starts anew."),),
        button=Button(_("Open the first request"), page_of(it.request.duplicate_of or it.request)),
    )


def _no_reply(it: Told) -> Letter:
    return Letter(
        subject=_("Closed, because we did not hear from you: %(title)s")
        % {"title": title(it.request, it.organisation)},
        lead=_(
            "We asked you what exactly you would like, and got no answer. "
            "The request is closed. You can ask again at any time."
        ),
        rights=challenge(it.organisation),
        button=_open(it.request),
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
        subject=_("Done: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=what,
        paragraphs=(_("Mails you need, about security or a request of yours, still come."),),
        button=_open(it.request),
    )


def _message(it: Told) -> Letter:
    return Letter(
        subject=_("A message about your request: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We wrote to you about your request:"),
        quote=it.event.words,
        paragraphs=(promise(it.request, it.event),) if it.was_open else (),
        button=Button(_("Answer on the page"), page_of(it.request)),
    )


def _restriction_lifted(it: Told) -> Letter:
    return Letter(
        subject=_("Your data are no longer on hold: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("We kept your data untouched, as you asked. This ends now, because:"),
        quote=it.event.words,
        rights=challenge(it.organisation),
        button=_open(it.request),
    )


def _downloaded(it: Told) -> Letter:
    facts = {"file": it.event.facts["name"], "when": written(localtime(it.event.at))}
    return Letter(
        subject=_("A file of your request was downloaded: %(title)s") % {"title": title(it.request, it.organisation)},
        lead=_("“%(file)s” was downloaded on %(when)s. Was that you? Then you need do nothing.") % facts,
        paragraphs=(
            _("Not you? Then somebody else may read your mail, or be signed in as you. Write to %(email)s at once.")
            % {"email": it.organisation.controller.email},
        ),
        button=_open(it.request),
    )


def challenge(organisation: Organisation) -> tuple[str, ...]:
    """How to complain here, to the authority and in court: Articles 12(4), 77 and 79."""
    authority: Authority = organisation.authority
    where = ", ".join(str(line) for line in authority.address)
    names = {"authority": authority.name, "address": where, "website": authority.website}
    return (
        _("Not content? Complain to us on the page of your request, or write to %(email)s.")
        % {"email": organisation.controller.email},
        _("You can complain to the supervisory authority: %(authority)s, %(address)s, %(website)s.") % names,
        _("You can also go to court."),
    )


def reasons_of(event: Event) -> tuple[str, ...]:
    """Each reason with its provision, then the searches made."""
    given = [reasons.BY_CODE[code] for code in event.facts.get("reasons", []) if code in reasons.BY_CODE]
    lines = [f"{str(reason.sentence).removesuffix('.')} ({reason.source})." for reason in given]
    searched = event.facts.get("searched")
    return (*lines, *([_("What we searched: %(searched)s") % {"searched": searched}] if searched else []))


def _open(request: Request) -> Button:
    return Button(_("Open your request"), page_of(request))


def _postal(organisation: Organisation) -> str:
    return ", ".join((organisation.controller.legal_name, *organisation.controller.address))


WRITERS: Final[dict[str, Writer]] = {
    "receipt": _receipt,
    "identity": _identity,
    "identity_shown": _identity_shown,
    "no_identity": _no_identity,
    "authority": _authority,
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
