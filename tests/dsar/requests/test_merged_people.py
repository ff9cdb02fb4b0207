"""Requests follow people: joined records have all of theirs, and parted ones each their own again."""

from __future__ import annotations

import pytest

from dsar.models import Request
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from portal.subjects import flows as people
from portal.subjects import merging
from portal.subjects.models import Subject
from tests.dsar.requests.conftest import JOAN, MAREK, as_guest, proved

pytestmark = pytest.mark.django_db


def at(address: str) -> Subject:
    return people.reach("email", address, context="website", source="you").subject


def references(person: Subject) -> set[str]:
    person.refresh_from_db()
    return set(Request.objects.about(person.family()).values_list("reference", flat=True))


def test_a_merge_joins_the_requests_and_its_undo_gives_each_their_own(organisation: Current) -> None:
    joan, other = at(JOAN), at(MAREK)
    before, hers = proved(as_guest(Matter.ACCESS, MAREK)), proved(as_guest(Matter.ERASURE, JOAN))
    done = merging.merge(joan, other)
    assert references(joan) == {before.reference, hers.reference}
    during = proved(as_guest(Matter.PORTABILITY, MAREK))
    assert during.reference in references(joan)
    merging.undo(done)
    assert references(joan) == {hers.reference}
    assert references(other) == {before.reference, during.reference}


def test_who_asks_from_a_second_address_of_theirs_asks_twice_for_the_same(organisation: Current) -> None:
    merging.merge(at(JOAN), at(MAREK))
    first = proved(as_guest(Matter.ACCESS, JOAN))
    assert proved(as_guest(Matter.ACCESS, MAREK)).duplicate_of == first
