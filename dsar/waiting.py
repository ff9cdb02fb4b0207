"""What becomes of a request that nobody confirms with its code, and when: one sentence for pages and mails."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from portal.organisation.schema import Organisation
from portal.retention import unproved

WAITS_FOR_CODE: Final = timedelta(days=28)
"""How long a request may wait for its code."""


def in_words(organisation: Organisation) -> str:
    """That it is closed, and deleted where the file has the rule for it. True of every request, so that it tells
    nobody whether an address is known here: who confirmed theirs before keeps the closed request by its own rule."""
    closed = _("A request that nobody confirms is closed after %(days)s days.") % {"days": WAITS_FOR_CODE.days}
    rule = organisation.retention.get(unproved.RULE)
    if rule is None:
        return closed
    deleted = _("We delete it %(period)s after our last mail to its address, unless that was confirmed in another way.")
    return f"{closed} {deleted % {'period': rule.period}}"
