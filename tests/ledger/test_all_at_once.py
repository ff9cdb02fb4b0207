"""Twenty decisions of one person at the same moment: none is lost, none is doubled, all are in one order."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection

from consent.ledger import projection
from consent.ledger.models import Event
from portal.organisation import loader
from portal.subjects import merging
from portal.subjects.models import Subject
from tests.ledger.acting import STOP_ALL, reach, says, yes_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def joan(transactional_db: None) -> Subject:
    loader.apply(loader.read("open-e"))
    return reach("joan.archer@example.org", "website").subject


def at_once(number: int, *what: object) -> None:
    """Run each of these ``number`` times, all released together."""
    barrier = Barrier(number * len(what))

    def wait_and_do(do: object) -> None:
        try:
            barrier.wait(timeout=20)
            do()  # type: ignore[operator]  # a callable
        finally:
            connection.close()

    with ThreadPoolExecutor(number * len(what)) as pool:
        for done in [pool.submit(wait_and_do, do) for do in what for _time in range(number)]:
            done.result(timeout=60)


def test_the_same_post_twenty_times_is_one_event(joan: Subject) -> None:
    at_once(20, lambda: says(joan, yes_to("newsletter"), idempotency_key="one-press"))
    assert Event.objects.count() == 1


def test_yes_and_stop_from_ten_places_end_in_what_came_last(joan: Subject) -> None:
    at_once(5, lambda: says(joan, yes_to("newsletter")), lambda: says(joan, STOP_ALL))
    assert projection.cells_of(joan.pk) == projection.replayed(joan.pk)
    decisions = list(Event.objects.oldest_first().values_list("decision", flat=True))
    assert all(one != other for one, other in pairwise(decisions))


def test_decisions_while_records_are_merged_and_parted_are_not_lost(joan: Subject) -> None:
    marek = reach("marek.nowak@example.com", "website").subject

    def merge_and_part() -> None:
        merging.undo(merging.merge(Subject.objects.get(pk=joan.pk), Subject.objects.get(pk=marek.pk)))

    at_once(
        1,
        merge_and_part,
        *(lambda topic=t: says(marek, yes_to(topic)) for t in ("newsletter", "webinars", "promotions")),
    )
    assert Event.objects.filter(decision="granted").count() == 3
    for person in (joan, marek):
        assert projection.cells_of(person.pk) == projection.replayed(person.pk)
