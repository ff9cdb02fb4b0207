"""What happens fifty times at the same moment, on a real server: guesses at a code, and withdrawals."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from dsar import models
from dsar.models import Challenge
from dsar.vocabulary import State
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import ask_as_guest, kinds_of_mail, last_code, page_of
from tests.processes import LivePortal

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


class Browser:
    """Somebody with cookies, who sends a form many times before the first answer comes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def see(self, url: str = "") -> str:
        with self.opener.open(url or self.url, timeout=60) as answer:
            return str(answer.read().decode())

    def send_at_once(self, url: str, forms: list[dict[str, str]]) -> list[int]:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.see(url))
        assert found is not None

        def one(form: dict[str, str]) -> int:
            data = urlencode({"csrfmiddlewaretoken": found[1], **form}).encode()
            try:
                with self.opener.open(Request(url, data, {"Referer": url}), timeout=60) as answer:
                    return int(answer.status)
            except HTTPError as error:
                return error.code

        with ThreadPoolExecutor(25) as pool:
            return list(pool.map(one, forms))


def test_fifty_guesses_at_once_are_five(organisation: Current, live_portal: LivePortal) -> None:
    request = ask_as_guest()
    code = last_code(request)
    browser = Browser(live_portal.url + page_of(request))
    answers = browser.send_at_once(browser.url, [{"do": "enter_code", "code": "BCDF-GHJK"}] * 50)
    assert set(answers) == {200}
    assert Challenge.objects.get().guesses == 5
    browser.send_at_once(browser.url, [{"do": "enter_code", "code": code}])
    request.refresh_from_db()
    assert request.state == State.RECEIVED


def test_the_right_code_many_times_at_once_begins_the_work_once(organisation: Current, live_portal: LivePortal) -> None:
    request = ask_as_guest()
    browser = Browser(live_portal.url + page_of(request))
    answers = browser.send_at_once(browser.url, [{"do": "enter_code", "code": last_code(request)}] * 10)
    assert set(answers) == {200}
    request.refresh_from_db()
    assert request.state == State.ACTIVE
    assert kinds_of_mail(request) == ["code", "receipt"]


def test_withdrawn_many_times_at_once_it_is_withdrawn_once(organisation: Current, live_portal: LivePortal) -> None:
    request = ask_as_guest()
    browser = Browser(live_portal.url + page_of(request))
    browser.send_at_once(browser.url, [{"do": "enter_code", "code": last_code(request)}])
    answers = browser.send_at_once(f"{browser.url}withdraw/", [{}] * 10)
    assert set(answers) == {200}
    assert kinds_of_mail(request).count("withdrawn") == 1
    assert models.Event.objects.filter(request=request, kind="withdrawn").count() == 1
