"""The promise page by eye and by axe: with no answers, with few, with many; wide and light, narrow and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from dsar import statistics
from dsar.models import Request
from dsar.vocabulary import Matter, Outcome, State
from portal.organisation.versions import Current
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answer(
    current: Current, count: int, quarters_ago: int = 0, *, late: int = 0, matter: Matter = Matter.ACCESS
) -> None:
    """Put so many answers into the books, on the first day of a quarter."""
    day = statistics.quarter_of(datetime.now().astimezone().date())
    for _quarter in range(quarters_ago):
        day = statistics.quarter_of(day - timedelta(days=1))
    noon = datetime(day.year, day.month, day.day, 12).astimezone()
    Request.objects.bulk_create(
        Request(
            matter=matter, state=State.CLOSED, outcome=Outcome.FULFILLED, organisation_version_id=current.id,
            received_at=noon - timedelta(days=19), closed_at=noon, statutory_due=day,
            promised_due=day - timedelta(days=number < late),
        )
        for number in range(count)
    )  # fmt: skip


def test_none_then_few_then_many(
    organisation: Current,
    live_portal: LivePortal,
    page: Page,
    look: Callable[..., None],
) -> None:
    page.goto(f"{live_portal.url}/requests/promise/")
    page.get_by_role("button", name="No thanks").click()
    look(page, "promise-none")
    expect(page.get_by_text("too few to show")).to_be_visible()

    cache.clear()
    answer(organisation, 14, 1, late=3)
    page.goto(f"{live_portal.url}/requests/promise/")
    look(page, "promise-few")
    expect(page.get_by_role("cell", name="fewer than 10").first).to_be_visible()

    cache.clear()
    for quarter in range(1, 9):
        answer(organisation, 60, quarter, late=12, matter=Matter.ERASURE)
        answer(organisation, 30 + 9 * quarter, quarter)
    page.goto(f"{live_portal.url}/requests/promise/")
    look(page, "promise-many")
    assert page.get_by_role("table").count() > 1
