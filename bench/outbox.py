"""Mails a second by one worker, to a sink that answers at once and to one that takes 20 ms, against bare smtplib."""

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
from consent.ledger.vocabulary import Decision
from consent.preferences import mails
from consent.preferences.models import Mailing
from portal.demo.processes import end, port_is_free, spawn
from portal.organisation.models import Topic
from portal.outbox import drainer, flows
from portal.outbox.models import Message, State

MAILS = {0.0: 2000, 0.02: 500}


def measure(scene: Scene) -> Iterator[Figure]:
    """Drained mails a second, and the ratio to a loop that only sends."""
    port = urlsplit(settings.SMTP_URL).port or 25
    for delay, count in MAILS.items():
        title = f"sink of {delay * 1000:.0f} ms"
        with sink(port, delay):
            bare = count / bare_loop(port, count)
            sent = drained(scene, min(count, scene.people // 3))
        yield Figure(f"mails sent, {title}", sent, "/s", aim="200 or more")
        yield Figure(f"bare smtplib, {title}", bare, "/s")
        yield Figure(f"mails to bare loop, {title}", sent / bare, aim="0.8 or more" if delay else "")


def drained(scene: Scene, count: int) -> float:
    """Mails a second from the outbox to the sink, permission, text and headers included."""
    points = scene.addresses(count)
    for point in points:
        choose(point.subject, scene.topic, Decision.GRANTED)
    topic = Topic.objects.get(code=scene.topic)
    mailing = Mailing.objects.create(topic=topic, subject_line="News", body="What is new.\n\nMore than last month.")
    flows.enqueue_many(mails.MAILING.code, points, topic=scene.topic, params={"mailing": str(mailing.pk)})
    began = time.perf_counter()
    drainer.drain(seconds=300)
    seconds = time.perf_counter() - began
    sent = Message.objects.filter(state=State.SENT, params__mailing=str(mailing.pk)).count()
    if sent != count:
        sys.stderr.write(f"only {sent} of {count} mails were sent\n")
    return sent / seconds


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
