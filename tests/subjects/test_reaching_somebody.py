"""Whoever is reached at an address is one person, known once, with every place the address came from."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from portal.organisation.versions import Current
from portal.subjects import flows
from portal.subjects.identity import InvalidAddress
from portal.subjects.models import AddressKind, Channel, ContactPoint, Subject, SubscriberKind
from tests.subjects.conftest import JOAN

pytestmark = pytest.mark.django_db


def reach(address: str = JOAN, **details: str) -> ContactPoint:
    said: dict[str, Any] = {"context": "form", "source": "person", **details}
    return flows.reach(Channel.EMAIL, address, **said)


def test_somebody_new_gets_a_record_and_an_address_that_is_not_proved() -> None:
    point = reach("Joan.Archer@Example.org", language="de")
    assert point.subject == Subject.objects.get()
    assert point.subject.language == "de"
    assert (point.address, point.identity) == ("Joan.Archer@Example.org", JOAN)
    assert point.proved_at is None
    assert point.created_at is not None


def test_the_same_mailbox_in_another_spelling_is_the_same_person() -> None:
    first = reach("Joan.Archer@Example.org")
    second = reach("joan.archer@EXAMPLE.ORG", language="de")
    assert second == first
    assert second.address == "Joan.Archer@Example.org", "mail goes to the address as first given"
    assert second.subject.language == "en-gb"
    assert Subject.objects.count() == ContactPoint.objects.count() == 1


def test_one_number_is_a_point_of_its_own_on_each_channel() -> None:
    text = flows.reach(Channel.SMS, "+44 7700 900123", context="form", source="person")
    call = flows.reach(Channel.PHONE, "+44 7700 900123", context="form", source="person")
    assert text.identity == call.identity
    assert text != call


@pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)
def test_a_number_without_country_code_is_one_of_the_organisations_country(organisation: Current) -> None:
    assert organisation.organisation.law.country == "GB"
    assert flows.identity_of(Channel.SMS, "07700 900123") == "+447700900123"


def test_before_an_organisation_is_loaded_a_number_needs_its_country_code() -> None:
    with pytest.raises(InvalidAddress):
        flows.identity_of(Channel.PHONE, "07700 900123")


def test_each_context_is_noted_once() -> None:
    for context in ("form", "forum", "form"):
        point = reach(context=context, detail="/whitepaper/")
    assert sorted(point.provenances.values_list("context", "source", "detail")) == [
        ("form", "person", "/whitepaper/"),
        ("forum", "person", "/whitepaper/"),
    ]


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ((AddressKind.UNKNOWN, AddressKind.BUSINESS), AddressKind.BUSINESS),
        ((AddressKind.BUSINESS, AddressKind.UNKNOWN), AddressKind.BUSINESS),
        ((AddressKind.BUSINESS, AddressKind.PERSONAL), AddressKind.PERSONAL),
        ((AddressKind.PERSONAL, AddressKind.BUSINESS), AddressKind.PERSONAL),
    ],
)
def test_of_two_statements_about_an_address_the_more_protective_stands(said: tuple[str, str], stands: str) -> None:
    for address_kind in said:
        reach(address_kind=address_kind)
    assert ContactPoint.objects.get().address_kind == stands


def test_an_individual_subscriber_does_not_become_a_company() -> None:
    reach(subscriber_kind=SubscriberKind.INDIVIDUAL)
    assert reach(subscriber_kind=SubscriberKind.CORPORATE).subscriber_kind == SubscriberKind.INDIVIDUAL


def test_no_address_leaves_nothing_behind() -> None:
    with pytest.raises(InvalidAddress):
        reach("joan.archer@example.org\r\nBcc: marek.nowak@example.com")
    assert not Subject.objects.exists()


def test_somebody_unknown_is_not_found() -> None:
    assert flows.find(Channel.EMAIL, "marek.nowak@example.com") is None


def test_somebody_known_is_found_in_any_spelling(joan: ContactPoint) -> None:
    assert flows.find(Channel.EMAIL, "JOAN.Archer@example.org") == joan


def test_proving_an_address_notes_when_by_the_databases_clock(joan: ContactPoint) -> None:
    first = joan.proved_at
    flows.prove(joan)
    assert first is not None
    assert joan.proved_at is not None
    assert joan.proved_at >= first >= joan.created_at


def test_a_person_known_already_costs_two_statements(
    joan: ContactPoint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # contact point with subject, provenance unless it is known
        reach()


def test_the_querysets_read_as_they_select(joan: ContactPoint, marek: ContactPoint) -> None:
    flows.retire(marek)
    Subject.objects.filter(pk=joan.subject_id).update(restricted_at=joan.created_at)
    Subject.objects.filter(pk=marek.subject_id).update(erased_at=joan.created_at)
    assert list(ContactPoint.objects.current().on(Channel.EMAIL).proved()) == [joan]
    assert list(ContactPoint.objects.retired()) == [marek]
    assert list(Subject.objects.living()) == list(Subject.objects.restricted()) == [joan.subject]
    assert list(Subject.objects.erased()) == [marek.subject]
    assert not Subject.objects.absorbed().exists()


def test_a_record_says_its_number_and_never_an_address(joan: ContactPoint) -> None:
    words = f"{joan} {joan.subject} {joan.provenances.get()}"
    assert str(joan.subject_id) in words
    assert "joan" not in words


def test_what_was_only_typed_is_more_than_typed_once_it_is_given_in_another_way() -> None:
    said: dict[str, Any] = {"context": "account", "source": "person"}
    point = flows.reach(Channel.EMAIL, JOAN, **said, typed=True)
    assert point.provenances.get().typed
    seen_at = point.provenances.get().seen_at
    flows.reach(Channel.EMAIL, JOAN, **said)
    flows.reach(Channel.EMAIL, JOAN, **said, typed=True)
    assert not point.provenances.get().typed
    assert point.provenances.get().seen_at == seen_at
