"""Mails a second by one real worker, to a sink that answers at once and to one that takes 20 ms, against bare smtplib;
and how long an opt-out takes while a broadcast is going out."""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings

from bench.scene import Scene, choose
from bench.table import Figure
from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Decision, Method
from consent.preferences import mails
from consent.preferences.flows.acts import Doing
from consent.preferences.flows.stopping import stop_everything
from consent.preferences.models import Mailing
from portal.demo.processes import end, port_is_free, spawn
from portal.organisation.models import Topic
from portal.outbox import flows, nudge
from portal.outbox.models import Message, State
from portal.subjects.models import ContactPoint
from tests.processes import Worker

MAILS = {0.0: 2000, 0.02: 500}
OPT_OUTS = 500
LOOK_EVERY = 0.02
PATIENCE = 300.0


def measure(scene: Scene) -> Iterator[Figure]:
    """Mails a second through a Celery worker with one process, the ratio to a loop that only sends, and opt-outs."""
    port = urlsplit(settings.SMTP_URL).port or 25
    with Worker(dict(os.environ), scene.folder):
        for delay, count in MAILS.items():
            title = f"sink of {delay * 1000:.0f} ms"
            with sink(port, delay):
                bare = count / bare_loop(port, count)
                sent = drained(scene, min(count, scene.people // 3))
            yield Figure(f"mails sent by one worker, {title}", sent, "/s", aim="" if delay else "200 or more")
            yield Figure(f"bare smtplib, {title}", bare, "/s")
            yield Figure(f"mails to bare loop, {title}", sent / bare, aim="0.8 or more" if delay else "")
        with sink(port, 0.0):
            yield Figure("opt-out during a broadcast, p99", opt_outs(scene) * 1000, "ms", aim="under 50")


def drained(scene: Scene, count: int) -> float:
    """Mails a second from the nudge to the last outcome, permission, text and headers included."""
    mailing = broadcast(scene, scene.addresses(count))
    began = time.perf_counter()
    nudge.publish()
    sent = when_settled(mailing)
    seconds = time.perf_counter() - began
    if sent != count:
        sys.stderr.write(f"only {sent} of {count} mails were sent\n")
    return sent / seconds


def opt_outs(scene: Scene) -> float:
    """The 99th percentile of "Stop all marketing", in seconds, by people whose mail is about to leave or leaving."""
    points = scene.addresses(min(OPT_OUTS * 2, scene.people // 2))
    mailing = broadcast(scene, points)
    nudge.publish()
    took: list[float] = []
    waiting = list(Message.objects.filter(params__mailing=mailing).due().select_related("contact_point__subject"))
    while len(took) < len(points) // 2:
        left = Message.objects.filter(state=State.QUEUED).count()
        place = len(waiting) - left
        if place >= len(waiting):
            sys.stderr.write(f"the broadcast was over after {len(took)} opt-outs\n")
            break
        subject = waiting.pop(place).contact_point.subject
        began = time.perf_counter()
        stop_everything(subject, Doing(Method.UNSUBSCRIBE_PAGE, True, Circumstances()))
        took.append(time.perf_counter() - began)
    when_settled(mailing)
    return sorted(took)[len(took) * 99 // 100]


def broadcast(scene: Scene, points: list[ContactPoint]) -> str:
    """A mailing to these people, who want it, waiting in the outbox; returns its id."""
    for point in points:
        choose(point.subject, scene.topic, Decision.GRANTED)
    topic = Topic.objects.get(code=scene.topic)
    mailing = Mailing.objects.create(topic=topic, subject_line="News", body="What is new.\n\nMore than last month.")
    settings.OUTBOX_NUDGE = False  # the measurement nudges, when all of it waits
    flows.enqueue_many(mails.MAILING.code, points, topic=scene.topic, params={"mailing": str(mailing.pk)})
    return str(mailing.pk)


def when_settled(mailing: str) -> int:
    """Waits until no mail is open; returns how many of a mailing were sent."""
    until = time.monotonic() + PATIENCE
    while Message.objects.open().exists() and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
    return Message.objects.filter(params__mailing=mailing, state=State.SENT).count()


def bare_loop(port: int, count: int) -> float:
    """Seconds to send so many mails of an ordinary size over one connection."""
    body = "Subject: News\r\nTo: person@example.org\r\n\r\n" + ("What is new. " * 8 + "\r\n") * 100
    with smtplib.SMTP("127.0.0.1", port) as link:
        began = time.perf_counter()
        for _ in range(count):
            link.sendmail("news@example.org", ["person@example.org"], body)
        return time.perf_counter() - began


@contextmanager
def sink(port: int, delay: float) -> Iterator[None]:
    """A mail server in a process of its own, so that it takes no time of ours."""
    server = spawn([sys.executable, "-m", "bench.sink", str(port), str(delay)], output=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while port_is_free(port) and time.monotonic() < until:
            time.sleep(0.02)
        yield
    finally:
        end(server)
