"""In every demo something is over its time: a newcomer sees retention find it, and leave what still runs."""

from __future__ import annotations

import pytest

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import PRIVACY_OFFICER
from portal.demo import past
from portal.demo.install import organisations
from portal.holds.models import Hold
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


def test_a_dispute_is_held_by_the_officer_and_stays(organisation: Current) -> None:
    officer = accounts.open_account("priya@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    past.create()
    hold = Hold.objects.standing().get()
    assert hold.owner == key_of(officer)
    lines = {line.holding.label: line for line in preview.lines() if line.work.also is None}
    assert lines["subjects.ContactPoint"].held == 1
