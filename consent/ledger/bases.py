"""Lawful bases that changed under people already subscribed, and what the file said was to become of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.schema import Purpose, Treatment
from portal.organisation.versions import Current

Dropped = tuple[tuple[int, str], ...]


def dropped(current: Current, purpose: str) -> Dropped:
    """Bases a version gave up for ``purpose`` without keeping those subscribed on them: (version's id, basis)."""
    return all_dropped(current).get(purpose, ())


def all_dropped(current: Current) -> Mapping[str, Dropped]:
    """The same for every purpose that has given up a basis."""
    if current.number == 1:
        return {}
    rows = OrganisationVersion.objects.filter(number__lte=current.number).order_by("number").values_list("id", "digest")
    return _dropped(tuple(rows))


@lru_cache(maxsize=8)
def _dropped(line: tuple[tuple[int, str], ...]) -> dict[str, Dropped]:
    """Over a line of versions, which never change: each process reads them once."""
    found: dict[str, Dropped] = {}
    for (before_id, _before), (after_id, _after) in pairwise(line):
        before, after = versions.get(before_id).organisation.purposes, versions.get(after_id).organisation.purposes
        for code in before.keys() & after.keys():
            if before[code].basis is not after[code].basis and not keeps(before[code], after[code]):
                found[code] = (*found.get(code, ()), (after_id, str(before[code].basis)))
    return found


def keeps(before: Purpose, after: Purpose) -> bool:
    """Whether the new version of a purpose keeps those who were subscribed on its former basis."""
    change = after.basis_change
    return change is not None and change.from_ is before.basis and change.treatment is Treatment.KEEP
