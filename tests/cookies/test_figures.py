"""What staff see of everybody's choices: numbers by site, category and week, none of them small, none of them good."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from consent.cookies import figures
from consent.cookies.choice_cookie import new_key
from consent.cookies.flows import Save, save
from consent.cookies.models import Refusals
from consent.cookies.vocabulary import Means
from portal import bars
from portal.database import database_now
from portal.organisation import versions
from portal.organisation.versions import Current
from tests.preferences.conftest import new_version, words_of

pytestmark = pytest.mark.django_db


def presses(number: int, **choices: bool) -> None:
    """So many people on the website give the same answer, each for the first time."""
    for _ in range(number):
        save(Save(site="www", version=1, choices=choices, means=Means.SCRIPT, key=new_key()))


def today() -> date:
    return database_now().date()


def next_week() -> date:
    """A day from which this week is over."""
    return today() + timedelta(weeks=1)


def weeks_of(category: str, day: date | None = None) -> list[figures.Week]:
    site = next(site for site in figures.by_site(day or next_week()) if site.title == "Website and shop")
    return next(series.weeks for series in site.series if series.title == category)


def answers(category: str) -> tuple[int | None, int | None]:
    """This week's."""
    week = weeks_of(category)[-1]
    return week.allowed, week.refused


def test_a_week_counts_what_was_allowed_and_what_was_refused(organisation: Current) -> None:
    presses(12, analytics=True)
    presses(10)

    assert answers("Counting visits") == (12, 10)


def test_a_refusal_refuses_every_category_of_its_site(organisation: Current) -> None:
    presses(11, analytics=True, functionality=True)
    presses(10, sharing=True)
    presses(13)

    assert answers("Your settings") == (11, 23)
    assert answers("Social media and advertising") == (10, 24)


@pytest.mark.parametrize(("allowed", "refused"), [(9, 30), (30, 9), (0, 30), (0, 0)])
def test_where_either_number_is_under_ten_neither_is_shown(organisation: Current, allowed: int, refused: int) -> None:
    presses(allowed, analytics=True)
    presses(refused)

    assert answers("Counting visits") == (None, None)


def test_a_file_that_asks_for_more_people_hides_more(organisation: Current) -> None:
    new_version(organisation, lambda content: content["reports"].update(fewest_people=12))
    presses(12, analytics=True, functionality=True)
    presses(11, analytics=True)
    presses(13)

    assert answers("Counting visits") == (23, 13)
    assert answers("Your settings") == (12, 24)
    presses(1)
    new_version(versions.current(), lambda content: content["reports"].update(fewest_people=13))
    assert answers("Your settings") == (None, None)


def test_a_running_week_is_not_shown_so_that_no_press_is_found_by_looking_twice(organisation: Current) -> None:
    presses(10, analytics=True)
    presses(10)

    assert weeks_of("Counting visits", today())[-1].monday < today() - timedelta(days=today().weekday())
    assert {week.allowed for week in weeks_of("Counting visits", today())} == {None}


def test_other_sites_and_older_weeks_are_counted_by_themselves(organisation: Current) -> None:
    presses(10, analytics=True)
    presses(10)
    Refusals.objects.update(day=today() - timedelta(weeks=1))

    assert answers("Counting visits") == (None, None)
    assert answers("Counting visits") == answers("Your settings")


def test_twelve_weeks_are_shown_each_from_its_monday(organisation: Current) -> None:
    mondays = [week.monday for week in weeks_of("Counting visits", date(2026, 3, 18))]

    assert mondays[0] == date(2025, 12, 22)
    assert mondays[-1] == date(2026, 3, 9)
    assert len(mondays) == 12


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_where_nothing_is_asked_there_is_nothing_to_count(organisation: Current) -> None:
    assert figures.by_site(today()) == []


def test_no_list_at_the_desk_shows_the_small_numbers_that_the_figures_hide(
    organisation: Current, priya: Client
) -> None:
    presses(2)

    assert not admin.site.is_registered(Refusals)
    assert "refusals" not in priya.get(reverse("admin:index")).content.decode().lower()


def test_both_answers_are_drawn_alike() -> None:
    series = figures.Series(
        "Counting visits", [figures.Week(date(2026, 3, 9), 10, 40), figures.Week(date(2026, 3, 16))]
    )

    (allowed, refused), nothing = series.chart.columns
    assert (allowed.kind, allowed.height, allowed.width) == ("allowed", 25, bars.BAR)
    assert (refused.kind, refused.height, refused.width) == ("refused", 100, bars.BAR)
    assert nothing == []


@pytest.fixture
def priya() -> Client:
    """The privacy officer."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("priya@staff.example", "a long enough password"))
    return client


def seen_next_week(client: Client) -> str:
    with time_machine.travel(datetime.now(UTC) + timedelta(weeks=1)):
        return client.get(reverse("admin:consent_cookies_figures")).content.decode()


def test_the_page_shows_the_numbers_beside_the_chart_and_no_rate(organisation: Current, priya: Client) -> None:
    presses(12, analytics=True)
    presses(10)

    page = seen_next_week(priya)

    assert len(re.findall("<rect ", page)) == 2
    assert "<td>12</td>" in page
    assert "<td>10</td>" in page
    assert "%" not in page.partition('id="content-main"')[2].partition("</main>")[0]
    assert 'style="' not in page


def test_the_bars_of_a_week_stand_over_its_numbers(organisation: Current, priya: Client) -> None:
    presses(12, analytics=True)
    presses(10)

    page = seen_next_week(priya)

    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    chart, allowed, refused = (row for row in rows if len(row) >= 12)
    assert ["<rect" in cell for cell in chart[1:]] == [number != "–" for number in allowed]
    assert [cell.count("<rect") for cell in chart] == [0] * 12 + [2]
    assert (allowed[-1], refused[-1]) == ("12", "10")


def test_a_category_with_one_small_number_is_not_said_to_have_two(organisation: Current, priya: Client) -> None:
    presses(30, analytics=True)
    presses(2)

    page = words_of(seen_next_week(priya))

    assert "Counting visits In each of the last twelve weeks that are over, at least one of the two" in page
    assert "Under 10 in every week" not in page
