"""Every rule has a sentence, and rows have names people can read."""

import inspect
import re
from datetime import date

import pytest

from consent.ledger import rules
from consent.ledger.errors import LedgerError
from consent.ledger.models import CircumstancesRecord, Event, IdempotencyKey, State, Text
from consent.ledger.reasons import NO, YES, phrase
from portal.organisation.schema import Basis
from portal.personal_data.registry import exemptions, holdings


def test_every_rule_that_is_named_has_its_sentence() -> None:
    source = inspect.getsource(rules)
    named = {allowed: set(re.findall(rf'question\.{allowed}\(\s*"([a-z-]+)"', source)) for allowed in ("yes", "no")}
    assert {"consent", "soft-opt-in", "always-sent"} <= named["yes"] <= set(YES)
    assert {"erased", "restricted", "paused"} <= named["no"] <= set(NO)
    assert {str(basis).replace("_", "-") for basis in Basis if basis is not Basis.CONSENT} <= set(YES)


@pytest.mark.parametrize("allowed", [True, False])
def test_no_sentence_is_left_with_a_gap(allowed: bool) -> None:
    for rule in YES if allowed else NO:
        sentence = phrase(rule, allowed, since=date(2026, 3, 2), until=date(2026, 6, 1))
        assert "%(" not in sentence
        assert sentence.endswith(".")
        assert phrase(rule, allowed)


@pytest.mark.parametrize("error", [LedgerError, *LedgerError.__subclasses__()])
def test_every_refusal_can_be_shown_to_a_person(error: type[LedgerError]) -> None:
    assert str(error.message).endswith(".")
    assert str(error()) == error.__name__


def test_rows_have_names() -> None:
    assert str(Text(body="Yes, send me this.")) == "Yes, send me this."
    assert (
        str(Event(id=7, kind="topic", code="newsletter", channel="email", decision="granted"))
        == "7 topic newsletter email granted"
    )
    assert str(State(kind="topic", code="newsletter", channel="email", last_decision="granted")).endswith(
        "email: granted"
    )
    assert str(CircumstancesRecord(digest="a" * 64)) == "a" * 12
    assert str(IdempotencyKey(key="0123456789")).endswith(" 01234567")


def test_all_the_ledger_holds_about_people_is_declared() -> None:
    declared = {holding.model for holding in holdings()}
    assert {Event, CircumstancesRecord, IdempotencyKey} <= declared
    assert "consent_ledger.State" in exemptions()
