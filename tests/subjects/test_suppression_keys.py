"""Keys change; nobody who said stop is lost by it."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from portal.subjects import checks, suppression
from portal.subjects.models import Suppression
from tests.subjects.conftest import JOAN

pytestmark = pytest.mark.django_db

JOANS = ("email", JOAN)
OLD = {"old": "o" * 40}
BOTH = {"new": "n" * 40, "old": "o" * 40}


@pytest.fixture
def entry(settings: Settings) -> Suppression:
    """Joan's stop, made with the old key at position 5."""
    settings.SUPPRESSION_KEYS = OLD
    return suppression.suppress(JOANS, suppression.MARKETING, 5, "opt-out")


def test_a_new_key_makes_another_digest(settings: Settings, entry: Suppression) -> None:
    settings.SUPPRESSION_KEYS = BOTH
    other = suppression.suppress(JOANS, "topic:news", 5, "opt-out")
    assert (entry.key_id, other.key_id) == ("old", "new")
    assert entry.digest != other.digest


def test_what_an_older_key_made_is_still_found(settings: Settings, entry: Suppression) -> None:
    settings.SUPPRESSION_KEYS = BOTH
    assert suppression.suppressions(*JOANS) == [entry]


@pytest.mark.parametrize(("position", "stands"), [(3, 5), (9, 9)])
def test_said_again_it_is_made_anew_with_the_key_in_use(
    settings: Settings, entry: Suppression, position: int, stands: int
) -> None:
    settings.SUPPRESSION_KEYS = BOTH
    suppression.suppress(JOANS, suppression.MARKETING, position, "opt-out")
    only = Suppression.objects.get()
    assert (only.key_id, only.position) == ("new", stands)
    assert suppression.missing_keys() == []


def test_two_entries_of_two_keys_count_as_one_at_the_latest_position(settings: Settings, entry: Suppression) -> None:
    settings.SUPPRESSION_KEYS = {"new": BOTH["new"]}
    suppression.suppress(JOANS, suppression.MARKETING, 3, "opt-out")
    settings.SUPPRESSION_KEYS = BOTH
    assert [found.position for found in suppression.suppressions(*JOANS)] == [5]


def test_without_a_key_that_made_live_entries_nothing_is_looked_up(settings: Settings, entry: Suppression) -> None:
    settings.SUPPRESSION_KEYS = {"new": BOTH["new"]}
    with pytest.raises(suppression.MissingKey, match="SUPPRESSION_KEYS lacks old"):
        suppression.suppressions(*JOANS)


def test_the_check_names_the_missing_key(settings: Settings, entry: Suppression) -> None:
    assert checks.check_no_key_is_missing(databases=["default"]) == []
    settings.SUPPRESSION_KEYS = {"new": BOTH["new"]}
    (error,) = checks.check_no_key_is_missing(databases=["default"])
    assert error.id == "subjects.E002"
    assert "lacks old" in error.msg


def test_the_check_runs_where_a_database_is_named(settings: Settings, entry: Suppression) -> None:
    settings.SUPPRESSION_KEYS = {"new": BOTH["new"]}
    with pytest.raises(SystemCheckError, match=r"subjects\.E002"):
        call_command("check", databases=["default"], tags=["database"])
    call_command("check", tags=["database"])


def test_before_the_first_migration_there_is_nothing_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Suppression._meta, "db_table", "not_there_yet")
    assert checks.check_no_key_is_missing(databases=["default"]) == []


@pytest.mark.parametrize("shared", ["SECRET_KEY", "LINK_KEYS"])
def test_a_suppression_key_that_is_used_elsewhere_is_an_error(settings: Settings, shared: str) -> None:
    settings.DEMO = False
    settings.SUPPRESSION_KEYS = OLD
    assert checks.check_keys_are_of_their_own() == []
    setattr(settings, shared, OLD["old"] if shared == "SECRET_KEY" else {"a": OLD["old"]})
    (error,) = checks.check_keys_are_of_their_own()
    assert error.id == "subjects.E001"
    assert OLD["old"] not in str(error)


def test_the_demo_may_share_its_one_secret(settings: Settings) -> None:
    settings.DEMO = True
    settings.SECRET_KEY = OLD["old"]
    settings.SUPPRESSION_KEYS = OLD
    assert checks.check_keys_are_of_their_own() == []
