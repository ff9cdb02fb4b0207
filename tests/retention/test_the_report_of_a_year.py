"""The report of a year: by rule what went, from when it was, how often, what failed, what stayed and what waited."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import flows as accounts
from accounts.groups import AUDITOR, EDITOR, SUPPORT
from portal.organisation.versions import Current
from portal.retention.desk import report
from portal.retention.models import Deletion, Part, Run
from portal.retention.templatetags.retention_desk import in_words
from tests.dsar.desk.conftest import words_of
from tests.retention import scene

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sitting(group: str = AUDITOR) -> Client:
    client = Client()
    client.force_login(accounts.open_account("ada@staff.example", name="Ada", staff=True, groups=(group,)), BACKEND)
    return client


def ran(on: datetime, organisation: Current, ended: str = Run.State.DONE, **part: Any) -> Run:
    """A run that began then, and what it did by the rule for mails."""
    run = Run.objects.create(
        state=ended, open=None, as_of=on, started_at=on, organisation_version_id=organisation.id,
        worked=timedelta(minutes=90), trouble="DiskFull" if ended == Run.State.FAILED else "",
    )  # fmt: skip
    facts = {"state": Part.State.DONE, "owner": "Web team", "worked": timedelta(minutes=90)} | part
    Part.objects.create(run=run, position=1, rule="mails", holding="outbox.Message", action="delete", **facts)
    return run


def went(on: datetime, count: int, **facts: Any) -> None:
    more = {"rule": "mails", "holding": "outbox.Message", "action": "delete"} | facts
    Deletion.objects.create(at=on, count=count, **more)


def mails(year: int) -> report.Line:
    return next(line for line in report.of(year).lines if line.title == "Mails we sent")


def test_a_real_run_is_in_it(organisation: Current) -> None:
    point = scene.person(met=scene.NOW - timedelta(days=30))
    scene.mails(point, scene.years_ago(8), 4)
    scene.approve("mails")
    begun = scene.expire().started_at
    line = mails(begun.year)
    assert (line.deleted, line.runs, line.failed, line.unapproved) == (4, 1, 0, 0)
    assert line.earliest is not None
    assert line.earliest.date() == scene.years_ago(8).date()


def test_a_rule_that_nobody_approved_is_in_it_with_the_runs_that_passed_it_over(organisation: Current) -> None:
    assert mails(scene.expire().started_at.year).unapproved == 1


def test_runs_are_counted_and_the_rows_of_each_hold_once(organisation: Current) -> None:
    for day in (1, 2, 3):
        ran(datetime(2024, 3, day, tzinfo=UTC), organisation, held=7 if day == 2 else 5)
    ran(datetime(2024, 3, 4, tzinfo=UTC), organisation, Run.State.FAILED, state=Part.State.WAITING)
    line = mails(2024)
    assert (line.runs, line.failed, line.held) == (4, 1, 7)
    assert line.worked == timedelta(hours=6)


def test_a_year_ends_at_midnight_where_the_organisation_is(organisation: Current) -> None:
    went(datetime(2024, 12, 31, 22, tzinfo=UTC), 1)
    went(datetime(2025, 7, 1, tzinfo=UTC), 2)
    assert (mails(2024).deleted, mails(2025).deleted) == (1, 2)


def test_what_went_is_told_by_how(organisation: Current) -> None:
    moment = datetime(2024, 5, 14, tzinfo=UTC)
    went(moment, 5)
    went(moment, 3, action="anonymise")
    went(moment, 2, why=Deletion.Why.DISCOVERY)
    went(moment, 1, why=Deletion.Why.REPLAY)
    line = mails(2024)
    assert (line.deleted, line.anonymised, line.discovered, line.replayed) == (8, 3, 2, 1)


def test_the_page_says_it_in_words(organisation: Current) -> None:
    ran(datetime(2024, 3, 1, tzinfo=UTC), organisation, earliest=datetime(2022, 1, 5, tzinfo=UTC),
        latest=datetime(2022, 9, 5, tzinfo=UTC), held=7)  # fmt: skip
    failed = ran(datetime(2024, 3, 4, tzinfo=UTC), organisation, Run.State.FAILED, state=Part.State.WAITING)
    went(datetime(2024, 3, 1, tzinfo=UTC), 1234)
    client = sitting()
    page = words_of(client.get(reverse("admin:portal_retention_report", args=[2024])).content.decode())
    assert "Retention in 2024" in page
    assert "Open-E. Drawn" in page, "who reads it on paper knows whose it is, and of when"
    assert "2 runs, 3 h 0 min at work" in page
    assert f"Run {failed.pk}, 4 March 2024" in page
    assert "DiskFull" in page
    assert "Mails we sent Web team 1,234 0 5 Jan 2022 – 5 Sep 2022 2 3 h 0 min 1 7 –" in page


def test_holds_of_the_year_are_named_by_number_and_nobody_by_them(organisation: Current) -> None:
    point = scene.person()
    hold = scene.hold(point.subject)
    year = hold.placed_at.year
    page = sitting().get(reverse("admin:portal_retention_report", args=[year])).content.decode()
    assert f"Hold {hold.pk}" in words_of(page)
    assert str(point.subject_id)[:8] not in page
    assert report.of(year - 1).holds == []
    assert report.of(year + 1).holds == [hold], "nobody lifted it yet"


def test_the_file_holds_the_same_numbers_and_no_formula(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(datetime(2024, 3, 1, tzinfo=UTC), organisation, owner="=HYPERLINK(1)")
    went(datetime(2024, 3, 1, tzinfo=UTC), 1234)
    answer = sitting().get(reverse("admin:portal_retention_report_csv", args=[2024]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="retention-2024.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["Rule"], row["Rows deleted"], row["Runs"]) == ("Mails we sent", "1234", "1")
    assert row["Who answers for it"] == "'=HYPERLINK(1)"


def test_an_empty_year_and_none(organisation: Current) -> None:
    client = sitting()
    assert "There was no run in this year." in words_of(
        client.get(reverse("admin:portal_retention_report", args=[1999])).content.decode()
    )
    for year in (0, 99999):
        assert client.get(reverse("admin:portal_retention_report", args=[year])).status_code == 404
        assert client.get(reverse("admin:portal_retention_report_csv", args=[year])).status_code == 404


@pytest.mark.parametrize("group", [SUPPORT, EDITOR])
def test_who_may_not_look_at_runs_reads_no_report(organisation: Current, group: str) -> None:
    client = sitting(group)
    for name in ("report", "report_csv"):
        assert client.get(reverse(f"admin:portal_retention_{name}", args=[2024])).status_code == 403


@pytest.mark.parametrize(
    ("time", "words"), [(0.4, "0.4 s"), (119, "119.0 s"), (120, "2 min"), (3599, "1 h 0 min"), (12000, "3 h 20 min")]
)
def test_times_are_written_as_people_say_them(time: float, words: str) -> None:
    assert in_words(timedelta(seconds=time)) == words
