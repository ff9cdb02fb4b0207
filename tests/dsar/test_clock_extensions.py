"""Three months instead of one, for those who were told in time."""

from dsar.clock import Rule
from tests.dsar.counting import GERMANY, after, law, promise


def test_told_within_the_first_month() -> None:
    answer = after("2026-03-16", extended="2026-04-10", extension_notified="2026-04-16")
    assert law(answer) == "2026-06-16"
    assert promise(answer) == "2026-04-13"
    assert answer.extended
    assert Rule.EXTENDED in answer.rules


def test_being_told_is_what_extends() -> None:
    assert law(after("2026-03-16", extension_notified="2026-04-16")) == "2026-06-16"


def test_told_a_day_late() -> None:
    answer = after("2026-03-16", extended="2026-04-10", extension_notified="2026-04-17")
    assert law(answer) == "2026-04-16"
    assert not answer.extended
    assert Rule.TOLD_TOO_LATE in answer.rules


def test_told_near_midnight() -> None:
    assert law(after("2026-03-16", extension_notified="2026-04-16T22:59+00:00")) == "2026-06-16"
    assert law(after("2026-03-16", extension_notified="2026-04-16T23:00+00:00")) == "2026-04-16"  # 00:00 in London


def test_decided_and_never_told() -> None:
    answer = after("2026-03-16", extended="2026-04-10")
    assert law(answer) == "2026-04-16"
    assert answer.rules.count(Rule.NOT_TOLD) == 1


def test_the_first_notice_counts() -> None:
    told = ("extension_notified", "2026-04-14"), ("extension_notified", "2026-05-20")
    assert law(after("2026-03-16", *told)) == "2026-06-16"


def test_a_notice_from_before_the_request_is_about_another() -> None:
    answer = after("2026-03-16", extended="2026-03-01", extension_notified="2026-03-02")
    assert answer == after("2026-03-16")


def test_the_first_month_is_longer_by_what_was_asked_in_it() -> None:
    asked = ("clarification_requested", "2026-03-20"), ("clarification_received", "2026-03-24")
    answer = after("2026-03-16", *asked, extension_notified="2026-04-21")
    assert answer.tell_by is not None
    assert answer.tell_by.isoformat() == "2026-04-21"
    assert law(answer) == "2026-06-22"  # 16 June and 5 days is a Sunday
    assert law(after("2026-03-16", *asked, extension_notified="2026-04-22")) == "2026-04-21"


def test_what_is_asked_later_lengthens_the_three_months_but_not_the_first() -> None:
    answer = after(
        "2026-03-16", clarification_requested="2026-05-04", clarification_received="2026-05-08",
        extension_notified="2026-04-16",
    )  # fmt: skip
    assert law(answer) == "2026-06-22"
    assert answer.tell_by is not None
    assert answer.tell_by.isoformat() == "2026-04-16"


def test_a_first_month_that_ends_on_a_weekend_ends_on_the_next_working_day() -> None:
    assert law(after("2026-01-31", extension_notified="2026-03-02")) == "2026-04-30"
    assert law(after("2026-01-31", extension_notified="2026-03-03")) == "2026-03-02"


def test_three_months_start_with_the_proof_of_identity() -> None:
    answer = after(
        "2026-03-02", identity_requested="2026-03-04", identity_received="2026-03-18", extension_notified="2026-04-20"
    )
    assert law(answer) == "2026-06-18"


def test_the_eu_extends_alike() -> None:
    assert law(after("2026-03-16", extension_notified="2026-04-16", terms=GERMANY)) == "2026-06-16"
    assert law(after("2026-03-16", extension_notified="2026-04-17", terms=GERMANY)) == "2026-04-16"
