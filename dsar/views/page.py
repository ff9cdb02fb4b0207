"""What the page of a request shows to who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from dsar import access, authority, days, matters, standing, timeline, waiting
from dsar.clock import Deadline
from dsar.flows import deadlines, identity, steps
from dsar.forms import AnswerForm, CodeForm, MessageForm, ProofForm
from dsar.letters import to_person, told
from dsar.models import Attachment, Event, IdentityCheck, Request
from dsar.transitions import NotPossible, Step, find
from dsar.vocabulary import OPEN, Happening, Matter, Party, State
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.subjects.masking import masked


@dataclass(frozen=True)
class Answered:
    """Our answer: what we wrote, the reasons for what we did not do, and the searches made."""

    entry: timeline.Entry
    words: str
    reasons: tuple[str, ...]


class Page:
    """A request as its person reads it; each part is looked up once, when it is first asked for."""

    def __init__(self, http_request: HttpRequest, request: Request) -> None:
        self.http_request, self.request = http_request, request
        self.organisation: Organisation = versions.get(request.organisation_version_id).organisation

    @cached_property
    def title(self) -> str:
        """What was asked for, in the organisation's words."""
        return matters.title(Matter(self.request.matter), self.organisation)

    @cached_property
    def counted(self) -> Deadline | None:
        """What the clock says."""
        return deadlines.deadline(self.request)

    @cached_property
    def days(self) -> days.Days | None:
        """The days, while an answer is owed and a date runs."""
        running = self.request.state in OPEN - {State.RECEIVED}
        return days.of(self.counted, deadlines.today(self.request)) if running else None

    @cached_property
    def check(self) -> IdentityCheck | None:
        """What we wait for to see who asks."""
        return identity.open_check(self.request) if self.request.state == State.IDENTITY_PENDING else None

    @cached_property
    def standing(self) -> standing.Standing:
        """The status line."""
        return standing.of(standing.Case(self.request, self.organisation, self.days, self.check))

    @property
    def authority(self) -> tuple[str, ...]:
        """What shows that they may ask for another."""
        return authority.enough(self.request, self.organisation)

    @property
    def said(self) -> list[tuple[str, str]]:
        """The answers given when asking."""
        return matters.said(self.request, self.organisation)

    @property
    def explanation(self) -> list[str]:
        """How the dates were counted."""
        return self.counted.explanation if self.counted and self.request.state != State.RECEIVED else []

    @cached_property
    def files(self) -> list[Attachment]:
        """Every file the person may have, oldest first."""
        return list(self.request.attachments.filter(shown=True).order_by("created_at", "pk"))

    @cached_property
    def entries(self) -> list[timeline.Entry]:
        """The timeline, oldest first."""
        events = Event.objects.filter(request=self.request, shown=True).select_related("staff")
        return timeline.told(events, self.files, self.organisation)

    @property
    def messages(self) -> list[timeline.Entry]:
        """The conversation."""
        return [entry for entry in self.entries if entry.event.kind in timeline.IN_CONVERSATION]

    @cached_property
    def answer(self) -> Answered | None:
        """The answer, once there is one."""
        last = [entry for entry in self.entries if entry.event.kind in timeline.ANSWERS][-1:]
        for entry in last:
            return Answered(entry, entry.event.words, to_person.reasons_of(entry.event, self.organisation))
        return None

    @property
    def passed_on_to(self) -> str:
        """To whom it was passed on."""
        found = [entry.event.facts.get("to", "") for entry in self.entries if entry.event.kind == Happening.PASSED_ON]
        return found[-1] if found else ""

    @cached_property
    def complaint(self) -> Request | None:
        """The latest complaint about it that the visitor may see."""
        found = access.visible(self.http_request).filter(complains_about=self.request)
        return found.order_by("-received_at").first()

    @property
    def first(self) -> Request | None:
        """The request it was joined to."""
        return self.request.duplicate_of

    @cached_property
    def is_fresh(self) -> bool:
        """Whether files may go out without another code."""
        return access.is_fresh(self.http_request, self.request)

    @property
    def takes_messages(self) -> bool:
        """Whether somebody still reads messages about it."""
        return steps.is_open(self.request) and self.request.state != State.RECEIVED

    @property
    def can_withdraw(self) -> bool:
        """Whether there is something to withdraw."""
        return _can(self.request, Step.WITHDRAW, Party.PERSON)

    @property
    def can_complain(self) -> bool:
        """Whether the form for a complaint can name it."""
        return told.can_complain(self.request, self.organisation)

    @property
    def challenge(self) -> tuple[str, ...]:
        """How to challenge what we did: here, at the authority, in court."""
        return told.challenge(self.request, self.organisation, on_page=True)

    @property
    def method(self) -> str:
        """How the open check is settled."""
        return self.check.method if self.check is not None else ""

    @property
    def post_to(self) -> tuple[str, ...]:
        """Where papers are sent."""
        return (self.organisation.controller.legal_name, *self.organisation.controller.address)

    @property
    def masked(self) -> str:
        """Who is written to, partly hidden."""
        point = self.request.contact_point
        return masked(point.address, point.channel) if point is not None else ""

    @property
    def code_sent(self) -> bool:
        """Whether this browser waits for a code."""
        return access.waits_for_code(self.http_request, self.request)

    @property
    def unconfirmed(self) -> str:
        """What becomes of a request that nobody confirms; by the file in force, as all deleting is."""
        return waiting.in_words(versions.current().organisation)

    @property
    def takes_code(self) -> bool:
        """Whether a code can be sent."""
        return access.takes_code(self.request)

    def forms(self) -> dict[str, Any]:
        """The empty forms that the page offers now."""
        return {
            "code_form": CodeForm(),
            "message_form": MessageForm(request=self.request),
            "proof_form": AnswerForm() if self.method == IdentityCheck.Method.QUESTION else ProofForm(),
        }


def _can(request: Request, step: Step, party: Party) -> bool:
    try:
        find(step, request.state, request.matter, party)
    except NotPossible:
        return False
    return True
