"""What a question to the person does to the time: identity and the like start it, a clarification stops it."""

from dataclasses import replace

import pytest

from dsar.clock import About, Rule
from portal.organisation.schema import RightName
from tests.dsar.counting import GERMANY, UK, after, law, promise

CLARIFIED = ("clarification_requested", "2026-04-20"), ("clarification_received", "2026-04-27")


def test_the_time_starts_when_the_proof_of_identity_arrives() -> None:
    answer = after("2026-03-02", identity_requested="2026-03-04", identity_received="2026-03-18")
    assert law(answer) == "2026-04-20"
    assert promise(answer) == "2026-04-15"
    assert answer.starts is not None
    assert answer.starts.isoformat() == "2026-03-18"


@pytest.mark.parametrize("about", ["authority", "fee"])
def test_so_it_does_for_authority_and_a_fee(about: str) -> None:
    events = (f"{about}_requested", "2026-03-04"), (f"{about}_received", "2026-03-18")
    assert law(after("2026-03-02", *events)) == "2026-04-20"


def test_the_latest_arrival_counts() -> None:
    answer = after(
        "2026-03-02", identity_requested="2026-03-04", authority_requested="2026-03-05",
        authority_received="2026-03-18", identity_received="2026-03-20",
    )  # fmt: skip
    assert law(answer) == "2026-04-20"
    assert promise(answer) == "2026-04-17"
    assert {Rule.IDENTITY, Rule.AUTHORITY, Rule.STARTS} <= set(answer.rules)


def test_what_nobody_asked_for_starts_nothing() -> None:
    assert law(after("2026-03-02", identity_received="2026-03-18")) == "2026-04-02"


def test_what_was_settled_before_the_request_came_moves_nothing() -> None:
    before = after("2026-03-02", identity_requested="2026-02-20", identity_received="2026-02-25")
    assert before == after("2026-03-02")


def test_asked_before_and_shown_after_the_request_came() -> None:
    assert law(after("2026-03-02", identity_requested="2026-02-20", identity_received="2026-03-09")) == "2026-04-09"


@pytest.mark.parametrize("about", list(About))
def test_while_we_wait_there_is_no_date(about: About) -> None:
    answer = after("2026-03-02", (f"{about}_requested", "2026-03-04"))
    assert (answer.promised_due, answer.statutory_due, answer.starts) == (None, None, None)
    assert answer.waiting_for == {about}
    assert answer.rules[-2:] == [Rule(f"waiting-for-{about}"), Rule.NO_DATE_YET]


def test_a_proof_that_did_not_do_is_asked_for_again() -> None:
    again = (
        ("identity_requested", "2026-03-04"), ("identity_received", "2026-03-18T10:00+00:00"),
        ("identity_requested", "2026-03-18T15:00+00:00"),
    )  # fmt: skip
    assert after("2026-03-02", *again).waiting_for == {About.IDENTITY}
    assert law(after("2026-03-02", *again, ("identity_received", "2026-03-25"))) == "2026-04-27"


def test_the_days_of_a_clarification_do_not_count() -> None:
    answer = after("2026-04-15", *CLARIFIED)
    assert law(answer) == "2026-05-26"  # 15 May and 8 days is a Saturday, Monday a bank holiday
    assert promise(answer) == "2026-05-21"


def test_clarifications_that_overlap_count_once() -> None:
    answer = after(
        "2026-07-03", ("clarification_requested", "2026-07-06"), ("clarification_received", "2026-07-10"),
        ("clarification_requested", "2026-07-08"), ("clarification_received", "2026-07-12"),
    )  # fmt: skip
    assert law(answer) == "2026-08-10"
    assert promise(answer) == "2026-08-07"


def test_asked_and_answered_on_one_day_is_one_day() -> None:
    assert law(after("2026-07-01", clarification_requested="2026-07-06", clarification_received="2026-07-06")) == (
        "2026-08-03"
    )
    assert promise(after("2026-07-01", clarification_requested="2026-07-06", clarification_received="2026-07-06")) == (
        "2026-07-30"
    )


def test_an_answer_after_a_reminder_answers_both() -> None:
    reminded = after("2026-04-15", ("clarification_requested", "2026-04-22"), *CLARIFIED)
    assert law(reminded) == law(after("2026-04-15", *CLARIFIED))


def test_days_before_the_time_started_are_not_added_to_it() -> None:
    answer = after(
        "2026-03-02", clarification_requested="2026-03-03", clarification_received="2026-03-10",
        identity_requested="2026-03-04", identity_received="2026-03-18",
    )  # fmt: skip
    assert law(answer) == "2026-04-20"
    assert Rule.CLOCK_STOOD_STILL not in answer.rules


def test_one_recorded_twice_is_one() -> None:
    told = (
        ("clarification_requested", "2026-07-06"), ("clarification_received", "2026-07-10"),
        ("clarification_requested", "2026-07-20"), ("clarification_received", "2026-07-21"),
    )  # fmt: skip
    assert after("2026-07-03", told[0], *told) == after("2026-07-03", *told)
    assert promise(after("2026-07-03", told[0], *told)) == "2026-08-07"


def test_an_answer_of_some_time_that_day_comes_after_a_question_of_that_day() -> None:
    answer = after("2026-07-01", clarification_requested="2026-07-06T10:00+00:00", clarification_received="2026-07-06")
    assert promise(answer) == "2026-07-30"


def test_only_a_request_for_a_copy_is_stopped_by_a_clarification() -> None:
    erasure = after("2026-04-15", *CLARIFIED, terms=replace(UK, right=RightName.ERASURE))
    assert law(erasure) == "2026-05-15"
    assert Rule.CLARIFICATION_MOVES_NOTHING in erasure.rules
    asked = after("2026-04-15", CLARIFIED[0], terms=replace(UK, right=RightName.ERASURE))
    assert law(asked) == "2026-05-15"


def test_in_the_eu_neither_a_clarification_nor_a_fee_stops_the_clock() -> None:
    plain = after("2026-04-15", terms=GERMANY)
    for kind in ("clarification", "fee"):
        asked = after("2026-04-15", (f"{kind}_requested", "2026-04-20"), terms=GERMANY)
        assert (asked.promised_due, asked.statutory_due) == (plain.promised_due, plain.statutory_due)
        assert Rule(f"{kind}-moves-nothing") in asked.rules
    shown = after("2026-03-02", identity_requested="2026-03-04", identity_received="2026-03-18", terms=GERMANY)
    assert law(shown) == "2026-04-20"


@pytest.mark.parametrize("about", list(About))
def test_a_question_after_the_time_is_over_gives_no_new_time(about: About) -> None:
    late = after("2026-03-02", (f"{about}_requested", "2026-04-03"))
    assert (law(late), promise(late)) == ("2026-04-02", "2026-03-30")
    assert Rule.ASKED_TOO_LATE in late.rules
    assert not late.waiting_for
    on_the_last_day = after("2026-03-02", (f"{about}_requested", "2026-04-02"))
    assert on_the_last_day.waiting_for == {about}


def test_no_time_runs_out_while_we_wait() -> None:
    answer = after("2026-03-02", clarification_requested="2026-03-10", identity_requested="2026-05-20")
    assert answer.waiting_for == {About.CLARIFICATION, About.IDENTITY}
    assert Rule.ASKED_TOO_LATE not in answer.rules
