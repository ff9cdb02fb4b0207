"""May we write to them: asked for one person, and for a whole list."""

import time
from collections.abc import Iterator
from itertools import islice

from bench.scene import Scene
from bench.table import Figure
from consent.ledger.permission import permission, permissions
from portal.outbox.kinds import Category
from portal.subjects.models import ContactPoint

ONE_BY_ONE = 500
IN_BULK = 300_000


def measure(scene: Scene) -> Iterator[Figure]:
    """Answers a second, one by one and over keyset pages."""
    points = scene.addresses(min(ONE_BY_ONE, scene.people))
    began = time.perf_counter()
    answers = [permission(point, category=Category.MARKETING, topic=scene.topic) for point in points]
    yield Figure("permission() for one", len(answers) / (time.perf_counter() - began), "/s")
    began = time.perf_counter()
    count = sum(1 for _ in islice(permissions(ContactPoint.objects.all(), scene.topic), IN_BULK))
    yield Figure("permissions() in bulk", count / (time.perf_counter() - began), "/s", aim="30,000 or more")
