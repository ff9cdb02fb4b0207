"""Joan and Marek are known by their addresses; Priya is the privacy officer and places holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from pytest_django import Settings

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from portal.holds import flows, standing
from portal.holds.flows import Terms
from portal.holds.models import Hold
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Subject

# Row locks are PostgreSQL's; SQLite has one writer at a time, and nothing of it to test.
collect_ignore = [] if connection.vendor == "postgresql" else ["test_placing_while_something_is_deleted.py"]

WHY = "The order of 2 March is before the court."


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Slow hashes are right in an install and only slow here; a real server beside the test knows no others."""
    if not request.node.get_closest_marker("browser"):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def priya(organisation: Current) -> User:
    return accounts.open_account("priya@staff.example", name="Priya", staff=True, groups=(PRIVACY_OFFICER,))


@pytest.fixture
def joan(organisation: Current) -> ContactPoint:
    return people.reach(Channel.EMAIL, "joan.archer@example.org", context="website", source="person")


@pytest.fixture
def marek(organisation: Current) -> ContactPoint:
    return people.reach(Channel.EMAIL, "marek.nowak@example.com", context="website", source="person")


@pytest.fixture
def hold(priya: User) -> Callable[..., Hold]:
    """A function: Priya holds a person, a row or a holding."""

    def placed(on: Subject | Holding | Model, **terms: Any) -> Hold:
        return flows.place(on, terms_of(priya, **terms), by=key_of(priya))

    return placed


def terms_of(by: User, **changes: Any) -> Terms:
    """Terms without a fault, but for the changes."""
    given: dict[str, Any] = {"reason": WHY, "owner": key_of(by), "review_on": flows.today() + timedelta(days=90)}
    return Terms(**(given | changes))


def mail(point: ContactPoint, number: int = 1) -> Message:
    """A mail to somebody."""
    return Message.objects.create(
        kind="account-exists", category="security", contact_point=point, message_id=f"<{point.pk}.{number}@x>",
        domain="example.org",
    )  # fmt: skip


def free(model: type[Model]) -> set[Any]:
    """Primary keys of the rows of a model that nothing holds; mails to staff about the holds left aside."""
    rows = model._base_manager.all()
    if model is Message:
        rows = rows.exclude(kind="hold-changed")
    return set(standing.free(registry.holding_of(model), rows).values_list("pk", flat=True))


def why(row: Model, *, for_staff: bool = False) -> list[str]:
    """Why a row stays."""
    return standing.reasons(registry.holding_of(type(row)), row, for_staff=for_staff)
