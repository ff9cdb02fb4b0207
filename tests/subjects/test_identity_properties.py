"""What holds for every address anybody may type."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.subjects.identity import LONGEST, InvalidAddress, normalise
from portal.subjects.models import Channel

CHANNELS = st.sampled_from(Channel.values)
LABELS = st.from_regex(r"[a-z0-9]{1,10}|[a-zßäöüéłİςσ]{1,8}", fullmatch=True)
EMAILS = st.builds(
    lambda local, labels: f"{local}@{'.'.join(labels)}.org",
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.lists(LABELS, min_size=1, max_size=3),
)
NUMBERS = st.from_regex(r"(\+|00)[1-9][0-9 ()./-]{5,16}", fullmatch=True)
LETTERS = st.text(min_size=3, max_size=40).map(lambda text: f"Joan Archer\n{text}")
ADDRESSES = st.one_of(EMAILS, NUMBERS, LETTERS, st.text(max_size=60))


def identity_or_none(channel: str, address: str) -> str | None:
    try:
        return normalise(channel, address)
    except InvalidAddress:
        return None


@given(CHANNELS, ADDRESSES)
@settings(max_examples=400)
def test_an_identity_is_its_own_identity(channel: str, address: str) -> None:
    identity = identity_or_none(channel, address)
    if identity is not None:
        assert normalise(channel, identity) == identity


@given(CHANNELS, ADDRESSES)
@settings(max_examples=400)
def test_an_identity_fits_its_column_and_holds_no_control_characters(channel: str, address: str) -> None:
    identity = identity_or_none(channel, address) or "x"
    assert 0 < len(identity) <= LONGEST
    assert not {unicodedata.category(character) for character in identity} & {"Cc", "Cs", "Zl", "Zp"}
    assert identity == unicodedata.normalize("NFC", identity)


@given(CHANNELS, ADDRESSES)
@settings(max_examples=200)
def test_lower_case_changes_nothing(channel: str, address: str) -> None:
    identity = identity_or_none(channel, address)
    if identity is not None:
        assert identity_or_none(channel, unicodedata.normalize("NFC", address).lower()) == identity


@given(st.from_regex(r"[A-Za-z0-9+_-]{1,20}@[A-Za-z0-9]{1,20}\.org", fullmatch=True))
@settings(max_examples=100)
def test_ascii_case_never_counts(address: str) -> None:
    assert normalise("email", address.upper()) == normalise("email", address.lower()) == address.lower()


@given(CHANNELS, ADDRESSES)
@settings(max_examples=200)
def test_composed_and_decomposed_spellings_are_one(channel: str, address: str) -> None:
    composed = identity_or_none(channel, unicodedata.normalize("NFC", address))
    decomposed = identity_or_none(channel, unicodedata.normalize("NFD", address))
    if composed is not None and decomposed is not None:
        assert composed == decomposed
