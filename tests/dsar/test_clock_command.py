"""``manage.py clock``: anybody may check a date, without a database and without an organisation."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, ManagementUtility, call_command


def clock(*words: str) -> str:
    out = StringIO()
    call_command("clock", *words, stdout=out)
    return out.getvalue()


def dates(*words: str) -> tuple[str | None, str | None]:
    answer = json.loads(clock(*words, "--json"))
    assert set(answer) == {"promised_due", "statutory_due", "explanation"}
    assert all(isinstance(sentence, str) and sentence for sentence in answer["explanation"])
    return answer["promised_due"], answer["statutory_due"]


def test_a_plain_request() -> None:
    assert dates("--received", "2026-03-02T10:00+00:00") == ("2026-03-30", "2026-04-02")
    assert dates("--received", "2026-03-02") == ("2026-03-30", "2026-04-02")


@pytest.mark.parametrize("rule", ["30d", "30 days"])
def test_every_option(rule: str) -> None:
    assert dates(
        "--received", "2026-06-30T23:30Z", "--rule", rule, "--calendar", "GB-SCT", "--right", "access", "--law", "uk"
    ) == ("2026-07-31", "2026-08-04")
    assert dates("--received=2026-03-02", "--rule=1m", "--law=eu", "--calendar=DE", "--time-zone=Europe/Berlin") == (
        "2026-04-02", "2026-04-02",
    )  # fmt: skip
    assert dates("--received", "2026-07-01", "--right", "complaint") == ("2026-07-29", "2026-07-31")


def test_events_in_any_order() -> None:
    asked, shown = "identity_requested=2026-03-04T09:00", "identity_received=2026-03-18"
    assert dates("--received", "2026-03-02", "--event", shown, "--event", asked) == ("2026-04-15", "2026-04-20")
    assert dates("--received", "2026-03-02", "--event", asked) == (None, None)


def test_a_time_without_a_zone_is_the_organisations() -> None:
    assert dates("--received", "2026-07-01T00:30") == dates("--received", "2026-07-01")
    assert dates("--received", "2026-07-01T00:30Z", "--time-zone", "America/New_York") == dates(
        "--received", "2026-06-30"
    )


def test_in_words() -> None:
    assert clock("--received", "2026-03-02").splitlines()[:5] == [
        "Promised: Monday 30 March 2026",
        "By law:   Thursday 2 April 2026",
        "Under:    --law uk --calendar GB-ENG --time-zone Europe/London",
        "",
        "1. Your request reached us on Monday 2 March 2026.",
    ]
    waiting = clock("--received", "2026-03-02", "--event", "fee_requested=2026-03-03").splitlines()
    assert waiting[:2] == ["Promised: no date", "By law:   no date"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--received", "2026-02-30"], "'2026-02-30' is no moment"),
        (["--received", "yesterday"], "'yesterday' is no moment"),
        (["--received", "1026-03-02"], "outside the years"),
        ([], "--received"),
        (["--received", "2026-03-02", "--event", "lunch=2026-03-03"], "'lunch' is nothing that happens"),
        (["--received", "2026-03-02", "--event", "extended"], "'' is no moment"),
        (["--received", "2026-03-02", "--event", "extended=9999-12-31"], "outside the years"),
        (["--received", "2026-03-02", "--rule", "soon"], "'soon' is no promise"),
        (["--received", "2026-03-02", "--rule", "-28d"], "--rule"),
        (["--received", "2026-03-02", "--rule", "0d"], "0 days is no promise"),
        (["--received", "2026-03-02", "--calendar", "GB-XXX"], "no holiday calendar 'GB-XXX'"),
        (["--received", "2026-03-02", "--time-zone", "Mars"], "no time zone 'Mars'"),
        (["--received", "2026-03-02", "--law", "us"], "'us'"),
        (["--received", "2026-03-02", "--right", "silence"], "'silence'"),
    ],
)
def test_nonsense_is_named(words: list[str], named: str) -> None:
    with pytest.raises(CommandError, match=named):
        clock(*words)


def test_it_needs_no_database() -> None:
    nowhere = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    words = (sys.executable, "manage.py", "clock", "--received", "2026-03-02", "--json")
    done = subprocess.run(words, cwd=settings.BASE_DIR, env=nowhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["statutory_due"] == "2026-04-02"


@pytest.mark.parametrize(("words", "code"), [(["--calendar", "XX"], 1), (["--rule", "soon"], 2)])
def test_nonsense_ends_with_a_code_and_no_trace(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)  # they are the tests', not the command's
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", "clock", "--received", "2026-03-02", *words]).execute()
    said = capsys.readouterr()
    assert ended.value.code == code
    assert "Traceback" not in said.err
    assert words[1] in said.err.splitlines()[-1]
    assert said.out == ""
