"""Answering as the desk does it: a draft, its approval, and the same draft sent."""

from __future__ import annotations

from accounts.models import User
from dsar.flows import answering
from dsar.flows.answering import Answer
from dsar.models import Event, Request
from dsar.vocabulary import Outcome

SAID = Answer(Outcome.FULFILLED, "Here is what we hold.")


def approved(request: Request, user: User, said: Answer = SAID) -> int:
    """Written and approved; returns the number of the draft."""
    draft = answering.review(request, user, said)
    answering.approve(request, user, draft.pk)
    return draft.pk


def answer(request: Request, user: User, said: Answer = SAID) -> Event:
    """Written, approved and sent."""
    return answering.send(request, user, approved(request, user, said))
