"""A permit to send one mail: given in a short transaction, and over before anybody can be told otherwise."""

from __future__ import annotations

import time
from collections.abc import Collection
from uuid import UUID

from portal.outbox.kinds import Category
from portal.outbox.models import Message

_FIRST_LOOK = 0.002
_LONGEST_WAIT_BETWEEN_LOOKS = 0.05


def wait_for_open(
    subject_id: UUID, seconds: float = 2.0, *, categories: Collection[Category] = (Category.MARKETING,)
) -> int:
    """Waits until no mail to this person is leaving, at most ``seconds``; returns how many still may be.

    To be called after an opt-out has *committed*, outside any transaction: from then on no new permit is given,
    so what is counted here is all that can still arrive. Touches no row.
    """
    leaving = Message.objects.permitted().to_person(subject_id).filter(category__in=categories)
    end, pause = time.monotonic() + seconds, _FIRST_LOOK
    while (count := leaving.count()) and (left := end - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_WAIT_BETWEEN_LOOKS)
    return count
