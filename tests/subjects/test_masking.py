"""A masked address is recognised by its owner and tells nobody else who that is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.subjects.masking import masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("joan.archer@example.org", "j•••@example.org"),
        ("Joan.Archer@Example.org", "J•••@Example.org"),
        ("j@example.org", "j•••@example.org"),
        ("ü@example.org", "ü•••@example.org"),
        ("+joan@example.org", "•••@example.org"),
        ("two@at@example.org", "t•••@example.org"),
        ("joan@", "•••"),
        ("joan@exam\nple.org", "•••"),
        ("@", "•••"),
        ("", "•••"),
        ("+44 7700 900123", "•••23"),
        ("12345", "•••"),
    ],
)
def test_an_address_is_shown_like_this(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_of_a_postal_address_nothing_is_shown_even_with_an_at_sign_in_it() -> None:
    assert masked("Joan Archer\n1 High Street @ Norwich", "post") == "•••"


@given(st.text(min_size=1, max_size=40), st.from_regex(r"[a-z]{1,10}\.org", fullmatch=True))
@settings(max_examples=200)
def test_never_more_than_the_first_letter_of_the_local_part(local_part: str, domain: str) -> None:
    shown, _at, shown_domain = masked(f"{local_part}@{domain}").rpartition("@")
    assert shown_domain == domain
    assert shown.replace("•••", "") in {"", local_part[0]}


@given(st.text(max_size=60), st.sampled_from([None, "email", "sms", "phone", "post"]))
@settings(max_examples=200)
def test_any_text_can_be_masked_and_never_breaks_a_line(text: str, channel: str | None) -> None:
    shown = masked(text, channel)
    assert "•••" in shown
    assert shown.isprintable()
