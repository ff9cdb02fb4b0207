"""The life of a request as one table: which step leads from where to where, who may take it, and who is told.

Pages, the desk, jobs and the API ask this table and nothing else: a step that does not stand here does not exist, and a
button is shown where :func:`possible` has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsar.vocabulary import OPEN, VERIFIED, WORKING, Happening, Matter, Outcome, Party, State


class Step(StrEnum):
    """What can be done with a request."""

    VERIFY = "verify"
    ASK_IDENTITY = "ask_identity"
    IDENTITY_ARRIVED = "identity_arrived"
    IDENTITY_SHOWN = "identity_shown"
    IDENTITY_FAILED = "identity_failed"
    ASK_AUTHORITY = "ask_authority"
    AUTHORITY_ARRIVED = "authority_arrived"
    AUTHORITY_SHOWN = "authority_shown"
    ASK_CLARIFICATION = "ask_clarification"
    CLARIFY = "clarify"
    GIVE_UP_WAITING = "give_up_waiting"
    FORGET = "forget"
    SEARCH = "search"
    REVIEW = "review"
    REDRAFT = "redraft"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    EXTEND = "extend"
    ANSWER = "answer"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    JOIN = "join"
    PASS_ON = "pass_on"  # noqa: S105  # a step, no password
    COMPLAIN = "complain"
    ANSWER_COMPLAINT = "answer_complaint"
    DROP_COMPLAINT = "drop_complaint"
    PROGRESS = "progress"
    CARRY_OUT = "carry_out"


_STAFF: Final = frozenset({Party.STAFF})
_PERSON: Final = frozenset({Party.PERSON})
_BOTH: Final = frozenset({Party.PERSON, Party.STAFF})
_PORTAL: Final = frozenset({Party.SYSTEM})
_ANY: Final = frozenset(Party)


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    ``target`` is None where the state stays. ``outcome`` is fixed where the step has only one; a step that ends a
    request without one takes it from its facts. ``only`` are the matters it exists for. ``letter`` names the mail to
    the person (:mod:`dsar.letters`), and nothing is sent without one. ``shown`` is whether they see the line.
    """

    sources: frozenset[State]
    target: State | None
    by: frozenset[Party]
    happening: Happening
    outcome: Outcome | None = None
    only: frozenset[Matter] | None = None
    never: frozenset[Matter] = frozenset()
    letter: str = ""
    shown: bool = True


AT_ONCE: Final = frozenset({Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT, Matter.OBJECTION})
"""Matters that can be carried out without anybody's judgement: an objection only where it is to direct marketing."""
_AT_WORK: Final = WORKING | {State.APPROVED}
_WAITING: Final = frozenset({State.IDENTITY_PENDING})

