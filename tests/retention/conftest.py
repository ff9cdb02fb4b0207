"""What tests of retention may ask for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Subject
from tests.retention.moments import JOAN, met

# Only PostgreSQL goes away while the portal stands.
collect_ignore = [] if connection.vendor == "postgresql" else ["test_the_database_goes_away.py"]


@pytest.fixture
def mailed() -> Callable[[str], int]:
    """How many mails of a kind wait to be sent."""
    return lambda kind: Message.objects.filter(kind=kind).count()


@pytest.fixture(autouse=True)
def _own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the test's own, so that no journal holds what another test deleted."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Slow hashes are right in an install and only slow here; a real server beside the test knows no others."""
    if not request.node.get_closest_marker("browser"):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def joans_mail(organisation: Current) -> ContactPoint:
    """Joan gave her address on 2 March 2020."""
    return met(JOAN, "2020-03-02")


@pytest.fixture
def joan(joans_mail: ContactPoint) -> Subject:
    return joans_mail.subject
