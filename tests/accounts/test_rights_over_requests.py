"""What each staff group may do with requests, and that nobody gets more by a slip of a rule."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from accounts import flows
from accounts.groups import AUDITOR, EDITOR, PRIVACY_OFFICER, SUPPORT
from accounts.models import User

pytestmark = pytest.mark.django_db


def rights(group: str) -> set[str]:
    """The permissions of a group on requests, without those to look."""
    granted = Permission.objects.filter(group__name=group, content_type__app_label="dsar")
    return {one.codename for one in granted}


def looks(group: str) -> set[str]:
    return {code for code in rights(group) if code.startswith("view_")}


def test_the_privacy_officer_works_on_requests_and_rewrites_no_timeline() -> None:
    assert rights(PRIVACY_OFFICER) - looks(PRIVACY_OFFICER) == {
        "add_request",
        "change_request",
        "change_identitycheck",
        "change_task",
    }


def test_support_sees_how_a_request_stands_and_logs_new_ones() -> None:
    assert rights(SUPPORT) == {"view_request", "view_event", "view_task", "add_request"}


def test_an_auditor_looks_at_all_of_it_and_the_editor_at_nothing() -> None:
    assert rights(AUDITOR) == looks(AUDITOR) == looks(PRIVACY_OFFICER)
    assert rights(EDITOR) == set()


def test_who_may_work_on_requests_is_active_staff_with_the_right() -> None:
    priya = flows.open_account("priya@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    root = flows.open_account("root@staff.example", superuser=True)
    flows.open_account("sam@staff.example", staff=True, groups=(SUPPORT,))
    gone = flows.open_account("gone@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert set(User.objects.who_may("dsar.change_request")) == {priya, root}
