"""``/requests/new/<matter>/``: a form that asks what its matter needs, and says by when an answer comes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsar import access, matters, preview, waiting
from dsar.flows import asking
from dsar.flows.beginning import JOINABLE
from dsar.forms import AskForm
from dsar.managers import RequestQuerySet
from dsar.models import Request
from dsar.transitions import TABLE, Step
from dsar.views import refusals
from dsar.vocabulary import OPEN, Behalf, Matter
from portal import errors, pace
from portal.organisation import versions
from portal.organisation.schema import Organisation

AT_ONCE: Final = frozenset({Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT})


@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: HttpRequest, matter: str) -> HttpResponse:
    """The form; what is posted becomes a request, once."""
    organisation = versions.current().organisation
    wanted = _offered(matter, organisation)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        matter=wanted,
        organisation=organisation,
        guest=not request.user.is_authenticated,
        about=_can_be_named(request, wanted),
        initial=_known(request, wanted),
    )
    if request.method == "POST" and form.is_valid():
        answer = _asked(request, form)
        if answer is not None:
            return answer
    return render(request, "requests/new.html", _page(request, form, wanted, organisation))


def _offered(matter: str, organisation: Organisation) -> Matter:
    if matter not in {one.value for one in matters.offered(organisation)}:
        raise Http404
    return Matter(matter)


def _asked(request: HttpRequest, form: AskForm) -> HttpResponse | None:
    """The way to the request; None where the form has something to be put right."""
    key: UUID = form.cleaned_data["once"]
    if was_sent(key):
        return redirect("request", pk=key)
    if wait := pace.seconds_to_wait(request, "requests-ask", form.cleaned_data.get("address", "")):
        return errors.too_many_requests(request, wait)
    try:
        if not refusals.done(form, lambda: _ask(request, form)):
            return None
    except IntegrityError:
        # The same form, sent twice at once: the other one was quicker.
        if not was_sent(key):
            raise
    return redirect("request", pk=key)


def was_sent(key: UUID) -> bool:
    """Whether a form drawn with this key became a request."""
    return Request.objects.filter(pk=key).exists()


def _ask(request: HttpRequest, form: AskForm) -> None:
    if request.user.is_authenticated:
        asking.ask_signed_in(request.user, form.wish(request.user.name))
        messages.success(request, _("Sent. We mailed you a receipt."))
        return
    made = asking.ask_as_guest(form.cleaned_data["address"], form.wish())
    access.code_was_sent(request, made)


def _can_be_named(request: HttpRequest, matter: Matter) -> RequestQuerySet:
    """The requests that a complaint may be about: those this visitor may see that ended, and the one they came from."""
    if matter is not Matter.COMPLAINT:
        return Request.objects.none()
    seen = access.visible(request).exclude(matter__in=TABLE[Step.COMPLAIN].never).order_by("-received_at")
    ended = seen.exclude(state__in=OPEN)
    came_from = _about(request)
    return ended | seen.filter(pk=came_from) if came_from else ended


def _about(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("about") or request.GET.get("about") or "")
    except ValueError:
        return None


def _known(request: HttpRequest, matter: Matter) -> dict[str, Any]:
    """What the form need not ask again: the request complained about, and the address it was made from."""
    came_from = _about(request)
    named = _can_be_named(request, matter).filter(pk=came_from).first() if came_from else None
    if named is None:
        return {}
    point = named.contact_point
    return {"about": named.pk, "address": point.address if point else "", "name": named.name}


def _open_already(request: HttpRequest, matter: Matter) -> Request | None:
    """Their own open request for the same, to which another one would only be joined; None for a guest."""
    if not request.user.is_authenticated or matter not in JOINABLE:
        return None
    same = access.visible(request).verified().filter(matter=matter, behalf=Behalf.SELF)
    return same.order_by("received_at").first()


def _page(request: HttpRequest, form: AskForm, matter: Matter, organisation: Organisation) -> dict[str, Any]:
    guest = not request.user.is_authenticated
    right = organisation.rights.offered.get(matter.right) if matter.right else None
    return {
        "form": form,
        "matter": matter,
        "title": matters.title(matter, organisation),
        "sentence": matters.sentence(matter, organisation),
        "right": right,
        "by_when": preview.by_when(matter, organisation, guest=guest),
        "guest": guest,
        "open_already": _open_already(request, matter),
        "unconfirmed": waiting.in_words(organisation),
        "at_once": matter in AT_ONCE,
        "stops_marketing": matter is Matter.MARKETING_OPT_OUT,
        "in_writing": right is not None and right.in_writing,
        "kept": organisation.retention.get("requests"),
        "youngest": organisation.children.requests_minimum_age,
        "nav_current": "requests",
    }
