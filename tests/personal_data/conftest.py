"""A registry of the test's own, and models that nobody migrates."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import models
from django.test.utils import isolate_apps

from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.subjects import flows, merging
from portal.subjects.models import Channel, ContactPoint, Subject


@pytest.fixture
def joan(db: None) -> ContactPoint:
    return flows.reach(Channel.EMAIL, "joan.archer@example.org", context="form", source="person")


@pytest.fixture
def marek(db: None) -> ContactPoint:
    return flows.reach(Channel.EMAIL, "marek.nowak@example.com", context="import", source="list")


@pytest.fixture
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_holdings", {})
    monkeypatch.setattr(registry, "_exempt", {})


@pytest.fixture
def _no_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merges of the kernel alone."""
    monkeypatch.setattr(merging, "_merge_hooks", [])
    monkeypatch.setattr(merging, "_undo_hooks", [])


@pytest.fixture
def isolated() -> Iterator[Apps]:
    with isolate_apps("portal.subjects") as apps:
        assert apps is not None
        yield apps


@pytest.fixture
def letter(isolated: Apps) -> type[models.Model]:
    """A model about a person, with a field of each sort."""

    class Letter(models.Model):
        subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", null=True)
        text = models.TextField()
        read_at = models.DateTimeField(null=True)
        pages = models.IntegerField()
        copies_to = models.ManyToManyField(ContactPoint, related_name="+")

        class Meta:
            app_label = "subjects"

        def __str__(self) -> str:
            return "a letter"

    return Letter


def holding(model: type[models.Model], **changes: Any) -> Holding:
    """A faultless declaration of ``letter``, but for the changes."""
    details: dict[str, Any] = {
        "subject": "subject",
        "title": "Letters",
        "category": "correspondence",
        "purpose": "To answer you",
        "basis": "Contract",
        "source": "You",
        "recipients": "Nobody",
        "retention": "correspondence",
        "export": {"text": "Text", "read_at": "Read", "copies_to": "Copies to"},
        "withhold": {"pages": "Says nothing about you"},
    }
    return Holding(model=model, **(details | changes))
