"""In every demo something is over its time: a newcomer sees retention find it, and leave what still runs."""

from __future__ import annotations

import pytest

from portal.demo import past
from portal.demo.install import organisations
from portal.organisation.versions import Current
from portal.retention.flows import preview
from portal.subjects.models import Subject

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("organisation", organisations(), indirect=True)
def test_a_preview_finds_addresses_mails_and_an_account(organisation: Current) -> None:
    past.create()
    lines = {line.holding.label: line for line in preview.lines() if line.work.also is None}
    assert lines["outbox.Message"].going >= len(past.GONE)
    assert lines["subjects.ContactPoint"].going >= len(past.GONE)
    assert lines["accounts.User"].going == 1


def test_making_them_again_changes_nothing(organisation: Current) -> None:
    past.create()
    before = Subject.objects.count()
    past.create()
    assert Subject.objects.count() == before
