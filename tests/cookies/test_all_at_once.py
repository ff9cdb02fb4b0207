"""Twenty saves at the same moment, through a real web server: each is kept once, and none is told of a database."""

import json
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest

from consent.cookies.choice_cookie import Credentials, new_key
from consent.cookies.models import Browser, Choice, Refusals
from portal.organisation.versions import Current
from tests.cookies import asking
from tests.processes import LivePortal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

MANY = 20


def at_once(portal: LivePortal, bodies: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Send all of them at the same moment; status and text of each answer."""
    gate = threading.Barrier(len(bodies))
    answers: list[tuple[int, str]] = []

    def one(body: dict[str, Any]) -> None:
        headers = {"Origin": asking.SITE, "Content-Type": "text/plain"}
        request = urllib.request.Request(f"{portal.url}{asking.CHOICES}", json.dumps(body).encode(), headers)
        gate.wait()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                answers.append((answer.status, answer.read().decode()))
        except urllib.error.HTTPError as error:
            answers.append((error.code, error.read().decode()))

    threads = [threading.Thread(target=one, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twenty_browsers_leave_twenty_rows(live_portal: LivePortal, organisation: Current) -> None:
    answers = at_once(live_portal, [asking.body(Credentials.drawn()) for _ in range(MANY)])

    assert [status for status, _ in answers] == [201] * MANY
    assert Browser.objects.count() == Choice.objects.count() == MANY


def test_twenty_tabs_of_one_browser_leave_one_browser_and_twenty_rows(
    live_portal: LivePortal, organisation: Current
) -> None:
    joan = Credentials.drawn()

    answers = at_once(live_portal, [asking.body(joan) for _ in range(MANY)])

    assert [status for status, _ in answers] == [201] * MANY
    assert Browser.objects.get().reference == joan.reference
    assert Choice.objects.count() == MANY


def test_one_press_sent_twenty_times_leaves_one_row(live_portal: LivePortal, organisation: Current) -> None:
    answers = at_once(live_portal, [asking.body(Credentials.drawn())] * MANY)

    assert {status for status, _ in answers} <= {200, 201}
    assert len({text for _, text in answers}) == 1
    assert Choice.objects.count() == 1


def test_a_reference_that_twenty_claim_belongs_to_one(live_portal: LivePortal, organisation: Current) -> None:
    reference = Credentials.drawn().reference

    answers = at_once(live_portal, [asking.body(Credentials(reference, new_key())) for _ in range(MANY)])

    assert sorted(status for status, _ in answers) == [201] + [409] * (MANY - 1)
    assert Choice.objects.count() == 1
    assert not any("SQL" in text or "constraint" in text.lower() for _, text in answers)


def test_twenty_refusals_are_twenty_and_nobody(live_portal: LivePortal, organisation: Current) -> None:
    answers = at_once(live_portal, [asking.body(choices={}) for _ in range(MANY)])

    assert [status for status, _ in answers] == [200] * MANY
    assert sum(Refusals.objects.values_list("count", flat=True)) == MANY
    assert not Browser.objects.exists()
