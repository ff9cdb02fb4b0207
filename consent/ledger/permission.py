"""permission(): may we contact this person about this topic on this channel now, and by which rule?

For one address, for many in keyset pages, and for the outbox. The rules stand in :mod:`consent.ledger.rules`; there
is no second version of them in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from consent.ledger.bases import dropped
from consent.ledger.facts import fetch
from consent.ledger.history import Standing, State, history, state_of
from consent.ledger.rules import Answer, Facts, Question, decide
from portal.organisation import versions
from portal.outbox.kinds import Category
from portal.subjects.flows import find
from portal.subjects.models import ContactPoint

__all__ = [
    "Answer", "Facts", "Question", "Standing", "State", "answer_for", "answers", "ask", "decide", "history",
    "permission", "permission_of", "permissions", "state_of",
]  # fmt: skip

PAGE: Final = 2_000
_UNREAD: Final = ("created_at", "proved_at")


def ask(category: str, topic: str = "") -> Question:
    """A question under the organisation file in force. Raises NoOrganisation."""
    current = versions.current()
    entry = current.organisation.topics.get(topic)
    return Question(current.organisation, category, topic, dropped(current, entry.purpose) if entry else ())


def permission(contact_point: ContactPoint, *, category: str, topic: str = "") -> Answer:
    """Whether a mail of this category about this topic may go to this address now, and why."""
    return permission_of(ContactPoint.objects.get(pk=contact_point.pk), category=category, topic=topic)


def permission_of(point: ContactPoint, *, category: str, topic: str = "", now: datetime | None = None) -> Answer:
    """The same of an address, and a person if one is with it, that were just read: neither is read again."""
    question = ask(category, topic)
    return decide(fetch([point], question.organisation, now=now)[0], question)


def answer_for(channel: str, address: str, *, category: str, topic: str = "") -> Answer:
    """The same for an address as somebody typed it, known or not. Raises InvalidAddress."""
    point = find(channel, address)
    if point is None:
        return ask(category, topic).no("unknown-address")
    return permission(point, category=category, topic=topic)


def answers(contact_point: ContactPoint, topics: Iterable[str]) -> dict[str, Answer]:
    """The answer for marketing about each of these topics to one address: facts fetched once."""
    questions = {topic: ask(Category.MARKETING, topic) for topic in topics}
    point = ContactPoint.objects.get(pk=contact_point.pk)
    facts = fetch([point], versions.current().organisation)[0]
    return {topic: decide(facts, question) for topic, question in questions.items()}


def permissions(
    contact_points: QuerySet[ContactPoint] | Iterable[UUID], topic: str, *, category: str = Category.MARKETING
) -> Iterator[tuple[ContactPoint, Answer]]:
    """The answer for each of many contact points, or ids of such, in order of their ids.

    Reads a page of 2,000 at a time, so that memory stays flat and no transaction stays open between pages.
    """
    question = ask(category, topic)
    for page in _pages(contact_points):
        keys = {key for channel in {point.channel for point in page} for key in question.stops[channel]}
        for point, facts in zip(page, fetch(page, question.organisation, keys), strict=True):
            yield point, decide(facts, question)


def _pages(contact_points: QuerySet[ContactPoint] | Iterable[UUID]) -> Iterator[list[ContactPoint]]:
    if not isinstance(contact_points, QuerySet):
        ids = sorted(set(contact_points))
        for start in range(0, len(ids), PAGE):
            yield list(ContactPoint.objects.filter(pk__among=ids[start : start + PAGE]).defer(*_UNREAD).order_by("pk"))
        return
    ordered = contact_points.defer(*_UNREAD).order_by("pk")
    page = list(ordered[:PAGE])
    while page:
        yield page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:PAGE])
