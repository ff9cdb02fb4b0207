"""A mailing to everybody whom a topic may reach: walked page by page, each page asked for and queued at once.

What is queued may still be stopped: the outbox asks again before each mail leaves.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consent.ledger import permission
from consent.ledger.reasons import in_brief
from consent.preferences import catalogue, mails
from consent.preferences.models import Mailing
from portal.database import ClockTimestamp, locked
from portal.organisation import versions
from portal.organisation.schema import ChannelName
from portal.outbox import flows as outbox
from portal.subjects.models import Channel, ContactPoint

PAGE: Final = 500
COUNTED: Final = 100_000
"""Addresses asked about before sending: some seconds' worth. Sending itself knows no limit."""
SECONDS_A_RUN: Final = 200
"""Well below the time limit of a task; the next run goes on where this one ended."""


@dataclass(frozen=True)
class Audience:
    """Who a mailing may reach now: how many, and how many each rule leaves out. ``partial``: counted to a limit."""

    may: int
    left_out: dict[str, int]
    partial: bool

    @property
    def in_words(self) -> list[tuple[str, int]]:
        """The rules in a few words each, with how many people they leave out, most first."""
        return by_rule(self.left_out)


def by_rule(left_out: dict[str, int]) -> list[tuple[str, int]]:
    """Counts by rule, most first, each rule in a few words."""
    return [(in_brief(rule), count) for rule, count in sorted(left_out.items(), key=lambda item: (-item[1], item[0]))]


def audience(mailing: Mailing, limit: int = COUNTED) -> Audience:
    """Ask the rules about everybody known by e-mail, up to ``limit`` addresses, as sending would now."""
    points = ContactPoint.objects.current().on(Channel.EMAIL)
    answers = permission.permissions(points, mailing.topic_id)
    rules = Counter("" if answer.allowed else answer.rule for _point, answer in islice(answers, limit))
    may = rules.pop("", 0)
    return Audience(may, dict(rules), next(answers, None) is not None)


def mailable() -> list[str]:
    """Codes of the topics that come by e-mail."""
    try:
        topics = versions.current().organisation.topics
    except versions.NoOrganisation:
        return []
    return [code for code, topic in topics.items() if ChannelName.EMAIL in topic.channels]


def send(mailing: Mailing) -> None:
    """Staff set a mailing going; a worker does the rest. Raises ``ValidationError`` where it cannot be sent.

    A mailing that is being sent, or was sent, is left as it is: sending it again says so.
    """
    topic = versions.current().organisation.topics.get(mailing.topic_id)
    if topic is None or ChannelName.EMAIL not in topic.channels:
        raise ValidationError(_("This topic is not offered by e-mail, or not any more."), code="topic")
    changed = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DRAFT).update(
        state=Mailing.State.SENDING, started_at=ClockTimestamp()
    )
    mailing.refresh_from_db()
    if not changed:
        raise ValidationError(_("It was already sent."), code="sent")


def send_all(seconds: float = SECONDS_A_RUN) -> int:
    """Go on with every mailing that was set going, for at most so long; returns how many mails were made."""
    until, made = time.monotonic() + seconds, 0
    for pk in Mailing.objects.filter(state=Mailing.State.SENDING).order_by("started_at").values_list("pk", flat=True):
        while time.monotonic() < until:
            count = send_page(pk)
            if count is None:
                break
            made += count
    return made


def send_page(pk: UUID) -> int | None:
    """Queue the next page of the audience; returns how many mails that made, None where nothing is left to do.

    Mails and progress are one transaction under the mailing's lock: cut off anywhere, nobody gets it twice.
    """
    with transaction.atomic():
        mailing = locked(Mailing.objects.filter(pk=pk, state=Mailing.State.SENDING), skip_locked=True).first()
        if mailing is None:
            return None
        page = _next_page(mailing)
        if not page:
            mailing.state = Mailing.State.SENT
            Mailing.objects.filter(pk=pk).update(state=Mailing.State.SENT, finished_at=ClockTimestamp())
            return None
        count, refused = _queue(mailing, page)
        left_out = dict(refused + Counter(mailing.left_out))
        Mailing.objects.filter(pk=pk).update(reached=page[-1].pk, queued=mailing.queued + count, left_out=left_out)
        return count


def _next_page(mailing: Mailing) -> list[ContactPoint]:
    points = ContactPoint.objects.current().on(Channel.EMAIL).select_related("subject").order_by("pk")
    if mailing.reached is not None:
        points = points.filter(pk__gt=mailing.reached)
    return list(points[:PAGE])


def _queue(mailing: Mailing, page: list[ContactPoint]) -> tuple[int, Counter[str]]:
    """Makes the mails of a page; returns how many, and how many people each rule left out."""
    organisation = versions.current().organisation
    kind = mails.MAILING if catalogue.is_marketing(organisation, mailing.topic_id) else mails.NOTICE
    answers = list(permission.permissions([point.pk for point in page], mailing.topic_id))
    permitted = [point for point, answer in answers if answer.allowed]
    refused = Counter(answer.rule for _point, answer in answers if not answer.allowed)
    params = {"mailing": str(mailing.pk)}
    return outbox.enqueue_many(kind.code, permitted, topic=mailing.topic_id, params=params), refused
