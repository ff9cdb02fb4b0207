"""Pages and the desk say what the clock on the organisation's own wall says."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from portal.jobs.models import JobRun
from portal.organisation import versions
from portal.organisation.local_time import wall_clock
from portal.organisation.versions import Current

MOMENT = datetime(2026, 12, 23, 23, 0, tzinfo=UTC)


def written(moment: datetime = MOMENT) -> str:
    return Template("{{ moment|date:'j F Y, H:i e' }}").render(Context({"moment": moment}))


def test_a_moment_is_written_in_the_time_zone_of_the_file(organisation: Current) -> None:
    with wall_clock():
        assert str(timezone.get_current_timezone()) == "Europe/Berlin"
        assert written() == "24 December 2026, 00:00 CET"
        typed = timezone.make_aware(datetime(2026, 12, 24, 0, 0))
    assert typed == MOMENT


@pytest.mark.django_db
def test_without_an_organisation_it_is_utc() -> None:
    with wall_clock():
        assert written() == "23 December 2026, 23:00 UTC"


def test_a_page_without_times_asks_nothing(organisation: Current, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0), wall_clock():  # type: ignore[operator]  # the fixture's type is not public
        pass


def test_with_the_database_away_the_last_known_zone_stands_in(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wall_clock():
        before = written()

    def away() -> Current:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(versions, "current", away)
    with wall_clock():
        assert written() == before


def test_the_desk_shows_the_organisations_time(organisation: Current, admin_client: Client) -> None:
    run = JobRun.objects.create(name="test.sweep", started_at=MOMENT, finished_at=MOMENT, outcome="succeeded")
    page = admin_client.get(f"/admin/jobs/jobrun/{run.pk}/change/").content.decode()
    assert "24 Dec 2026, 00:00" in page.replace("December", "Dec")
    assert "23 Dec" not in page.replace("December", "Dec")
