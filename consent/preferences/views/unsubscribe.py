"""``/unsubscribe/``: by the link of a mail, by the button of a mail program (RFC 8058), or by typing an address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Method
from consent.preferences.flows import acts, choosing, stopping
from consent.preferences.flows.stopping import Stopped
from consent.preferences.forms import StopAddressForm
from consent.preferences.views import problems, told, unsubscribing
from consent.preferences.views.problems import Problem
from consent.preferences.views.told import WayBack
from portal import errors, pace
from portal.organisation import versions
from portal.outbox import links
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint, Subject

PATH = "/unsubscribe/link/"
"""What the circumstances say instead of the path, which holds the token."""


@dataclass(frozen=True)
class Link:
    """What a token says, and who speaks for the address now."""

    point: ContactPoint
    person: Subject
    topic: str


@csrf_exempt  # a mail program has no cookies (RFC 8058, section 3.1); the token is the authority, and it only stops
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opened, it asks; pressed, it stops. A mail program's own button gets a line of text and no redirect."""
    one_click = request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
    link = _read(token)
    if isinstance(link, Problem):
        return HttpResponse(link.title, "text/plain", link.status) if one_click else problems.page(request, link)
    if one_click:
        return _one_click(request, link)
    if request.method == "POST":
        return _pressed(request, link)
    return _asked(request, link)


def _asked(request: HttpRequest, link: Link, status: int = 200) -> HttpResponse:
    """The page before anything is pressed; afterwards too, with the way back for as long as the browser has it."""
    page = unsubscribing.question(link.point, link.person, link.topic)
    back = told.way_back(request, link.person.pk)
    can_undo = back is not None and back.pause is None  # a pause is undone where it was begun
    return render(request, "preferences/unsubscribe.html", {**page, "can_undo": can_undo}, status=status)


def _one_click(request: HttpRequest, link: Link) -> HttpResponse:
    doing = acts.Doing(Method.ONE_CLICK, proved=False, circumstances=Circumstances.of(request, path=PATH))
    if link.topic:
        stopped = stopping.stop_topic(link.person, link.topic, doing, "List-Unsubscribe=One-Click")
    else:
        stopped = stopping.stop_everything(link.person, doing, "List-Unsubscribe=One-Click")
    words = " ".join([_("Done. You are unsubscribed."), *told.leaving(stopped.leaving)])
    return HttpResponse(words, "text/plain; charset=utf-8")


def _pressed(request: HttpRequest, link: Link) -> HttpResponse:
    doing = acts.Doing(Method.UNSUBSCRIBE_PAGE, proved=False, circumstances=Circumstances.of(request, path=PATH))
    if request.POST.get("do") == "undo":
        return _undone(request, link, doing)
    what = request.POST.get("stop")
    if what == "topic" and link.topic:
        label = unsubscribing.stop_topic_label(link.topic)
        stopped, topic = stopping.stop_topic(link.person, link.topic, doing, label), link.topic
    elif what == "marketing":
        stopped, topic = stopping.stop_everything(link.person, doing), ""
    else:
        return _asked(request, link, status=400)
    _offer_undo(request, stopped)
    page = unsubscribing.answer(link.point, topic, stopped)
    can_undo = told.way_back(request, link.person.pk) is not None
    return render(request, "preferences/unsubscribed.html", {**page, "can_undo": can_undo})


def _offer_undo(request: HttpRequest, stopped: Stopped) -> None:
    """Pressed twice, the second press stops nothing; the way back is still from the first."""
    if stopped.was_on:
        told.offer_undo(
            request, WayBack(str(stopped.subject_id), restore=list(stopped.was_on), position=stopped.position)
        )


def _undone(request: HttpRequest, link: Link, doing: acts.Doing) -> HttpResponse:
    back = told.way_back(request, link.person.pk)
    undone = None
    if back is not None and back.pause is None:
        undone = choosing.undo(link.person, back.restore, (), back.position, doing)
        told.forget_undo(request)
    return render(request, "preferences/undone.html", unsubscribing.put_back(link.point, undone))


def _read(token: str) -> Link | Problem:
    try:
        contact_point, topic = links.read(links.UNSUBSCRIBE, token)
    except (links.BadLink, ValueError):
        return unknown()
    point = ContactPoint.objects.filter(pk=contact_point).select_related("subject").first()
    if point is None or point.subject.erased_at is not None:
        return nobody()
    return Link(point, subjects.resolve(point.subject), topic)


@require_http_methods(["GET", "HEAD", "POST"])
def by_address(request: HttpRequest) -> HttpResponse:
    """Stops all marketing to an address; the same answer for all, at once."""
    form = StopAddressForm(request.POST if request.method == "POST" else None)
    still = unsubscribing.always(versions.current().organisation)
    if request.method == "POST" and form.is_valid():
        if wait := pace.seconds_to_wait(request, "preferences-unsubscribe"):
            return errors.too_many_requests(request, wait)
        doing = acts.Doing(Method.UNSUBSCRIBE_PAGE, proved=False, circumstances=Circumstances.of(request))
        stopping.stop_address(form.cleaned_data["address"], doing)
        page = {"address": form.cleaned_data["address"], "still": still}
        return render(request, "preferences/address_stopped.html", page)
    asked = {"form": form, "still": still, "nav_current": "unsubscribe"}
    return render(request, "preferences/unsubscribe_address.html", asked)


def unknown() -> Problem:
    return Problem(
        _("We do not know this link"),
        _("It may be cut off: try to copy all of it from the mail. Or stop all marketing by typing the address."),
        (problems.stop_all(), problems.sign_in()),
        status=404,
    )


def nobody() -> Problem:
    return Problem(
        _("Nothing is sent to this address any more"),
        _("We no longer hold the address this mail went to, so there is nothing left to stop."),
        (problems.stop_all(), problems.ask_anew()),
    )
