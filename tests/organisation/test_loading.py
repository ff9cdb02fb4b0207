"""``loadorganisation``: the difference is shown, then applied, in one transaction, once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from portal.organisation import changes, loader, versions
from portal.organisation.models import OrganisationVersion, Topic
from portal.organisation.problems import OrganisationFileError, Problem
from portal.organisation.schema import Basis, Organisation
from tests.organisation.conftest import Variant

NEWSLETTER = (
    "[topics.newsletter]\n",
    "[topics.letter]\n",
)
# Renaming the topic where it is offered too.
OFFERED = ('topics = ["newsletter", ', 'topics = ["letter", ')


def load(organisation: str | Path, *options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("loadorganisation", str(organisation), *options, stdout=out, no_color=True)
    return out.getvalue()


def without_the_newsletter(variant: Variant) -> Path:
    """OpenMarket's file in which the newsletter has another code."""
    path = variant(*NEWSLETTER)
    path.write_text(path.read_text().replace(*OFFERED))
    return path


@pytest.mark.django_db
def test_the_first_load_shows_the_file_and_makes_version_one() -> None:
    said = load("openmarket")
    assert "+ topics: newsletter, offers, product-alerts, technical-alerts" in said
    assert said.endswith("OpenMarket: version 1 is in force.\n")
    version = OrganisationVersion.objects.get()
    assert (version.number, version.slug, str(version)) == (1, "openmarket", "openmarket, version 1")
    assert versions.current().organisation == loader.read("openmarket")


@pytest.mark.django_db
def test_topics_become_rows() -> None:
    load("openmarket")
    assert {(topic.code, str(topic), topic.purpose) for topic in Topic.objects.filter(retired_in=None)} == {
        ("newsletter", "OpenMarket Newsletter", "news"),
        ("offers", "Marketing offers", "offers"),
        ("product-alerts", "Product alerts", "alerts"),
        ("technical-alerts", "Technical alerts", "alerts"),
    }


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_says_so() -> None:
    load("openmarket")
    assert load("openmarket") == "Nothing changed: version 1 of OpenMarket is in force already.\n"
    assert OrganisationVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_change_is_shown_and_stored_with_its_version(variant: Variant) -> None:
    load("openmarket")
    said = load(variant('response = "28 days"', 'response = "21 days"'))
    assert said == "~ [rights] response: “28 days” → “21 days”\nOpenMarket: version 2 is in force.\n"
    assert OrganisationVersion.objects.get(number=2).difference == ["~ [rights] response: “28 days” → “21 days”"]


@pytest.mark.django_db
def test_check_shows_and_applies_nothing(variant: Variant) -> None:
    said = load("openmarket", "--check")
    assert said.endswith("changes; nothing was applied.\n")
    assert not OrganisationVersion.objects.exists()
    load("openmarket")
    assert load("openmarket", "--check") == "Nothing would change.\n"
    assert load(variant('response = "28 days"', 'response = "21 days"'), "--check") == (
        "~ [rights] response: “28 days” → “21 days”\n1 change; nothing was applied.\n"
    )
    assert OrganisationVersion.objects.count() == 1


@pytest.mark.django_db
def test_an_old_version_says_what_it_said(variant: Variant) -> None:
    load("openmarket")
    first = versions.current()
    load(variant('response = "28 days"', 'response = "21 days"'))
    assert versions.get(first.id).organisation.rights.response.amount == 28
    assert versions.current().organisation.rights.response.amount == 21


@pytest.mark.django_db
def test_a_topic_that_left_the_file_is_retired_and_comes_back_as_itself(variant: Variant) -> None:
    load("openmarket")
    assert "- [topics] newsletter" in load(without_the_newsletter(variant))
    retired = Topic.objects.get(code="newsletter")
    assert retired.retired_in is not None
    assert (retired.first_version.number, retired.retired_in.number) == (1, 2)
    assert Topic.objects.get(code="letter").first_version.number == 2
    load("openmarket")
    back = Topic.objects.get(code="newsletter")
    assert (back.first_version.number, back.retired_in) == (1, None)
    letter = Topic.objects.get(code="letter")
    assert letter.retired_in is not None
    assert letter.retired_in.number == 3


@pytest.mark.django_db
def test_a_topic_stays_retired_in_the_version_that_retired_it(variant: Variant) -> None:
    load("openmarket")
    path = without_the_newsletter(variant)
    load(path)
    path.write_text(path.read_text().replace('response = "28 days"', 'response = "21 days"'))
    load(path)
    retired = Topic.objects.get(code="newsletter")
    assert retired.retired_in is not None
    assert retired.retired_in.number == 2


@pytest.mark.django_db
def test_a_renamed_topic_keeps_its_code(variant: Variant) -> None:
    load("openmarket")
    load(variant('title = "OpenMarket Newsletter"', 'title = "The Letter"'))
    assert Topic.objects.get(code="newsletter").title == "The Letter"


