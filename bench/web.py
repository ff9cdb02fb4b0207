"""The same write through gunicorn: by one click, which answers without a page, and by a button, which answers with one.

Both against the raw transactions of :mod:`bench.ledger` at the same number of connections.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from django.db.models import Max
from django.urls import reverse

from bench import ledger
from bench.scene import Scene
from bench.table import Figure
from consent.ledger.models import Event
from portal.outbox import links
from portal.subjects.models import ContactPoint
from tests.processes import LivePortal

CONNECTIONS = 8
SECONDS = 8.0
REQUESTS = 4000
ONE_CLICK = "List-Unsubscribe=One-Click"


def measure(scene: Scene) -> Iterator[Figure]:
    """Requests a second, the ratio to raw transactions, and the 99th percentile."""
    enough = min(REQUESTS, scene.people // 3)
    raw = raw_rate(scene)
    yield Figure(f"raw transactions, {CONNECTIONS} connections", raw, "/s")
    with LivePortal(dict(os.environ), scene.folder, workers=2, threads=4) as portal:
        for name, body, aim in (("without a page", ONE_CLICK, "0.12"), ("with a page", "", "0.06")):
            points = scene.addresses(enough)
            requests = [request(point, scene.topic, body or "stop=topic") for point in points]
            load(portal.port, requests[:100])
            rate, p99 = written(portal.port, requests[100:])
            yield Figure(f"a write through gunicorn, {name}", rate, "/s")
            yield Figure(f"… to raw transactions, {name}", rate / raw, aim=f"{aim} or more")
            yield Figure(f"… 99th percentile, {name}", p99, "ms", aim="under 100" if not body else "")


def request(point: ContactPoint, topic: str, body: str) -> str:
    path = reverse("unsubscribe_link", args=[links.make("unsubscribe", str(point.pk), topic)])
    return f"POST {path} {body}"


def written(port: int, requests: Sequence[str]) -> tuple[float, float]:
    """As :func:`load`, having seen that each request wrote one event. Raises RuntimeError where one did not."""
    before = Event.objects.aggregate(latest=Max("pk"))["latest"]
    count, rate, p99 = load(port, requests)
    events = Event.objects.filter(pk__gt=before).count()
    if events != count:
        raise RuntimeError(f"{count} requests wrote {events} events.")
    return rate, p99


def load(port: int, requests: Sequence[str], *headers: str) -> tuple[int, float, float]:
    """Requests that were answered, how many a second, and the 99th percentile in milliseconds."""
    words = [sys.executable, "-m", "bench.load", str(port), str(CONNECTIONS), str(SECONDS), *headers]
    done = subprocess.run(words, input="\n".join(requests), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The load failed: {done.stderr.strip()}")
    count, seconds, p99 = done.stdout.split()
    return int(count), int(count) / float(seconds), float(p99)


def raw_rate(scene: Scene) -> float:
    """Raw transactions a second over as many connections as the load has."""
    first, *people = scene.somebody(min(200 * CONNECTIONS, scene.people // 3))
    statements = ledger.captured(scene, first)
    shares = [[person.pk for person in people[number::CONNECTIONS]] for number in range(CONNECTIONS)]
    threads = [threading.Thread(target=ledger.replay, args=(scene, statements, first.pk, share)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(people) / (time.perf_counter() - began)
