"""An address may be added, changed and given up; what was sent to the old one never speaks for the new one."""

import pytest

from portal.subjects import flows
from portal.subjects.identity import InvalidAddress
from portal.subjects.models import Channel, ContactPoint
from tests.subjects.conftest import JOAN, MAREK

NEW = "joan@archer.example"


def change(point: ContactPoint, address: str) -> ContactPoint:
    return flows.change_address(point, address, context="account", source="person")


def add(point: ContactPoint, address: str, channel: str = Channel.EMAIL) -> ContactPoint:
    return flows.add_address(point.subject, channel, address, context="account", source="person")


def test_a_second_address_is_the_same_persons_and_not_proved(joan: ContactPoint) -> None:
    second = add(joan, NEW)
    assert second.subject == joan.subject
    assert second.proved_at is None
    assert second.provenances.get().context == "account"


def test_adding_an_address_twice_finds_it(joan: ContactPoint) -> None:
    assert add(joan, NEW) == add(joan, NEW.upper())


def test_somebody_elses_address_cannot_be_added(joan: ContactPoint, marek: ContactPoint) -> None:
    with pytest.raises(flows.AddressInUse) as caught:
        add(joan, MAREK)
    assert caught.value.contact_point == marek
    assert "marek" not in f"{caught.value}{caught.value.message}"


def test_an_address_for_a_merged_record_goes_to_the_one_that_speaks_for_it(
    joan: ContactPoint, marek: ContactPoint
) -> None:
    from portal.subjects import merging

    merging.merge(joan.subject, marek.subject)
    assert add(marek, NEW).subject == joan.subject


def test_a_changed_address_is_a_new_point_and_the_old_one_is_given_up(joan: ContactPoint) -> None:
    new = change(joan, NEW)
    joan.refresh_from_db()
    assert new.pk != joan.pk
    assert new.subject == joan.subject
    assert (new.proved_at, new.retired_at) == (None, None)
    assert joan.retired_at is not None
    assert flows.find(Channel.EMAIL, JOAN) is None


def test_another_spelling_changes_only_what_is_written_to(joan: ContactPoint) -> None:
    same = change(joan, " Joan.ARCHER@example.org ")
    joan.refresh_from_db()
    assert same == joan
    assert joan.address == "Joan.ARCHER@example.org"
    assert (joan.identity, joan.retired_at) == (JOAN, None)
    assert joan.proved_at is not None


def test_a_change_to_somebody_elses_address_changes_nothing(joan: ContactPoint, marek: ContactPoint) -> None:
    with pytest.raises(flows.AddressInUse):
        change(joan, MAREK)
    assert flows.find(Channel.EMAIL, JOAN) == joan
    assert flows.find(Channel.EMAIL, MAREK) == marek


def test_a_change_to_no_address_changes_nothing(joan: ContactPoint) -> None:
    with pytest.raises(InvalidAddress):
        change(joan, "joan@@archer.example")
    assert flows.find(Channel.EMAIL, JOAN) == joan


def test_whoever_is_reached_at_an_address_given_up_is_somebody_new(joan: ContactPoint) -> None:
    change(joan, NEW)
    stranger = flows.reach(Channel.EMAIL, JOAN, context="form", source="person")
    assert stranger.subject != joan.subject
    assert ContactPoint.objects.at(Channel.EMAIL, JOAN).count() == 2


def test_giving_up_an_address_twice_keeps_the_first_date(joan: ContactPoint) -> None:
    flows.retire(joan)
    first = joan.retired_at
    flows.retire(joan)
    assert first is not None
    assert joan.retired_at == first


def test_changing_back_is_a_third_point_that_must_be_proved_again(joan: ContactPoint) -> None:
    back = change(change(joan, NEW), JOAN)
    assert back != joan
    assert back.proved_at is None
    assert back.subject == joan.subject
