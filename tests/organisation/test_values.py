"""Words, periods and the other small values of a file."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from portal.organisation.schema import Basis, BasisChange, ChosenBy, Period, Table, TopicEntry, Treatment, Words

WORDS = Words.of({"en-gb": "Letter", "de": "Brief"})


def test_one_text_serves_every_language() -> None:
    words = Words.of("Letter")
    assert [str(words), words.in_language("de"), words.in_language(None)] == ["Letter"] * 3
    assert words.languages == ()


def test_words_follow_the_active_language() -> None:
    with translation.override("de"):
        assert str(WORDS) == "Brief"
    with translation.override("en-gb"):
        assert str(WORDS) == "Letter"
    with translation.override(None):
        assert str(WORDS) == "Letter"


def test_a_region_without_words_of_its_own_gets_those_of_its_language() -> None:
    assert WORDS.in_language("de-AT") == "Brief"


def test_a_language_without_words_gets_the_first() -> None:
    assert WORDS.in_language("fr") == "Letter"


def test_words_are_compared_and_hashed_by_what_they_say() -> None:
    assert Words.of({"en-gb": "Letter", "de": "Brief"}) == WORDS
    assert len({WORDS, Words.of({"en-gb": "Letter", "de": "Brief"})}) == 1


@given(st.one_of(st.text(min_size=1), st.dictionaries(st.sampled_from(["en-gb", "de", "fr"]), st.text(), min_size=1)))
def test_words_are_written_as_they_were_read(written: str | dict[str, str]) -> None:
    assert Words.of(written).as_written() == written


def test_words_may_be_given_as_words() -> None:
    assert TypeAdapter(Words).validate_python(WORDS) is WORDS


@pytest.mark.parametrize(
    ("text", "day", "then"),
    [
        ("28 days", date(2026, 3, 2), date(2026, 3, 30)),
        ("2 weeks", date(2026, 3, 2), date(2026, 3, 16)),
        ("1 month", date(2024, 1, 31), date(2024, 2, 29)),
        ("1 month", date(2026, 12, 31), date(2027, 1, 31)),
        ("13 months", date(2026, 1, 31), date(2027, 2, 28)),
        ("6 years", date(2024, 2, 29), date(2030, 2, 28)),
        ("1 hour", date(2026, 3, 2), date(2026, 3, 3)),
        ("72 hours", date(2026, 3, 2), date(2026, 3, 5)),
        ("0 days", date(2026, 3, 2), date(2026, 3, 2)),
    ],
)
def test_a_period_ends_on_its_day(text: str, day: date, then: date) -> None:
    assert Period.of(text).after(day) == then


@given(
    st.integers(0, 999), st.sampled_from(["hour", "day", "week", "month", "year"]), st.dates(max_value=date(2900, 1, 1))
)
def test_a_longer_period_never_ends_sooner(amount: int, unit: str, day: date) -> None:
    assert day <= Period(amount, unit).after(day) <= Period(amount + 1, unit).after(day)


@given(st.integers(0, 999_999), st.sampled_from(["hour", "day", "week", "month", "year"]))
def test_a_period_is_written_as_it_was_read(amount: int, unit: str) -> None:
    assert Period.of(Period(amount, unit).as_written()) == Period(amount, unit)


def test_hours_days_and_weeks_have_an_exact_length() -> None:
    assert Period.of("72 hours").as_timedelta() == timedelta(days=3)
    assert Period.of("2 weeks").as_timedelta() == timedelta(days=14)
    assert Period.of("3 days").as_timedelta() == timedelta(days=3)


@pytest.mark.parametrize("text", ["1 month", "2 years"])
def test_months_and_years_have_none(text: str) -> None:
    with pytest.raises(ValueError, match="no exact length"):
        Period.of(text).as_timedelta()


@pytest.mark.parametrize(
    "text", ["", "days", "28", "-1 days", "28  days", "1.5 days", "28 days ", "1 fortnight", "٣ days"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Period.of(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 hour", "1 hour"),
        ("28 days", "28 days"),
        ("1 week", "1 week"),
        ("1 month", "1 month"),
        ("6 years", "6 years"),
    ],
)
def test_a_period_is_said_in_words(text: str, words: str) -> None:
    assert str(Period.of(text)) == words


def test_a_period_may_be_given_as_a_period() -> None:
    assert TypeAdapter(Period).validate_python(Period(1, "day")) == Period(1, "day")


TOPIC = '{"title": "a", "sentence": "b", "wording": "c", "purpose": "d", "channels": ["sms"]}'


def test_tables_do_not_change() -> None:
    topic = TopicEntry.model_validate_json(TOPIC)
    with pytest.raises(ValidationError, match="frozen"):
        topic.purpose = "x"  # type: ignore[misc]  # mypy knows what is tried here


@pytest.mark.parametrize(
    ("chosen_by", "keys", "expected"),
    [
        ("policy", (), (False, False, False)),
        ("controller", (), (True, True, True)),
        ("controller", ("frequency",), (True, True, False)),
    ],
)
def test_what_was_our_choice_is_known_key_by_key(
    chosen_by: str, keys: tuple[str, ...], expected: tuple[bool, ...]
) -> None:
    chosen = {"chosen_by": ChosenBy(chosen_by), "chosen_keys": keys}
    topic = TopicEntry.model_validate_json(TOPIC).model_copy(update=chosen)
    assert (topic.our_choice(), topic.our_choice("frequency"), topic.our_choice("channels")) == expected


def test_a_table_can_be_made_by_its_python_names() -> None:
    change = BasisChange(from_=Basis.LEGITIMATE_INTERESTS, treatment=Treatment.ASK_AGAIN)
    assert change.model_dump(mode="json", by_alias=True) == {"from": "legitimate_interests", "treatment": "ask_again"}


def test_only_the_whole_file_is_built_with_the_import() -> None:
    assert Table.model_config["defer_build"] is True
    from portal.organisation.schema import Organisation

    assert Organisation.model_config["defer_build"] is False
    assert Organisation.model_config["extra"] == "forbid"
