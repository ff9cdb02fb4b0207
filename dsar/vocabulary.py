"""The words of requests: what is asked for, on whose behalf, how it came, where it stands, and how it ends."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsar.clock import Kind as ClockKind
from portal.organisation.schema import RightName


class Matter(models.TextChoices):
    """What a person asks for: each right by the name the organisation file has for it, and a report of a compromise."""

    INFORMED = RightName.INFORMED.value, _("to be informed")
    ACCESS = RightName.ACCESS.value, _("access")
    RECTIFICATION = RightName.RECTIFICATION.value, _("rectification")
    ERASURE = RightName.ERASURE.value, _("erasure")
    RESTRICTION = RightName.RESTRICTION.value, _("restriction")
    PORTABILITY = RightName.PORTABILITY.value, _("portability")
    OBJECTION = RightName.OBJECTION.value, _("objection")
    MARKETING_OPT_OUT = RightName.MARKETING_OPT_OUT.value, _("marketing opt-out")
    WITHDRAW_CONSENT = RightName.WITHDRAW_CONSENT.value, _("withdrawal of consent")
    HUMAN_REVIEW = RightName.HUMAN_REVIEW.value, _("human review")
    COMPLAINT = RightName.COMPLAINT.value, _("complaint")
    COMPROMISE = "compromise", _("suspected compromise")

    @property
    def right(self) -> RightName | None:
        """The right of the organisation file behind it; none behind a report of a compromise."""
        return None if self is Matter.COMPROMISE else RightName(self.value)


class Behalf(models.TextChoices):
    """For whom somebody asks."""

    SELF = "self", _("for themselves")
    AGENT = "agent", _("for somebody who authorised them")
    PARENT = "parent", _("for their child")


class Arrival(models.TextChoices):
    """How a request reached the organisation. All but the first are logged by staff, with the true day."""

    PORTAL = "portal", _("on the portal")
    LETTER = "letter", _("by letter")
    MAIL = "mail", _("by e-mail")
    CALL = "call", _("by phone")
    IN_PERSON = "in_person", _("in person")


class State(models.TextChoices):
    """Where a request stands. Overdue and extended are computed and never stored."""

    RECEIVED = "received", _("waiting for the code")
    IDENTITY_PENDING = "identity_pending", _("waiting for proof")
    ACTIVE = "active", _("open")
    CLARIFICATION_PAUSED = "clarification_paused", _("waiting for an explanation")
    SEARCHING = "searching", _("being searched")
    REVIEW = "review", _("under review")
    APPROVED = "approved", _("answer approved")
    CLOSED = "closed", _("closed")
    COMPLAINT = "complaint", _("complained about")
    REVIEWED = "reviewed", _("closed, complaint answered")


OPEN: Final = frozenset(
    {
        State.RECEIVED,
        State.IDENTITY_PENDING,
        State.ACTIVE,
        State.CLARIFICATION_PAUSED,
        State.SEARCHING,
        State.REVIEW,
        State.APPROVED,
    }
)
"""States in which an answer is still owed."""
VERIFIED: Final = OPEN - {State.RECEIVED}
"""Open states in which the person has shown that they read the address, or staff logged who asked."""
WORKING: Final = frozenset({State.ACTIVE, State.SEARCHING, State.REVIEW})
"""States in which it is staff's turn and no answer is approved yet."""


class Outcome(models.TextChoices):
    """How a request ended."""

    FULFILLED = "fulfilled", _("fulfilled")
    PARTLY = "partly", _("partly fulfilled")
    REFUSED = "refused", _("refused")
    NOT_HELD = "not_held", _("nothing held")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NO_IDENTITY = "no_identity", _("identity not shown")
    NO_REPLY = "no_reply", _("no reply to our question")
    DUPLICATE = "duplicate", _("joined to an earlier request")
    PASSED_ON = "passed_on", _("passed on to the controller")


ANSWERED: Final = frozenset({Outcome.FULFILLED, Outcome.PARTLY, Outcome.REFUSED, Outcome.NOT_HELD})
"""Outcomes that are an answer; the others end a request without one."""


class Party(models.TextChoices):
    """Who did something about a request."""

    PERSON = "person", _("the person")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("the portal")


class Happening(models.TextChoices):
    """What can happen to a request: the kinds of its timeline. Those the clock knows bear the clock's names."""

    RECEIVED = "received", _("Asked")
    VERIFIED = "verified", _("Address shown to be theirs")
    IDENTITY_REQUESTED = ClockKind.IDENTITY_REQUESTED.value, _("Proof of identity asked for")
    IDENTITY_RECEIVED = ClockKind.IDENTITY_RECEIVED.value, _("Proof of identity arrived")
    IDENTITY_SETTLED = "identity_settled", _("Identity check done")
    AUTHORITY_REQUESTED = ClockKind.AUTHORITY_REQUESTED.value, _("Proof of authority asked for")
    AUTHORITY_RECEIVED = ClockKind.AUTHORITY_RECEIVED.value, _("Proof of authority arrived")
    CLARIFICATION_REQUESTED = ClockKind.CLARIFICATION_REQUESTED.value, _("Explanation asked for")
    CLARIFICATION_RECEIVED = ClockKind.CLARIFICATION_RECEIVED.value, _("Explanation arrived")
    SEARCH_BEGUN = "search_begun", _("Search begun")
    SEARCH_DONE = "search_done", _("Search done, answer written")
    DRAFTED = "drafted", _("Draft of the answer")
    SENT_BACK = "sent_back", _("Sent back to the search")
    APPROVED = "approved", _("Answer approved")
    EXTENDED = ClockKind.EXTENDED.value, _("More time taken")
    EXTENSION_NOTIFIED = ClockKind.EXTENSION_NOTIFIED.value, _("Told that we need more time")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    JOINED = "joined", _("Joined to an earlier request")
    PASSED_ON = "passed_on", _("Passed on to the controller")
    NO_IDENTITY = "no_identity", _("Closed: identity not shown")
    NO_REPLY = "no_reply", _("Closed: no reply")
    COMPLAINED = "complained", _("Complained about")
    COMPLAINT_ANSWERED = "complaint_answered", _("Complaint answered")
    COMPLAINT_DROPPED = "complaint_dropped", _("Complaint ended without an answer")
    ACKNOWLEDGED = "acknowledged", _("Complaint acknowledged")
    PROGRESS = "progress", _("Told how it stands")
    PERSON_SET = "person_set", _("Person found")
    ASSIGNED = "assigned", _("Given to a member of staff")
    LETTER = "letter", _("Message")
    FILE_ADDED = "file_added", _("File added")
    DOWNLOADED = "downloaded", _("Downloaded")
    TASK_MADE = "task_made", _("Another system asked")
    TASK_DONE = "task_done", _("Another system answered")
    EFFECT = "effect", _("Carried out")
    NOTE = "note", _("Note")
    REMINDED = "reminded", _("Staff reminded")
    RECOUNTED = "recounted", _("Deadline counted again")
