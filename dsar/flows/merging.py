"""When two records were joined by mistake, and are parted again: requests follow the address they were made from."""

from __future__ import annotations

from dsar.models import Request
from dsar.vocabulary import Behalf, Happening
from portal.subjects.models import Merge


def part(merge: Merge) -> None:
    """After an undo: what was asked from an address that went back is about its reader again, and shown to no other.

    Joining needs nothing: requests are found by the whole family. A person that staff set stays as they said.
    """
    asked = Request.objects.filter(behalf=Behalf.SELF, contact_point__subject=merge.absorbed, subject__isnull=False)
    asked.exclude(events__kind=Happening.PERSON_SET).update(subject=merge.absorbed)
