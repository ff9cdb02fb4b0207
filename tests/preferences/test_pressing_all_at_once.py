"""Twenty presses in the same moment, through a real web server: one decision, twenty friendly answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from threading import Barrier
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from consent.ledger.models import Event
from consent.preferences import mails
from consent.preferences.flows import mailing as flows
from consent.preferences.models import Mailing
from portal.organisation.versions import Current
from portal.outbox.models import Message
from tests.preferences.conftest import JOAN, asked, on, subjects_at, subscribed, unsubscribe_link, words_of
from tests.processes import LivePortal

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
PRESSES = 20
ALL_HAVE_IT_OPEN = Barrier(PRESSES, timeout=90)


def press(portal: LivePortal, path: str, data: dict[str, str], *, guarded: bool) -> tuple[int, str]:
    """One browser of its own opens the page; it presses once all the others have it open too."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    if guarded:
        page = browser.open(portal.url + path, timeout=60).read().decode()
        data = {**data, "csrfmiddlewaretoken": page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]}
    ALL_HAVE_IT_OPEN.wait()
    request = Request(portal.url + path, urlencode(data).encode(), {"Origin": portal.url})
    with browser.open(request, timeout=60) as answer:
        return answer.status, words_of(answer.read().decode())


def all_at_once(one: Callable[[int], tuple[int, str]]) -> set[tuple[int, str]]:
    with ThreadPoolExecutor(PRESSES) as people:
        return set(people.map(one, range(PRESSES)))


def test_twenty_confirmations_are_one(organisation: Current, live_portal: LivePortal) -> None:
    path = f"/subscribe/confirm/{mails.token_of(asked(JOAN, 'newsletter', 'webinars'))}/"
    answers = all_at_once(lambda _number: press(live_portal, path, {}, guarded=True))
    ((status, text),) = answers
    assert status == 200
    assert "Done. You are on the list." in text
    assert Event.objects.filter(decision="confirmed").count() == 2
    assert {"newsletter.email", "webinars.email"} <= on(subjects_at(JOAN))


def test_twenty_one_click_stops_are_one(organisation: Current, live_portal: LivePortal) -> None:
    point = subscribed(JOAN, "newsletter")
    path, body = unsubscribe_link(point, "newsletter"), {"List-Unsubscribe": "One-Click"}
    answers = all_at_once(lambda _number: press(live_portal, path, body, guarded=False))
    assert answers == {(200, "Done. You are unsubscribed.")}
    assert Event.objects.filter(method="one_click").count() == 1
    assert "newsletter.email" not in on(point)


def test_twenty_requests_for_one_new_address_make_one_person(organisation: Current, live_portal: LivePortal) -> None:
    data = {"address": JOAN, "topics": "newsletter", "shown": str(organisation.id)}

    def ask(_number: int) -> tuple[int, str]:
        try:
            return press(live_portal, "/subscribe/", data, guarded=True)
        except OSError as error:
            return getattr(error, "code", 0), ""

    answers = all_at_once(ask)
    assert {status for status, _text in answers} == {200, 429}
    assert Message.objects.filter(contact_point=subjects_at(JOAN)).count() == 1
    assert Event.objects.filter(decision="granted").count() == 1


def test_two_workers_at_one_mailing_send_to_each_reader_once(organisation: Current) -> None:
    from django.db import connection

    for number in range(12):
        subscribed(f"reader{number}@example.net", "newsletter")
    one = Mailing.objects.create(topic_id="newsletter", subject_line="Version 8", body="Here.")
    flows.send(one)

    def work(_number: int) -> int:
        try:
            return flows.send_all()
        finally:
            connection.close()

    page, flows.PAGE = flows.PAGE, 3  # type: ignore[misc]  # small pages, so that the workers meet
    try:
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(work, range(4)))
        flows.send_all()
    finally:
        flows.PAGE = page  # type: ignore[misc]
    sent = list(Message.objects.filter(kind="preferences-mailing").values_list("contact_point", flat=True))
    assert len(sent) == len(set(sent)) == 12
