"""Joan and Marek, and short words for what is due: ``goes_after(point, "2032-03-02")``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Model

from portal import append_only
from portal.personal_data.registry import holding_of
from portal.retention import rules, starts
from portal.subjects import flows
from portal.subjects.models import Channel, ContactPoint, Provenance

JOAN, MAREK, PRIYA = "joan.archer@example.org", "marek.nowak@example.com", "priya@staff.example"


def met(address: str, day: str, *, source: str | None = None) -> ContactPoint:
    """Somebody whose address we have since that day: from themselves, or from a source of the organisation file."""
    organisation = rules.rule("contacts").current.organisation
    own = next(code for code, one in organisation.sources.items() if one.person)
    context = next(iter(organisation.contexts))
    point = flows.reach(Channel.EMAIL, address, context=context, source=source or own)
    Provenance.objects.filter(contact_point=point).update(seen_at=at(day))
    return point


def at(day: str) -> datetime:
    """Noon on a day, or a moment as it is written."""
    return datetime.fromisoformat(day if "T" in day else f"{day}T12:00").replace(tzinfo=UTC)


def happened(row: Model, day: str, *fields: str) -> None:
    """The row as it would be had it been written then, also where a table only grows."""
    with append_only.removed():
        type(row)._base_manager.filter(pk=row.pk).update(**dict.fromkeys(fields, at(day)))
        if connection.vendor == "postgresql":
            connection.check_constraints()


def goes(row: Model, day: str) -> bool:
    """Whether a row's time is over by then."""
    holding = holding_of(type(row))
    rows = type(row)._base_manager.filter(pk=row.pk)
    return starts.due(holding, rules.rule_of(holding), at(day), rows).exists()


def goes_after(row: Model, last_day: str) -> bool:
    """Whether that is the last day on which a row stays."""
    next_day = (at(last_day) + timedelta(days=1)).date().isoformat()
    return not goes(row, last_day) and goes(row, next_day)


def has_no_date(row: Model) -> bool:
    """Whether nobody knows from when a row is kept; then it is never due."""
    holding = holding_of(type(row))
    undated = starts.undated(holding, rules.rule_of(holding))
    return undated.filter(pk=row.pk).exists() and not goes(row, "3000-01-01")


def as_of(organisation: str) -> pytest.MarkDecorator:
    """Run a test under one organisation file."""
    return pytest.mark.parametrize("organisation", [organisation], indirect=True)
