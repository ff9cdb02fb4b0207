"""A mailing to everybody whom a topic may reach: walked page by page, each page asked for and queued at once.

What is queued may still be stopped: the outbox asks again before each mail leaves.
"""

from __future__ import annotations

import time
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consent.ledger import permission
from consent.preferences import catalogue, mails
from consent.preferences.models import Mailing
from portal.database import ClockTimestamp, locked
from portal.organisation import versions
from portal.organisation.schema import ChannelName
from portal.outbox import flows as outbox
from portal.subjects.models import Channel, ContactPoint

PAGE: Final = 500
SECONDS_A_RUN: Final = 200
"""Well below the time limit of a task; the next run goes on where this one ended."""


def send(mailing: Mailing) -> None:
    """Staff set a mailing going; a worker does the rest. Raises ``ValidationError`` where it cannot be sent.

    A mailing that is being sent, or was sent, is left as it is.
    """
    topic = versions.current().organisation.topics.get(mailing.topic_id)
    if topic is None or ChannelName.EMAIL not in topic.channels:
        raise ValidationError(_("This topic is not offered by e-mail, or not any more."), code="topic")
    Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DRAFT).update(
        state=Mailing.State.SENDING, started_at=ClockTimestamp()
    )
    mailing.refresh_from_db()


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
        count = _queue(mailing, page)
        Mailing.objects.filter(pk=pk).update(reached=page[-1].pk, queued=mailing.queued + count)
        return count


def _next_page(mailing: Mailing) -> list[ContactPoint]:
    points = ContactPoint.objects.current().on(Channel.EMAIL).select_related("subject").order_by("pk")
    if mailing.reached is not None:
        points = points.filter(pk__gt=mailing.reached)
    return list(points[:PAGE])


def _queue(mailing: Mailing, page: list[ContactPoint]) -> int:
    organisation = versions.current().organisation
    kind = mails.MAILING if catalogue.is_marketing(organisation, mailing.topic_id) else mails.NOTICE
    permitted = [
        point
        for point, answer in permission.permissions([point.pk for point in page], mailing.topic_id)
        if answer.allowed
    ]
    params = {"mailing": str(mailing.pk)}
    return outbox.enqueue_many(kind.code, permitted, topic=mailing.topic_id, params=params)
