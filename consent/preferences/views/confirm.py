"""``/subscribe/confirm/<token>/``: one page, one button. Opening it, however often and by whom, changes nothing."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.ledger.circumstances import Circumstances
from consent.preferences import catalogue, sentences
from consent.preferences.flows import subscribing
from consent.preferences.flows.subscribing import Outcome, Standing
from consent.preferences.models import Confirmation
from consent.preferences.views import problems
from consent.preferences.views.problems import Problem, WayOn
from portal import errors, pace
from portal.organisation import versions
from portal.outbox import links
from portal.subjects.masking import masked

PATH = "/subscribe/confirm/"
"""What the circumstances say instead of the path, which holds the token."""


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The question, and on POST the yes."""
    if request.POST.get("do") == "again":
        return _again(request, token)
    if request.method == "POST":
        outcome = subscribing.confirm(token, circumstances=Circumstances.of(request, path=PATH))
        template = "preferences/confirmed.html"
    else:
        outcome = subscribing.look(token)
        template = "preferences/confirm.html"
    if outcome.standing is not Standing.OPEN or outcome.confirmation is None:
        return problems.page(request, problem_of(outcome))
    return render(request, template, _page(outcome))


def _again(request: HttpRequest, token: str) -> HttpResponse:
    """A new link to the same address, as often as the form itself may be used for it."""
    confirmation = subscribing.look(token).confirmation
    if confirmation is None:
        return problems.page(request, problem_of(Outcome(Standing.UNKNOWN)))
    if wait := pace.seconds_to_wait(request, "preferences-subscribe", confirmation.contact_point.address):
        return errors.too_many_requests(request, wait)
    if subscribing.send_again(confirmation, circumstances=Circumstances.of(request, path=PATH)) is None:
        return problems.page(request, problem_of(Outcome(Standing.GONE)))
    return redirect("subscribe_asked")


def _page(outcome: Outcome) -> dict[str, object]:
    confirmation = outcome.confirmation
    if confirmation is None:
        raise ValueError("There is no page without a confirmation.")
    shown = versions.get(confirmation.organisation_version_id).organisation
    topics = catalogue.titled(shown, outcome.topics)
    starts = {code: sentences.weekday(until, shown) for code, until in outcome.resting.items()}
    return {
        "topics": topics,
        "coming": [(topic, starts.get(topic.code, "")) for topic in topics],
        "resting": bool(starts),
        "preferences_url": _choices_url(confirmation) or reverse("preferences"),
        "left_out": [topic.title for topic in catalogue.titled(shown, outcome.stopped)],
        "masked": masked(confirmation.contact_point.address),
        "expires_at": sentences.deadline(confirmation.expires_at, shown),
        "nav_current": "subscribe",
    }


def _choices(outcome: Outcome) -> WayOn:
    """The way to the choices of whoever reads the address; where the link is no proof of that any more, by sign-in."""
    url = _choices_url(outcome.confirmation) if outcome.confirmation else ""
    return replace(problems.own_choices(), url=url) if url else problems.own_choices()


def _choices_url(confirmation: Confirmation) -> str:
    """The preference page by link, for as long as a link in the same mail would have opened it."""
    point = confirmation.contact_point
    lifetime = versions.current().organisation.mail.preference_link.as_timedelta()
    if point.retired_at is not None or confirmation.created_at + lifetime < timezone.now():
        return ""
    return reverse("preferences_link", args=[links.make(links.PREFERENCES, str(point.pk))])


def problem_of(outcome: Outcome) -> Problem:
    """The page for a link that confirms nothing (any more)."""
    match outcome.standing:
        case Standing.USED:
            return Problem(
                _("You confirmed this already"),
                _("Each link works once, and this one did its work. Pressing it again changes nothing."),
                (_choices(outcome), problems.ask_anew()),
            )
        case Standing.EXPIRED:
            return Problem(
                _("This link is too old"),
                _("Links like this work for a short time, so that nobody finds an open one. You can have a new one."),
                (problems.ask_anew(),),
                resend=True,
                status=410,
            )
        case Standing.STOPPED:
            return Problem(
                _("You stopped this after you asked for it"),
                _("Your last word counts, so this link switches nothing on. Ask again if you changed your mind."),
                (problems.ask_anew(), _choices(outcome)),
                resend=True,
                status=410,
            )
        case Standing.GONE:
            return Problem(
                _("This is no longer offered"),
                _("The topic of this link has ended since you asked for it. There may be others you like."),
                (problems.ask_anew(),),
                status=410,
            )
    return Problem(
        _("We do not know this link"),
        _("It may be cut off: copy all of it from the mail. Or its time ran out, and we have forgotten it."),
        (problems.ask_anew(), problems.sign_in()),
        status=404,
    )
