"""A wrong value stops the start with the variable's name, what is wrong, what would be right, and no secret."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment as env

LONG = "x" * 40


@pytest.fixture(autouse=True)
def no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests declare a variable of their own, and leave none behind."""
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.delenv("THING", raising=False)


def refused(read: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read("THING", help="What it is for.", **options)
    return str(caught.value)


@pytest.mark.parametrize("read", [env.text, env.secret, env.secrets, env.url])
def test_a_required_variable_that_is_missing_is_named_with_its_purpose(read: Callable[..., Any]) -> None:
    assert refused(read) == "THING is not set: What it is for."


def test_a_required_text_must_not_be_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "")
    assert "THING is not set" in refused(env.text)
    assert env.text("THING", "else", help="") == ""


def test_defaults_stand_in() -> None:
    assert env.text("THING", "else", help="") == "else"
    assert env.secret("THING", LONG, help="") == LONG
    assert env.secrets("THING", f"a:{LONG}", help="") == {"a": LONG}
    assert env.flag("THING", True, help="") is True
    assert env.number("THING", 7, help="") == 7
    assert env.url("THING", "https://example.org/", help="") == "https://example.org"
    assert env.names("THING", "a,b", help="") == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("1", True),
        ("TRUE", True),
        ("yes", True),
        ("On", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("OFF", False),
    ],
)
def test_a_flag_is_read_in_any_case(monkeypatch: pytest.MonkeyPatch, given: str, meant: bool) -> None:
    monkeypatch.setenv("THING", given)
    assert env.flag("THING", not meant, help="") is meant


@pytest.mark.parametrize("given", ["", "maybe", "2", " yes"])
def test_a_flag_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("THING", given)
    assert refused(env.flag, default=False) == f"THING={given!r} is neither yes nor no."


def test_a_number_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "ten")
    assert refused(env.number, default=1) == "THING='ten' is not a whole number."
    monkeypatch.setenv("THING", "10.5")
    assert "is not a whole number" in refused(env.number, default=1)


@pytest.mark.parametrize("given", ["2", "10"])
def test_a_number_may_be_at_its_bounds(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("THING", given)
    assert env.number("THING", 5, help="", least=2, most=10) == int(given)


@pytest.mark.parametrize("given", ["1", "11", "-3"])
def test_a_number_outside_its_bounds_is_refused_with_them(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("THING", given)
    assert refused(env.number, default=5, least=2, most=10) == f"THING={given} is outside 2 to 10."


@pytest.mark.parametrize("given", ["example.org", "ftp://example.org", "https://", "", "javascript:alert(1)"])
def test_a_url_of_another_kind_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("THING", given)
    assert refused(env.url) == "THING is no URL of the kind https:// or http://."


def test_a_refused_url_keeps_its_password_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "mysql://portal:hunter2@db/portal")
    assert "hunter2" not in refused(env.url, schemes=("postgres",))


def test_a_short_secret_is_counted_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "hunter2")
    assert refused(env.secret, at_least=40) == "THING has 7 characters: give it at least 40."


@pytest.mark.parametrize(
    "given", [LONG, f"a{LONG}", f"a:{'x' * 31}" + " " * 9, f":{LONG}", f"a b:{LONG}", f"a:{LONG},"]
)
def test_keys_without_an_id_or_too_short_are_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("THING", given)
    assert "write it as id:secret,id:secret" in refused(env.secrets)


def test_a_key_id_may_stand_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", f"a:{LONG},a:{LONG}")
    assert refused(env.secrets) == "THING: the key id 'a' stands twice."


def test_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", f"new:{LONG}, old:{LONG}")
    assert list(env.secrets("THING", help="")) == ["new", "old"]


def test_names_drop_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", " a, ,b,")
    assert env.names("THING", help="") == ["a", "b"]


def test_a_value_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{LONG}\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.secret("THING", help="") == LONG


def test_a_value_and_a_file_together_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING", "a")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert refused(env.text) == "THING and THING_FILE are both set: remove one."


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING_FILE", str(tmp_path / "missing"))
    assert refused(env.text) == f"THING_FILE: cannot read {str(tmp_path / 'missing')!r}: FileNotFoundError."
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "bytes"))
    assert "UnicodeDecodeError" in refused(env.text)


def test_each_read_declares_its_variable() -> None:
    env.number("THING", 5, help="How many.", least=1, most=9)
    assert env.DECLARED["THING"] == env.Variable("THING", "number, 1 to 9", "5", "How many.")
