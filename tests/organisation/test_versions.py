"""The version in force: one query each time, its content parsed once."""

import pytest
from pytest_django import DjangoAssertNumQueries

from portal import append_only
from portal.organisation import loader, versions
from portal.organisation.models import OrganisationVersion
from tests.organisation.conftest import Variant

pytestmark = pytest.mark.django_db


def test_without_a_file_there_is_no_organisation() -> None:
    with pytest.raises(versions.NoOrganisation, match="loadorganisation"):
        versions.current()


def test_the_version_in_force_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    loader.apply(loader.read("openmarket"))
    versions._version.cache_clear()
    with django_assert_num_queries(2):
        first = versions.current()
    with django_assert_num_queries(1):
        second = versions.current()
    assert second.organisation is first.organisation
    assert (second.id, second.number) == (first.id, 1)


def test_a_version_by_its_id_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    loader.apply(loader.read("openmarket"))
    current = versions.current()
    with django_assert_num_queries(1):
        assert versions.get(current.id) == current


def test_a_version_that_never_was_is_not_found() -> None:
    with pytest.raises(OrganisationVersion.DoesNotExist):
        versions.get(4_711)


def test_the_newest_number_is_in_force(variant: Variant) -> None:
    loader.apply(loader.read("openmarket"))
    loader.apply(loader.read(variant('response = "28 days"', 'response = "21 days"')))
    assert versions.current().number == 2


def test_an_id_given_twice_is_not_mistaken_for_its_first_owner() -> None:
    """A rolled back transaction gives its ids back on SQLite."""
    loader.apply(loader.read("openmarket"))
    row = OrganisationVersion.objects.get()
    assert versions.current().organisation.slug == "openmarket"
    with append_only.removed():
        OrganisationVersion.objects.filter(pk=row.pk).update(
            digest="0" * 64, content=row.content.replace("28 days", "9 days")
        )
    assert versions.current().organisation.rights.response.amount == 9


def test_the_memory_for_versions_is_bounded() -> None:
    assert versions._version.cache_info().maxsize == 32


def a_second_version() -> None:
    """The same words again, in force from now."""
    row = OrganisationVersion.objects.get()
    row.pk, row.number, row.digest = None, 2, "2" * 64
    row.save(force_insert=True)


def test_one_request_asks_once_and_says_one_thing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    loader.apply(loader.read("openmarket"))
    versions.current()
    with versions.held():
        with django_assert_num_queries(1):
            first = versions.current()
            assert versions.current() is versions.get(first.id) is first
        a_second_version()
        assert versions.current() is first
    assert versions.current().number == 2


def test_another_version_than_the_one_held_is_read() -> None:
    loader.apply(loader.read("openmarket"))
    first = versions.current()
    a_second_version()
    with versions.held():
        assert versions.current().number == 2
        assert versions.get(first.id).number == 1


def test_an_earlier_version_is_read_once_in_a_request(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    loader.apply(loader.read("openmarket"))
    first = versions.current()
    a_second_version()
    versions.current()
    with versions.held(), django_assert_num_queries(2):
        versions.current()
        assert versions.get(first.id) is versions.get(first.id)


def test_a_flow_within_a_request_holds_what_the_request_holds(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    loader.apply(loader.read("openmarket"))
    with versions.held():
        first = versions.current()
        with versions.held(), django_assert_num_queries(0):
            assert versions.current() is first
        with django_assert_num_queries(0):
            assert versions.current() is first


def test_no_organisation_is_not_held() -> None:
    with versions.held():
        with pytest.raises(versions.NoOrganisation):
            versions.current()
        loader.apply(loader.read("openmarket"))
        assert versions.current().organisation.slug == "openmarket"
