"""So many mails a minute to one domain, counted for all drainers together; no other domain waits for it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Max, Min
from pytest_django import Settings

from portal.database import database_now
from portal.outbox import drainer, flows, permits
from portal.outbox.models import Message
from portal.outbox.pace import limit_of
from portal.subjects.models import ContactPoint
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_a_minute(settings: Settings) -> None:
    settings.OUTBOX_DOMAIN_PER_MINUTE = 10


def test_a_broadcast_takes_four_fifths_and_the_rest_gets_its_turn_later(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 30, topic="newsletter")

    drained = drainer.drain()

    assert drained.results["sent"] == 8
    waiting = Message.objects.filter(state="queued")
    assert waiting.count() == 22
    assert not Message.objects.due().exists()
    turns = sorted(waiting.values_list("run_at", flat=True))
    assert turns[0] - database_now() > timedelta(seconds=50)
    steps = {round((later - sooner).total_seconds(), 1) for sooner, later in pairwise(turns)}
    assert steps == {7.5}
    assert set(waiting.values_list("attempts", flat=True)) == {0}


def test_other_domains_do_not_wait(ready: Sink, joan: ContactPoint, marek: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 40, topic="newsletter")
    flows.enqueue_many("test-marketing", [marek] * 3, topic="newsletter")

    drainer.drain()

    assert len(ready.to("marek.nowak@example.com")) == 3
    assert len(ready.to("joan.archer@example.org")) == 8


def test_a_mail_somebody_waits_for_still_goes(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 12, topic="newsletter")
    drainer.drain()

    flows.enqueue("test-security", joan)

    assert drainer.drain().results["sent"] == 1
    assert len(ready.taken) == 9


def test_even_those_end_at_the_limit(ready: Sink, joan: ContactPoint) -> None:
    for _ in range(14):
        flows.enqueue("test-security", joan)

    assert drainer.drain().results["sent"] == 10
    assert Message.objects.filter(state="queued", run_at__gt=database_now()).count() == 4


def test_what_one_drainer_sent_the_next_one_counts(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 6, topic="newsletter")
    drainer.drain()
    flows.enqueue_many("test-marketing", [joan] * 6, topic="newsletter")

    assert drainer.drain().results["sent"] == 2


def test_newcomers_queue_up_behind_those_who_wait(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 10, topic="first")
    drainer.drain()
    flows.enqueue_many("test-marketing", [joan] * 10, topic="second")
    drainer.drain()

    waiting = Message.objects.filter(state="queued")
    last_of_the_first = waiting.filter(topic="first").aggregate(at=Max("run_at"))["at"]
    first_of_the_second = waiting.filter(topic="second").aggregate(at=Min("run_at"))["at"]
    assert first_of_the_second > last_of_the_first


def test_a_minute_later_there_is_room_again(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [joan] * 16, topic="newsletter")
    drainer.drain()
    minute = timedelta(seconds=70)
    for message in Message.objects.all():
        message.run_at -= minute
        if message.permit_until:
            message.permit_until -= minute
        message.save()

    # By now the first of those who waited is due, and the others one by one.
    assert drainer.drain().results["sent"] >= 1
    assert Message.objects.permitted_since(timedelta(minutes=1), permits.length()).count() >= 1


def test_a_limit_of_one_still_lets_a_broadcast_through(settings: Settings) -> None:
    settings.OUTBOX_DOMAIN_PER_MINUTE = 1
    assert (limit_of(bulk=True), limit_of(bulk=False)) == (1, 1)