@pytest.mark.django_db
def test_a_database_belongs_to_one_organisation() -> None:
    load("openmarket")
    with pytest.raises(
        CommandError, match=r"open-e: slug: This database belongs to 'openmarket', the file to 'open-e'\."
    ):
        load("open-e")
    with pytest.raises(CommandError, match="belongs to 'openmarket'"):
        load("open-e", "--check")
    assert versions.current().organisation.slug == "openmarket"


@pytest.mark.django_db
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_fault_changes_nothing(variant: Variant, options: tuple[str, ...]) -> None:
    load("openmarket")
    with pytest.raises(CommandError, match=r"ours\.toml: \[look\] brand: 'red' is no colour.*\nNothing was changed\."):
        load(variant('brand = "#d6451b"', 'brand = "red"'), *options)
    assert OrganisationVersion.objects.count() == 1


def _no_change_of_basis(old: Organisation, new: Organisation) -> Iterable[Problem]:
    """Stands in for the ledger: everybody is subscribed to everything."""
    for code, purpose in new.purposes.items():
        before = old.purposes.get(code)
        if before and before.basis is not purpose.basis and purpose.basis_change is None:
            yield Problem("", f"purposes.{code}", "basis", "12 people are subscribed.", "Add basis_change.")


CONSENT = 'basis = "consent"\nkind = "notice"'
INTEREST = 'basis = "legitimate_interests"\ninterest = "x"\nkind = "notice"'


@pytest.mark.django_db
@pytest.mark.usefixtures("only_our_checks")
def test_an_upper_app_may_refuse_a_change(variant: Variant) -> None:
    load("openmarket")
    changes.register_check(_no_change_of_basis)
    with pytest.raises(CommandError, match=r"ours\.toml: \[purposes\.alerts\] basis: 12 people are subscribed\. Add"):
        load(variant(CONSENT, INTEREST))
    assert OrganisationVersion.objects.count() == 1
    changed = '\nbasis_change = {from = "consent", treatment = "ask_again"}'
    load(variant(CONSENT, INTEREST + changed))
    assert versions.current().organisation.purposes["alerts"].basis is Basis.LEGITIMATE_INTERESTS


@pytest.mark.django_db
@pytest.mark.usefixtures("only_our_checks")
def test_checks_are_not_asked_about_a_first_file_nor_about_no_change() -> None:
    asked: list[tuple[str, str]] = []

    def check(old: Organisation, new: Organisation) -> Iterable[Problem]:
        asked.append((old.slug, new.slug))
        return []

    changes.register_check(check)
    load("openmarket")
    load("openmarket")
    assert asked == []


@pytest.mark.usefixtures("only_our_checks")
def test_a_check_is_registered_once_and_can_be_taken_back() -> None:
    changes.register_check(_no_change_of_basis)
    changes.register_check(_no_change_of_basis)
    assert changes._checks == [_no_change_of_basis]
    changes.unregister_check(_no_change_of_basis)
    assert changes._checks == []


@pytest.mark.django_db
def test_a_failure_half_way_leaves_the_old_version(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    load("openmarket")

    def fail(*_: object) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(loader, "_update_topics", fail)
    with pytest.raises(CommandError, match=r"The database does not answer as it should.*disk is full"):
        load(variant('response = "28 days"', 'response = "21 days"'))
    assert versions.current().number == 1


def _at_once(*works: Callable[[], object]) -> list[object]:
    """Runs each in a thread with a connection of its own; what each returned or raised."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = work()
        except OrganisationFileError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_many_sides_is_one_version() -> None:
    organisation = loader.read("openmarket")
    results = _at_once(*[lambda: loader.apply(organisation)] * 6)
    assert sum(bool(result.changes) for result in results if isinstance(result, loader.Applied)) == 1
    assert OrganisationVersion.objects.count() == 1
    assert Topic.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_different_versions_at_once_follow_each_other(variant: Variant) -> None:
    loader.apply(loader.read("openmarket"))
    files = [loader.read(variant('response = "28 days"', f'response = "{days} days"')) for days in (10, 11, 12, 13)]
    _at_once(*[lambda file=file: loader.apply(file) for file in files])
    assert sorted(OrganisationVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_of_two_organisations_at_once_one_wins_and_the_other_is_refused() -> None:
    one, other = loader.read("openmarket"), loader.read("open-e")
    results = _at_once(lambda: loader.apply(one), lambda: loader.apply(other))
    assert {type(result) for result in results} == {loader.Applied, OrganisationFileError}
    assert OrganisationVersion.objects.count() == 1


def _manage(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}", "DEMO": "1"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_an_error_ends_the_command_with_status_one_and_no_trace(tmp_path: Path) -> None:
    ended = _manage(tmp_path, "loadorganisation", "openmarkt")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("CommandError: openmarkt: No organisation of this name ships.")
    assert "Traceback" not in ended.stderr


def test_a_database_that_was_never_migrated_is_one_line(tmp_path: Path) -> None:
    ended = _manage(tmp_path, "loadorganisation", "openmarket")
    assert ended.returncode == 1
    assert "has it been migrated?" in ended.stderr
    assert "Traceback" not in ended.stderr