TABLE: Final[dict[Step, Transition]] = {
    Step.VERIFY: Transition(
        frozenset({State.RECEIVED}), State.ACTIVE, _ANY, Happening.VERIFIED, letter="receipt"
    ),
    Step.ASK_IDENTITY: Transition(
        WORKING, State.IDENTITY_PENDING, _STAFF, Happening.IDENTITY_REQUESTED, letter="identity"
    ),
    Step.IDENTITY_ARRIVED: Transition(_WAITING, None, _BOTH, Happening.IDENTITY_RECEIVED),
    Step.IDENTITY_SHOWN: Transition(
        _WAITING, State.ACTIVE, _STAFF, Happening.IDENTITY_SETTLED, letter="identity_shown"
    ),
    Step.IDENTITY_FAILED: Transition(
        _WAITING, State.CLOSED, _STAFF, Happening.NO_IDENTITY, Outcome.NO_IDENTITY, letter="no_identity"
    ),
    Step.ASK_AUTHORITY: Transition(
        WORKING, State.IDENTITY_PENDING, frozenset({Party.STAFF, Party.SYSTEM}), Happening.AUTHORITY_REQUESTED,
        letter="authority",
    ),
    Step.AUTHORITY_ARRIVED: Transition(_WAITING, None, _BOTH, Happening.AUTHORITY_RECEIVED),
    Step.AUTHORITY_SHOWN: Transition(
        _WAITING, State.ACTIVE, _STAFF, Happening.IDENTITY_SETTLED, letter="identity_shown"
    ),
    Step.ASK_CLARIFICATION: Transition(
        frozenset({State.ACTIVE, State.SEARCHING}), State.CLARIFICATION_PAUSED, _STAFF,
        Happening.CLARIFICATION_REQUESTED, only=frozenset({Matter.ACCESS}), letter="clarification",
    ),
    Step.CLARIFY: Transition(
        frozenset({State.CLARIFICATION_PAUSED}), State.ACTIVE, _BOTH, Happening.CLARIFICATION_RECEIVED,
        letter="clarified",
    ),
    Step.GIVE_UP_WAITING: Transition(
        frozenset({State.CLARIFICATION_PAUSED}), State.CLOSED, _STAFF, Happening.NO_REPLY, Outcome.NO_REPLY,
        letter="no_reply",
    ),
    Step.FORGET: Transition(
        frozenset({State.RECEIVED}), State.CLOSED, _PORTAL, Happening.NO_IDENTITY, Outcome.NO_IDENTITY
    ),
    Step.SEARCH: Transition(frozenset({State.ACTIVE}), State.SEARCHING, _STAFF, Happening.SEARCH_BEGUN),
    Step.REVIEW: Transition(
        frozenset({State.ACTIVE, State.SEARCHING}), State.REVIEW, _STAFF, Happening.SEARCH_DONE
    ),
    # What is approved is the text that stands: a changed one is approved anew.
    Step.REDRAFT: Transition(
        frozenset({State.REVIEW, State.APPROVED}), State.REVIEW, _STAFF, Happening.DRAFTED, shown=False
    ),
    Step.SEND_BACK: Transition(
        frozenset({State.REVIEW, State.APPROVED}), State.SEARCHING, _STAFF, Happening.SENT_BACK
    ),
    Step.APPROVE: Transition(frozenset({State.REVIEW}), State.APPROVED, _STAFF, Happening.APPROVED),
    Step.EXTEND: Transition(
        _AT_WORK, None, _STAFF, Happening.EXTENDED, never=frozenset({Matter.COMPLAINT, Matter.COMPROMISE}),
        letter="extension",
    ),
    Step.ANSWER: Transition(
        frozenset({State.APPROVED}), State.CLOSED, _STAFF, Happening.ANSWERED,
        letter="answer",
    ),
    Step.REFUSE: Transition(
        _AT_WORK, State.CLOSED, _STAFF, Happening.REFUSED, Outcome.REFUSED, letter="refusal"
    ),
    Step.WITHDRAW: Transition(
        OPEN, State.CLOSED, _BOTH, Happening.WITHDRAWN, Outcome.WITHDRAWN, letter="withdrawn"
    ),
    Step.JOIN: Transition(
        VERIFIED, State.CLOSED, frozenset({Party.STAFF, Party.SYSTEM}), Happening.JOINED, Outcome.DUPLICATE,
        letter="joined",
    ),
    Step.PASS_ON: Transition(
        _AT_WORK, State.CLOSED, _STAFF, Happening.PASSED_ON, Outcome.PASSED_ON, letter="passed_on"
    ),
    Step.COMPLAIN: Transition(
        frozenset({State.CLOSED, State.REVIEWED}), State.COMPLAINT, frozenset({Party.SYSTEM}), Happening.COMPLAINED,
        never=frozenset({Matter.COMPROMISE}),
    ),
    Step.ANSWER_COMPLAINT: Transition(
        frozenset({State.COMPLAINT}), State.REVIEWED, frozenset({Party.SYSTEM}), Happening.COMPLAINT_ANSWERED
    ),
    # A complaint that was withdrawn, or whose agent showed no authority, was not answered.
    Step.DROP_COMPLAINT: Transition(
        frozenset({State.COMPLAINT}), State.CLOSED, frozenset({Party.SYSTEM}), Happening.COMPLAINT_DROPPED
    ),
    # What needs nobody's judgement is done and answered at once.
    Step.CARRY_OUT: Transition(
        frozenset({State.ACTIVE}), State.CLOSED, frozenset({Party.SYSTEM}), Happening.ANSWERED, Outcome.FULFILLED,
        only=AT_ONCE, letter="carried_out",
    ),
    Step.PROGRESS: Transition(VERIFIED, None, _STAFF, Happening.PROGRESS, letter="progress"),
}  # fmt: skip


class NotPossible(Exception):
    """The step does not exist from where the request stands now, or not for who would take it."""

    def __init__(self, step: Step, state: str) -> None:
        super().__init__(f"{step} is not possible while a request is {state}")
        self.step = step
        self.state = state


def find(step: Step, state: str, matter: str, party: Party) -> Transition:
    """The row for a step from this state, by this party; raises :class:`NotPossible`."""
    row = TABLE[step]
    fits = row.only is None or matter in row.only
    if state not in row.sources or party not in row.by or not fits or matter in row.never:
        raise NotPossible(step, state)
    return row


def possible(state: str, matter: str, party: Party) -> Iterator[Step]:
    """The steps this party can take now, in the order of the table."""
    for step in TABLE:
        try:
            find(step, state, matter, party)
        except NotPossible:
            continue
        yield step
