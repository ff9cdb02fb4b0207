"""A request as if it had come earlier."""

from __future__ import annotations

from datetime import timedelta

from dsar.flows import deadlines
from dsar.models import Request
from portal.demo.requests import aged


def due_in(request: Request, days: int) -> None:
    """As if it had come so long ago that the promise ends in so many days."""
    assert request.promised_due is not None
    today = deadlines.today(request)
    aged(request, days=(request.promised_due - today).days - days)
    assert request.promised_due == today + timedelta(days=days)
