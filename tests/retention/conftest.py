"""What tests of retention may ask for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from portal.outbox.models import Message


@pytest.fixture
def mailed() -> Callable[[str], int]:
    """How many mails of a kind wait to be sent."""
    return lambda kind: Message.objects.filter(kind=kind).count()


@pytest.fixture(autouse=True)
def _own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the test's own, so that no journal holds what another test deleted."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
