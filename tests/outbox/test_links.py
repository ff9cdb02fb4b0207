"""Links in mails: short, hard to forge, good for one purpose, and independent of SECRET_KEY."""

from __future__ import annotations

import base64
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import override_settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from portal.outbox import links
from portal.outbox.links import BadLink, ExpiredLink

JOAN = "0b9d7c52-6f1e-4a55-9a8e-0c6a4f6f1d11"
NEW, OLD = "new:" + "n" * 40, "old:" + "o" * 40

parts = st.lists(st.one_of(st.text(max_size=60), st.uuids().map(str)), max_size=4)
purposes = st.sampled_from(["preferences", "unsubscribe", "confirm"])


def keys(*written: str) -> dict[str, str]:
    return dict(one.split(":") for one in written)


@effort(max_examples=60, deadline=None)
@given(purposes, parts)
def test_what_was_put_in_comes_out(purpose: str, said: list[str]) -> None:
    assert links.read(purpose, links.make(purpose, *said)) == tuple(said)


@effort(max_examples=60, deadline=None)
@given(purposes, purposes, parts)
def test_a_link_is_noise_for_every_other_purpose(made: str, read: str, said: list[str]) -> None:
    if made != read:
        with pytest.raises(BadLink):
            links.read(read, links.make(made, *said))


@effort(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_character_and_no_shorter_link_is_accepted(data: st.DataObject) -> None:
    token = links.make("unsubscribe", JOAN, "newsletter")
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    for forged in (token[:place], token[:place] + letter + token[place + 1 :], token + letter, letter + token):
        if forged != token:
            with pytest.raises(BadLink):
                links.read("unsubscribe", forged)


@effort(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.binary(max_size=120).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
)
def test_whatever_somebody_types_is_refused_alike(typed: str) -> None:
    with pytest.raises(BadLink) as refusal:
        links.read("unsubscribe", typed)
    assert str(refusal.value) == "No link of ours."


def test_a_link_of_enormous_length_is_not_even_decoded() -> None:
    with pytest.raises(BadLink):
        links.read("unsubscribe", "A" * 10_000_000)


def test_only_one_spelling_of_a_link_is_accepted() -> None:
    token = links.make("unsubscribe", JOAN, "ab")
    for spelling in (token + "=", token + "==", token + "\n", f" {token}", token.swapcase()):
        with pytest.raises(BadLink):
            links.read("unsubscribe", spelling)


def test_a_link_holds_an_id_and_is_short() -> None:
    token = links.make("unsubscribe", JOAN, "newsletter")
    assert len(token) < 75
    assert UUID(JOAN).bytes in base64.urlsafe_b64decode(token + "==")
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_part_that_is_too_long_is_refused_when_the_link_is_made() -> None:
    with pytest.raises(ValueError, match="254"):
        links.make("unsubscribe", "x" * 255)


def test_a_new_key_signs_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.LINK_KEYS = keys(OLD)
    before = links.make("unsubscribe", JOAN, "")
    settings.LINK_KEYS = keys(NEW, OLD)
    after = links.make("unsubscribe", JOAN, "")

    assert links.read("unsubscribe", before) == links.read("unsubscribe", after) == (JOAN, "")

    settings.LINK_KEYS = keys(NEW)
    assert links.read("unsubscribe", after) == (JOAN, "")
    with pytest.raises(BadLink):
        links.read("unsubscribe", before)


def test_secret_key_plays_no_part(settings: Settings) -> None:
    token = links.make("unsubscribe", JOAN, "")
    settings.SECRET_KEY = "another" * 10
    assert links.read("unsubscribe", token) == (JOAN, "")


def test_an_unsubscribe_link_works_for_ever() -> None:
    with time_machine.travel("2026-03-17T10:16Z", tick=False):
        token = links.make("unsubscribe", JOAN, "newsletter")
    with time_machine.travel("2076-03-17T10:16Z", tick=False):
        assert links.read("unsubscribe", token) == (JOAN, "newsletter")


def test_a_preference_link_expires_after_ninety_days_and_still_says_whose_it_was() -> None:
    with time_machine.travel("2026-03-17T10:16Z", tick=False):
        token = links.make("preferences", JOAN)
    with time_machine.travel("2026-06-15T10:15Z", tick=False):
        assert links.read("preferences", token) == (JOAN,)
    with time_machine.travel("2026-06-15T10:17Z", tick=False):
        with pytest.raises(ExpiredLink) as expired:
            links.read("preferences", token)
        assert expired.value.parts == (JOAN,)
        assert links.read("preferences", token, max_age=timedelta(days=91)) == (JOAN,)


def test_an_expired_forgery_is_bad_and_says_nothing() -> None:
    with time_machine.travel("2020-01-01T00:00Z", tick=False):
        token = links.make("preferences", JOAN)
    with pytest.raises(BadLink) as refusal:
        links.read("preferences", token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert not isinstance(refusal.value, ExpiredLink)


def test_a_worker_whose_clock_is_ten_minutes_ahead_makes_good_links() -> None:
    with time_machine.travel("2026-03-17T10:26Z", tick=False):
        token = links.make("preferences", JOAN)
    with time_machine.travel("2026-03-17T10:16Z", tick=False):
        assert links.read("preferences", token) == (JOAN,)
    with time_machine.travel("2026-03-17T09:00Z", tick=False), pytest.raises(BadLink, match="future"):
        links.read("preferences", token)


@effort(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_nonce_has_one_secret_for_a_purpose(nonce: str, other: str) -> None:
    secret = links.secret_for("confirm", nonce)
    assert links.secret_matches("confirm", nonce, secret)
    assert not links.secret_matches("sign-in", nonce, secret)
    assert links.secret_matches("confirm", other, secret) is (nonce == other)


def test_a_code_has_the_digits_and_letters_asked_for() -> None:
    assert len(links.secret_for("sign-in", "7", digits=6)) == 6
    assert links.secret_for("sign-in", "7", digits=6).isdecimal()
    code = links.secret_for("sign-in", "7", digits=9, alphabet="BCDFGHJKLMNPQRSTVWXZ")
    assert set(code) <= set("BCDFGHJKLMNPQRSTVWXZ")
    assert links.secret_matches("sign-in", "7", code, digits=9, alphabet="BCDFGHJKLMNPQRSTVWXZ")
    assert not links.secret_matches("sign-in", "8", code, digits=9, alphabet="BCDFGHJKLMNPQRSTVWXZ")


def test_codes_are_spread_evenly() -> None:
    first = [links.secret_for("sign-in", str(n), digits=6)[0] for n in range(2000)]
    assert all(130 < first.count(digit) < 270 for digit in "0123456789")


def test_a_secret_mailed_before_a_key_was_replaced_still_matches(settings: Settings) -> None:
    settings.LINK_KEYS = keys(OLD)
    secret = links.secret_for("confirm", "nonce")
    settings.LINK_KEYS = keys(NEW, OLD)
    assert links.secret_matches("confirm", "nonce", secret)
    with override_settings(LINK_KEYS=keys(NEW)):
        assert not links.secret_matches("confirm", "nonce", secret)


def test_a_row_may_keep_the_hash_of_a_token() -> None:
    token = links.secret_for("confirm", "nonce")
    assert len(links.hashed(token)) == 64
    assert links.hashed(token) == links.hashed(token) != links.hashed(token + "x")
    assert links.hashed("\ud800") == links.hashed("?")
