"""The log of looks is read by those who watch over it, and by each person as far as it is about them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import groups
from accounts.looks import visits
from accounts.models import Look, User
from dsar.models import Request
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint, Subject
from tests.accounts.looking import BACKEND, LISTED, OPENED, PERSON, kept, page_of, said, sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organisation: Current) -> Client:
    return sitting()


def test_a_persons_page_says_who_looked(desk: Client, subject: Subject) -> None:
    auditor = sitting(groups.AUDITOR)
    auditor.get(reverse(PERSON, args=[subject.pk]))
    page = said(desk.get(reverse(PERSON, args=[subject.pk])))
    assert "Who looked" in page
    assert "Auditor looked at person" in page
    assert "Privacy officer looked at person" in page, "the look itself is among them"
    assert "Who looked" not in said(sitting(groups.SUPPORT).get(reverse(PERSON, args=[subject.pk])))


@pytest.mark.parametrize("group", [groups.PRIVACY_OFFICER, groups.AUDITOR])
def test_the_log_is_read_by_who_watches_over_it(organisation: Current, subject: Subject, group: str) -> None:
    sitting(groups.SUPPORT).get(reverse(PERSON, args=[subject.pk]))
    watcher = sitting(group)
    log = said(watcher.get(reverse("admin:accounts_look_changelist")))
    assert "Support looked at j•••@example.org person" in log
    assert watcher.get("/admin/accounts/look/add/").status_code in {403, 404}
    assert (LISTED, "accounts.Look", None) in kept(), "who reads the log is in the log, and nobody else by it"


def test_others_do_not_read_it(organisation: Current) -> None:
    for group in (groups.SUPPORT, groups.EDITOR):
        assert sitting(group).get(reverse("admin:accounts_look_changelist")).status_code == 403


def test_the_log_is_narrowed_to_a_member_of_staff_a_day_and_a_person(
    desk: Any, subject: Subject, marek: ContactPoint
) -> None:
    support: Any = sitting(groups.SUPPORT)
    support.get(reverse(PERSON, args=[subject.pk]))
    desk.get(reverse(PERSON, args=[marek.subject_id]))
    log = reverse("admin:accounts_look_changelist")

    def shown(**narrowed: Any) -> set[tuple[str, Any]]:
        found = desk.get(log, narrowed).context["cl"].queryset
        return {(look.staff, look.subject_id) for look in found if look.subject_id}

    assert shown() == {(support.key, subject.pk), (desk.key, marek.subject_id)}
    assert shown(who=support.key) == {(support.key, subject.pk)}
    assert shown(person=str(marek.subject_id)) == {(desk.key, marek.subject_id)}
    assert shown(person="nonsense") == set()
    assert shown(at__year="1999") == set()


def test_a_person_reads_when_staff_looked_at_what_and_in_which_role_and_no_name(
    desk: Client, joan: User, asked: Request
) -> None:
    desk.get(page_of(asked))
    User.objects.filter(is_staff=True).update(name="Priya")
    visitor = Client()
    visitor.force_login(joan, BACKEND)
    page = said(visitor.get(reverse("your_data")))
    assert "Looks by our staff at what we hold about you" in page
    assert re.search(
        r"When \d+ \w+ \d{4}, \d\d:\d\d Who Privacy officer What they did looked at With Your requests", page
    )
    assert "Priya" not in page
    assert "officer@" not in page


def test_what_somebody_does_within_minutes_is_one_visit(desk: Client, joan: User, asked: Request) -> None:
    for _time in range(3):
        desk.get(page_of(asked))
        desk.get(reverse(PERSON, args=[joan.subject_id]))
    visitor = Client()
    visitor.force_login(joan, BACKEND)
    page = said(visitor.get(reverse("your_data")))
    assert page.count("What they did") == 1
    assert "after it was recorded" in page


def test_who_comes_again_later_or_is_another_is_another_visit(joan: User) -> None:
    at = joan.date_joined
    for staff, minutes in (("7", 0), ("7", 9), ("7", 30), ("8", 31)):
        when = at + timedelta(minutes=minutes)
        Look.objects.create(staff=staff, subject=joan.subject, what=OPENED, kind="dsar.Request", at=when)
    lines = [(line["Who"], line["When"]) for line in visits.told(Look.objects.all())]
    assert [who for who, _when in lines] == ["One of our staff"] * 3
    assert ["to" in when.split() for _who, when in lines] == [False, False, True]


def test_nobody_reads_of_looks_at_others(desk: Client, joan: User, marek: ContactPoint) -> None:
    desk.get(reverse(PERSON, args=[marek.subject_id]))
    visitor = Client()
    visitor.force_login(joan, BACKEND)
    assert "Looks by our staff" not in said(visitor.get(reverse("your_data")))
