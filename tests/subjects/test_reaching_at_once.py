"""Twenty forms posted in the same moment make one person of one address."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from portal.subjects import flows, suppression
from portal.subjects.models import Channel, ContactPoint, Provenance, Subject, Suppression
from tests.subjects.conftest import JOAN

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
TIMES = 20


def at_once(act: Callable[[int], T]) -> list[T]:
    """``act(0)`` … ``act(19)``, each in a thread and a connection of its own, started together."""
    start = Barrier(TIMES)

    def one(number: int) -> T:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as threads:
        return list(threads.map(one, range(TIMES)))


def test_twenty_forms_with_one_address_make_one_contact_point() -> None:
    points = at_once(lambda number: flows.reach(Channel.EMAIL, JOAN, context=f"form-{number % 2}", source="person"))
    point = ContactPoint.objects.get()
    assert {found.pk for found in points} == {point.pk}
    assert Subject.objects.get() == point.subject
    assert Provenance.objects.count() == 2


def test_twenty_forms_with_twenty_addresses_make_twenty_people() -> None:
    at_once(lambda number: flows.reach(Channel.EMAIL, f"joan{number}@example.org", context="form", source="person"))
    assert Subject.objects.count() == ContactPoint.objects.count() == TIMES


def test_twenty_stops_of_one_address_leave_the_latest_position() -> None:
    at_once(lambda number: suppression.suppress((Channel.EMAIL, JOAN), "marketing", number + 1, "opt-out"))
    assert Suppression.objects.get().position == TIMES


def test_two_people_claiming_one_new_address_leave_it_to_one_of_them() -> None:
    people = [
        flows.reach(Channel.EMAIL, address, context="form", source="person").subject
        for address in ("joan.archer@example.org", "marek.nowak@example.com")
    ]

    def claim(number: int) -> bool:
        try:
            flows.add_address(
                people[number % 2], Channel.EMAIL, "shared@example.org", context="account", source="person"
            )
        except flows.AddressInUse:
            return False
        return True

    outcomes = at_once(claim)
    assert ContactPoint.objects.filter(identity="shared@example.org").count() == 1
    assert outcomes.count(True) == TIMES // 2
