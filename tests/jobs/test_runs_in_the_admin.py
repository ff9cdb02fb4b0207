"""Priya sees which jobs ran and how they ended, and can change nothing about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F
from django.test import Client

from portal.jobs.models import JobRun

pytestmark = pytest.mark.django_db
RUNS = "/admin/jobs/jobrun/"


@pytest.fixture
def priya(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser(email="priya@staff.example", password=None))
    return client


def test_the_list_says_how_each_run_ended_and_how_long_it_took(
    priya: Client, run_started: Callable[..., JobRun]
) -> None:
    run_started(outcome="running", minutes=10)
    took = run_started(outcome="succeeded", minutes=2)
    JobRun.objects.filter(pk=took.pk).update(finished_at=F("started_at") + timedelta(seconds=7))
    page = priya.get(RUNS).text
    assert "did not finish" in page
    assert "7.0 s" in page


@pytest.mark.parametrize(("seconds", "words"), [(0.012, "0.01 s"), (59, "59.0 s"), (252, "4 min 12 s")])
def test_how_long_a_run_took_is_said_in_plain_words(
    priya: Client, run_started: Callable[..., JobRun], seconds: float, words: str
) -> None:
    run = run_started(outcome="succeeded", minutes=9)
    JobRun.objects.filter(pk=run.pk).update(finished_at=F("started_at") + timedelta(seconds=seconds))
    assert words in priya.get(RUNS).text


def test_the_list_is_narrowed_to_one_outcome(priya: Client, run_started: Callable[..., JobRun]) -> None:
    killed = run_started(outcome="running", minutes=10)
    run_started(outcome="succeeded", minutes=2)
    listed = priya.get(RUNS, {"standing": "unfinished"}).context["cl"].queryset
    assert [run.pk for run in listed] == [killed.pk]
    assert priya.get(RUNS, {"standing": "nonsense"}).context["cl"].queryset.count() == 2


def test_a_run_can_be_looked_at_and_not_changed(priya: Client, run_started: Callable[..., JobRun]) -> None:
    run = run_started(minutes=1)
    url = f"{RUNS}{run.pk}/change/"
    assert "test.sweep" in priya.get(url).text
    assert priya.post(url, {"name": "other"}).status_code == 403
    assert priya.get(f"{RUNS}add/").status_code == 403
    assert priya.get(f"{RUNS}{run.pk}/delete/").status_code == 403
