"""The calculation as a person reads it."""

import re
from datetime import date
from types import MappingProxyType

import pytest

from dsar.clock import Rule, Step
from dsar.clock.explanation import SENTENCES, SOURCES
from portal.organisation.schema import Statute
from tests.dsar.counting import GERMANY, SCOTLAND, after

GUIDANCE = "(the Information Commissioner's guidance on time limits)."


def test_a_plain_request() -> None:
    assert after("2026-03-02").explanation == [
        "Your request reached us on Monday 2 March 2026.",
        (
            "The law gives us one month, to the same date in the next month: Thursday 2 April 2026 (UK GDPR, Articles "
            "12(3) and 12A(1))."
        ),
        (
            "We promise an answer within 28 days, counted from the next day: by Monday 30 March 2026. No weekend, "
            "holiday or extension moves that date."
        ),
        "So: we promise an answer by Monday 30 March 2026, and the law allows until Thursday 2 April 2026.",
    ]


def test_a_night_in_scotland() -> None:
    words = after("2026-06-30T23:30+00:00", terms=SCOTLAND).explanation
    assert words[:2] == [
        "Your request reached us on Wednesday 1 July 2026.",
        "That was the date in London when it came, and it is the one that counts.",
    ]
    assert words[3] == (
        "Saturday 1 August 2026, Sunday 2 August 2026 and Monday 3 August 2026 (Summer Bank Holiday) are not working "
        f"days in Scotland, so the law gives us until the next working day: Tuesday 4 August 2026 {GUIDANCE}"
    )


def test_identity_and_a_clarification() -> None:
    words = after(
        "2026-03-01", identity_requested="2026-03-04", identity_received="2026-03-18",
        clarification_requested="2026-03-25", clarification_received="2026-03-25",
    ).explanation  # fmt: skip
    assert words[1:6] == [
        (
            "On Wednesday 4 March 2026 we asked you to show who you are. What we asked for reached us on Wednesday 18 "
            "March 2026."
        ),
        (
            "So our time starts on Wednesday 18 March 2026, the day it arrived, not the day we checked it (UK GDPR, "
            "Article 12A(2))."
        ),
        (
            "The law gives us one month, to the same date in the next month: Saturday 18 April 2026 (UK GDPR, Articles "
            "12(3) and 12A(1))."
        ),
        (
            "The days on which we waited to hear which information you want do not count: Wednesday 25 March 2026 (UK "
            "GDPR, Article 12A(5))."
        ),
        "With 1 day added, that makes Sunday 19 April 2026.",
    ]


def test_waiting() -> None:
    assert after("2026-03-02", clarification_requested="2026-03-10").explanation[1:] == [
        "On Tuesday 10 March 2026 we asked you which information you want, and we do not have your answer yet.",
        "Until it reaches us the clock stands still. So there is no date yet.",
    ]


def test_a_clarification_of_some_days_over_easter() -> None:
    words = after("2026-03-02", clarification_requested="2026-03-10", clarification_received="2026-03-10").explanation
    assert words[4] == (
        "Friday 3 April 2026 (Good Friday), Saturday 4 April 2026, Sunday 5 April 2026 and Monday 6 April 2026 (Easter "
        "Monday) are not working days in England, so the law gives us until the next working day: Tuesday 7 April "
        f"2026 {GUIDANCE}"
    )
    longer = after("2026-03-02", clarification_requested="2026-03-10", clarification_received="2026-03-16").explanation
    assert "Tuesday 10 March 2026 to Monday 16 March 2026" in longer[2]
    assert "Only the time in which we waited for you is added to it: 7 days." in longer


def test_a_short_month_in_germany() -> None:
    words = after("2026-01-31", terms=GERMANY).explanation
    assert (
        words[1] == "Saturday 31 January 2026 counts although it is not a working day (Regulation 1182/71, Article 3)."
    )
    assert words[2] == (
        "The law gives us one month. The next month has no such date, so its last day counts: Saturday 28 February "
        "2026 (GDPR, Article 12(3); Regulation 1182/71, Article 3)."
    )


def test_an_extension() -> None:
    told = after("2026-03-16", extension_notified="2026-04-16").explanation
    assert told[1] == (
        "On Thursday 16 April 2026 we told you that we need longer, and why. That was within the first month, which "
        "ended on Thursday 16 April 2026. So the law gives us three months in all from Monday 16 March 2026: to "
        "Tuesday 16 June 2026 (UK GDPR, Article 12A(3) and (4))."
    )
    late = after("2026-03-16", extension_notified="2026-04-17").explanation
    assert late[2] == (
        "On Friday 17 April 2026 we told you that we need longer. The first month had ended on Thursday 16 April "
        "2026, so that gives us no more time (UK GDPR, Article 12A(4))."
    )


@pytest.mark.parametrize("law", list(Statute))
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_is_a_whole_sentence_in_words(rule: Rule, law: Statute) -> None:
    gaps = set(re.findall(r"%\((\w+)\)s", str(SENTENCES[rule])))
    words = str(Step(rule, MappingProxyType(dict.fromkeys(gaps, date(2026, 3, 2))), law))
    assert words.endswith(".")
    assert words[0].isupper()
    assert words.count("Monday 2 March 2026") == len(re.findall(r"%\(\w+\)s", str(SENTENCES[rule])))
    assert "%" not in words


def test_no_source_stands_beside_a_rule_that_does_not_exist() -> None:
    assert set(SENTENCES) == set(Rule)
    assert {rule for rule, _law in SOURCES} <= set(Rule)
