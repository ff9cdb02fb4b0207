"""Phone numbers compare as E.164, postal addresses by name and place. Numbers are of ranges Ofcom keeps for fiction."""

import pytest

from portal.subjects.identity import LONGEST, Fault, InvalidAddress, normalise, tidied


def fault(channel: str, address: str, country: str | None = None) -> Fault:
    with pytest.raises(InvalidAddress) as caught:
        normalise(channel, address, country=country)
    return caught.value.reason


@pytest.mark.parametrize("channel", ["sms", "phone"])
@pytest.mark.parametrize(
    "number",
    [
        "+447700900123",
        "+44 7700 900 123",
        "+44 (0)7700 900123",
        "+44 (0) 7700-900.123",
        "0044 7700 900123",
        "\u202a+44 7700 900123\u202c",
        "＋４４ 7700 900123",
        "+44\u20117700\u2011900123",
    ],
)
def test_one_number_in_many_spellings_is_one_identity(channel: str, number: str) -> None:
    assert normalise(channel, number) == "+447700900123"


@pytest.mark.parametrize(
    ("number", "country", "identity"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("(01632) 960001", "GB", "+441632960001"),
        ("1 (212) 555-0123", "US", "+12125550123"),
        ("212-555-0123", "US", "+12125550123"),
        ("601 234 567", "PL", "+48601234567"),
        ("+48 601 234 567", "GB", "+48601234567"),
    ],
)
def test_a_number_written_as_at_home_gets_its_country_code(number: str, country: str, identity: str) -> None:
    assert normalise("sms", number, country=country) == identity


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", Fault.EMPTY),
        ("07700 900123", Fault.COUNTRY_CODE),
        ("+44 7700", Fault.NUMBER),
        ("+0 7700 900123", Fault.NUMBER),
        ("+44 7700 900123 45678", Fault.NUMBER),
        ("+44 7700 CALLME", Fault.NUMBER),
        ("call me", Fault.NUMBER),
        ("+44 7700 900123 ext 4", Fault.NUMBER),
        ("+44\r\n7700900123", Fault.CONTROL_CHARACTER),
        ("+44\x007700900123", Fault.CONTROL_CHARACTER),
        ("1" * 501, Fault.TOO_LONG),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(number: str, reason: Fault) -> None:
    assert fault("phone", number) is reason


@pytest.mark.parametrize(
    "address",
    [
        "Joan Archer\n1 High Street\nNorwich NR1 3PA",
        "Joan Archer\r\n1 High Street\r\nNorwich NR1 3PA\r\n",
        "JOAN ARCHER, 1 HIGH STREET, NORWICH NR1 3PA",
        "Joan  Archer;1 High Street. Norwich  NR1 3PA",
    ],
)
def test_one_postal_address_in_many_spellings_is_one_identity(address: str) -> None:
    assert normalise("post", address) == "joan archer, 1 high street norwich nr1 3pa"


def test_capitals_on_an_envelope_do_not_make_another_street() -> None:
    assert normalise("post", "Joan Archer\nHauptstraße 1") == normalise("post", "JOAN ARCHER\nHAUPTSTRASSE 1")


def test_two_people_of_one_household_are_two_identities() -> None:
    assert normalise("post", "Joan Archer\n1 High Street") != normalise("post", "Tom Archer\n1 High Street")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("1 High Street", Fault.ADDRESSEE),
        (".,.", Fault.ADDRESSEE),
        ("Joan Archer,", Fault.ADDRESSEE),
        ("Joan\x00Archer\n1 High Street", Fault.CONTROL_CHARACTER),
        ("Joan Archer\n" + "ß" * 300, Fault.TOO_LONG),
        ("a" * (LONGEST + 1), Fault.TOO_LONG),
    ],
)
def test_what_no_letter_can_reach_is_refused_with_its_reason(address: str, reason: Fault) -> None:
    assert fault("post", address) is reason


def test_an_address_is_kept_as_given_without_the_blanks_around_it() -> None:
    assert tidied("email", " Joan.Archer@Example.org ") == "Joan.Archer@Example.org"
    assert tidied("post", " Joan Archer \r\n\r\n 1 High Street\n") == "Joan Archer\n1 High Street"
