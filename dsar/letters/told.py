"""What a letter to a person is about, and the parts that many of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dsar import matters
from dsar.letters.letter import Button, Letter, fitting, page_of
from dsar.models import Event, Request
from dsar.transitions import TABLE, Step
from dsar.vocabulary import VERIFIED, Matter
from portal.organisation.schema import Authority, Organisation


@dataclass(frozen=True)
class Told:
    """What a letter is about: the request, what happened to it, and the promises it was made under."""

    request: Request
    event: Event
    organisation: Organisation

    def subject(self, words: str) -> str:
        """``words`` with the title of the request and its reference, or with the reference alone where that is long."""
        reference = self.request.reference
        return fitting(words % {"title": title(self.request, self.organisation)}, words % {"title": reference})

    @property
    def was_open(self) -> bool:
        """Whether an answer was still owed then."""
        return self.request.closed_at is None or self.event.recorded_at < self.request.closed_at


Writer = Callable[[Told], Letter]


def title(request: Request, organisation: Organisation) -> str:
    """What was asked for, in the organisation's words, with the reference."""
    return f"{matters.title(Matter(request.matter), organisation)} ({request.reference})"


def can_complain(request: Request, organisation: Organisation) -> bool:
    """Whether a complaint can name it: any but one not confirmed, and a complaint once it ended."""
    if request.matter == Matter.COMPROMISE or Matter.COMPLAINT not in matters.offered(organisation):
        return False
    ended = request.state in TABLE[Step.COMPLAIN].sources
    return ended or (request.state in VERIFIED and request.matter != Matter.COMPLAINT)


def challenge(request: Request, organisation: Organisation, *, on_page: bool = False) -> tuple[str, ...]:
    """How to complain here, to the authority and in court: Articles 12(4), 77 and 79.

    ``on_page`` is for the page of the request itself, where the button stands below.
    """
    authority: Authority = organisation.authority
    where = ", ".join(str(line) for line in authority.address)
    names = {"authority": authority.name, "address": where, "website": authority.website}
    return (
        _here(request, organisation, on_page) % {"email": organisation.controller.email},
        _("You can complain to the supervisory authority: %(authority)s (%(address)s; %(website)s).") % names,
        _("You can also go to court."),
    )


def _here(request: Request, organisation: Organisation, on_page: bool) -> str:
    if not can_complain(request, organisation) or not has_page(request):
        return _("Not content? Write to %(email)s.")
    if on_page:
        return _("Not content? Complain to us with the button below, or write to %(email)s.")
    return _("Not content? Complain to us on the page of your request, or write to %(email)s.")


def has_page(request: Request) -> bool:
    """Whether its page opens for the person: by a code to their address, so not where we know none."""
    return request.contact_point_id is not None


def open_page(request: Request) -> Button:
    """To the page of a request."""
    return Button(_("Open your request"), page_of(request))
