"""Two e-mail addresses are the same when one mailbox must answer to both; nothing is folded beyond that."""

import pytest

from portal.subjects.identity import Fault, InvalidAddress, normalise

LONG_DOMAIN = ".".join(["a" * 60] * 4)


def email(address: str) -> str:
    return normalise("email", address)


def fault(address: str) -> Fault:
    with pytest.raises(InvalidAddress) as caught:
        email(address)
    return caught.value.reason


@pytest.mark.parametrize(
    ("address", "identity"),
    [
        ("joan.archer@example.org", "joan.archer@example.org"),
        ("Joan.Archer@EXAMPLE.Org", "joan.archer@example.org"),
        ("  joan.archer@example.org ", "joan.archer@example.org"),
        ("joan+news@example.org", "joan+news@example.org"),
        ("j.o.a.n@gmail.com", "j.o.a.n@gmail.com"),
        ("o'neil!#$%&*/=?^`{|}~-_@example.org", "o'neil!#$%&*/=?^`{|}~-_@example.org"),
        ("joan@faß.de", "joan@xn--fa-hia.de"),
        ("joan@FASS.de", "joan@fass.de"),
        ("joan@xn--fa-hia.de", "joan@xn--fa-hia.de"),
        ("joan@bücher.example", "joan@xn--bcher-kva.example"),
        ("joan@bu\u0308cher.example", "joan@xn--bcher-kva.example"),
        ("joan@example。org", "joan@example.org"),
        ("ü@example.org", "ü@example.org"),
        ("u\u0308@example.org", "ü@example.org"),
        ("Ü@example.org", "ü@example.org"),
        ("straße@example.org", "straße@example.org"),
        ("İpek@example.org", "i\u0307pek@example.org"),
        ("I\u0307pek@example.org", "i\u0307pek@example.org"),
        ("\u212aelvin@example.org", "kelvin@example.org"),
    ],
)
def test_an_address_has_this_identity(address: str, identity: str) -> None:
    assert email(address) == identity


def test_a_sharp_s_is_not_a_double_s() -> None:
    assert email("joan@faß.de") != email("joan@fass.de")
    assert email("straße@example.org") != email("strasse@example.org")


def test_a_dotted_capital_i_is_not_a_plain_i() -> None:
    assert email("İpek@example.org") != email("ipek@example.org")


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n", "\u2028", "\u2029", "\x85", "\x00", "\x1b", "\x7f", "\t"])
@pytest.mark.parametrize(
    "shape", ["joan{}@example.org", "joan@example.org{}", "{}joan@example.org", "joan@exam{}ple.org"]
)
def test_an_address_that_could_end_a_header_line_is_refused(line_break: str, shape: str) -> None:
    assert fault(shape.format(line_break)) is Fault.CONTROL_CHARACTER


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", Fault.EMPTY),
        ("   ", Fault.EMPTY),
        ("joan", Fault.AT_SIGN),
        ("joan@archer@example.org", Fault.AT_SIGN),
        ("joan@@example.org", Fault.AT_SIGN),
        ("joan archer@example.org", Fault.SPACE),
        ("joan@exam ple.org", Fault.SPACE),
        ("joan\u00a0archer@example.org", Fault.SPACE),
        ("@example.org", Fault.LOCAL_PART),
        (".joan@example.org", Fault.LOCAL_PART),
        ("joan.@example.org", Fault.LOCAL_PART),
        ("joan..archer@example.org", Fault.LOCAL_PART),
        ('"joan"@example.org', Fault.LOCAL_PART),
        ("joan,marek@example.org", Fault.LOCAL_PART),
        ("Joan<joan@example.org>", Fault.LOCAL_PART),
        ("jo\u200ban@example.org", Fault.LOCAL_PART),
        ("jo\u202ean@example.org", Fault.LOCAL_PART),
        ("ü@", Fault.DOMAIN),
        ("joan@localhost", Fault.DOMAIN),
        ("joan@example.org.", Fault.DOMAIN),
        ("joan@.example.org", Fault.DOMAIN),
        ("joan@example..org", Fault.DOMAIN),
        ("joan@[192.0.2.1]", Fault.DOMAIN),
        ("joan@192.0.2.1", Fault.DOMAIN),
        ("joan@-example.org", Fault.DOMAIN),
        ("joan@exam_ple.org", Fault.DOMAIN),
        ("joan@example.org>", Fault.DOMAIN),
        ("joan@xn--zzzzzzz-.org", Fault.DOMAIN),
        ("joan@" + "a" * 64 + ".org", Fault.DOMAIN),
        ("a" * 65 + "@example.org", Fault.TOO_LONG),
        ("ü" * 33 + "@example.org", Fault.TOO_LONG),
        ("a" * 20 + "@" + LONG_DOMAIN, Fault.TOO_LONG),
        ("a" * 388 + "@example.org", Fault.TOO_LONG),
        ("a" * 100_000 + "@example.org", Fault.TOO_LONG),
        ("joan\ud800@example.org", Fault.CONTROL_CHARACTER),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(address: str, reason: Fault) -> None:
    assert fault(address) is reason


def test_the_longest_address_of_254_octets_is_taken() -> None:
    address = "a" * (254 - 1 - len(LONG_DOMAIN)) + "@" + LONG_DOMAIN
    assert len(address) == 254
    assert email(address) == address
    assert fault("a" + address) is Fault.TOO_LONG


def test_the_error_tells_what_to_do_and_never_repeats_the_address() -> None:
    with pytest.raises(InvalidAddress) as caught:
        email("joan.archer@@example.org")
    assert caught.value.message == "An e-mail address has exactly one @, like name@example.org."
    assert "joan" not in str(caught.value) + caught.value.message


def test_every_fault_has_words_for_it() -> None:
    assert all(InvalidAddress(reason).message for reason in Fault)


def test_a_channel_that_does_not_exist_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="fax"):
        normalise("fax", "joan.archer@example.org")
