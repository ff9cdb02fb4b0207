"""A nudge is an event set: nobody waits for it, many are one, and a forked process has its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from portal.outbox import flows, nudge
from portal.outbox.nudge import Nudger
from portal.subjects.models import ContactPoint


def test_many_nudges_while_the_broker_hangs_are_one_later() -> None:
    published: list[float] = []
    hang, started = threading.Event(), threading.Event()

    def publish() -> None:
        started.set()
        hang.wait(10)
        published.append(time.monotonic())

    nudger = Nudger(publish)
    nudger.nudge()
    assert started.wait(5)
    before = time.monotonic()
    for _ in range(1000):
        nudger.nudge()
    assert time.monotonic() - before < 9  # the broker hangs for ten
    hang.set()
    wait_until(lambda: len(published) == 2)
    time.sleep(0.1)
    assert len(published) == 2


def test_a_failed_nudge_is_not_the_last(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(nudge, "PAUSE_AFTER_FAILURE", 0.01)
    tries: list[int] = []

    def publish() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("redis://user:password@broker is down")

    nudger = Nudger(publish)
    nudger.nudge()
    wait_until(lambda: "ConnectionError" in caplog.text)
    nudger.nudge()
    wait_until(lambda: len(tries) == 2)
    assert "password" not in caplog.text


def test_a_forked_process_nudges_for_itself(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_NUDGE = True
    read, write = os.pipe()
    monkeypatch.setattr(nudge, "publish", lambda: os.write(write, str(os.getpid()).encode() + b" "))
    monkeypatch.setattr(nudge, "_nudgers", {})
    nudge.nudge()
    assert os.read(read, 100).split() == [str(os.getpid()).encode()]

    child = os.fork()
    if child == 0:
        nudge.nudge()
        time.sleep(2)
        os._exit(0)
    assert os.read(read, 100).split() == [str(child).encode()]
    os.waitpid(child, 0)


@pytest.mark.django_db
def test_nothing_is_announced_before_it_is_committed(
    joan: ContactPoint,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.OUTBOX_NUDGE = True
    nudged: list[str] = []
    monkeypatch.setattr(nudge, "_nudgers", {os.getpid(): Nudger(lambda: nudged.append("yes"))})
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            flows.enqueue("test-service", joan)
        time.sleep(0.1)
        assert nudged == []
    wait_until(lambda: nudged == ["yes"])


def test_nudging_can_be_switched_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_NUDGE = False
    monkeypatch.setattr(nudge, "_nudgers", {})
    nudge.nudge()
    assert nudge._nudgers == {}


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()
