"""``/requests/``: what can be asked, in the organisation's words, and where one's own requests stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dsar import access, days, matters, standing
from dsar.flows import deadlines
from dsar.models import Request
from dsar.vocabulary import OPEN, Matter, State
from portal.organisation import versions
from portal.organisation.schema import Organisation, Period

ROWS_A_PAGE: Final = 20

GROUPS: Final[tuple[tuple[str, str | Promise, tuple[Matter, ...]], ...]] = (
    ("see", _("See what we hold"), (Matter.ACCESS, Matter.PORTABILITY, Matter.INFORMED)),
    ("change", _("Change it"), (Matter.RECTIFICATION, Matter.ERASURE, Matter.RESTRICTION)),
    ("stop", _("Stop a use"), (Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT, Matter.OBJECTION)),
    ("tell", _("Something is wrong"), (Matter.HUMAN_REVIEW, Matter.COMPLAINT, Matter.COMPROMISE)),
)


@dataclass(frozen=True)
class Offer:
    """One thing that can be asked. ``response`` is its own promise, where it differs from the general one."""

    url: str
    title: str
    sentence: str
    our_choice: bool
    response: Period | None


@dataclass(frozen=True)
class Row:
    """One of somebody's own requests."""

    request: Request
    title: str
    stands: str
    days: days.Days | None


@dataclass(frozen=True)
class Own:
    """A page of them."""

    page: Page[Request]
    rows: list[Row]


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The page."""
    organisation = versions.current().organisation
    rights = organisation.rights
    context: dict[str, Any] = {
        "groups": list(_groups(organisation)),
        "rights": rights,
        "response": {"our_choice": rights.our_choice("response")},
        "our_choice": rights.our_choice() or rights.identity.our_choice() or _any_chosen(organisation),
        "own": _own(request, organisation),
        "nav_current": "requests",
    }
    return render(request, "requests/requests.html", context)


def _groups(organisation: Organisation) -> Iterator[tuple[str, str | Promise, list[Offer]]]:
    offered = set(matters.offered(organisation))
    for code, title, members in GROUPS:
        offers = [_offer(matter, organisation) for matter in members if matter in offered]
        if offers:
            yield code, title, offers


def _offer(matter: Matter, organisation: Organisation) -> Offer:
    right = organisation.rights.offered.get(matter.right) if matter.right else None
    own = right.response if right and right.response != organisation.rights.response else None
    return Offer(
        reverse("new_request", args=[matter.value]),
        matters.title(matter, organisation),
        matters.sentence(matter, organisation),
        our_choice=right.our_choice() if right else False,
        response=own,
    )


def _any_chosen(organisation: Organisation) -> bool:
    return any(right.our_choice() for right in organisation.rights.offered.values())


def _own(request: HttpRequest, organisation: Organisation) -> Own:
    """Those this visitor may see, open ones first, then the newest; a page at a time."""
    closed = Case(When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = access.visible(request).order_by(closed, "-received_at", "pk")
    page = Paginator(deadlines.with_timeline(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    if not page.object_list:
        return Own(page, [])
    today = deadlines.today()
    return Own(page, [_row(one, organisation, today) for one in page.object_list])


def _row(one: Any, organisation: Organisation, today: date) -> Row:
    running = one.state in OPEN - {State.RECEIVED}
    left = days.of(deadlines.deadline(one, one.clock_events), today) if running else None
    return Row(one, matters.title(Matter(one.matter), organisation), standing.short(one), left)
