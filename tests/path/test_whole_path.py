"""The whole path, with nothing replaced: a browser, gunicorn, a Celery worker, a broker, a mail server.

Joan leaves her address, confirms by the mail, looks at what she receives, gets one mailing, and leaves by the button
of her mail program. The next mailing goes to Marek and not to her; and each step can be proven.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from consent.ledger import permission
from consent.ledger.circumstances import Circumstances
from consent.preferences import catalogue, mails, tasks
from consent.preferences.flows import mailing as mailings
from consent.preferences.flows import subscribing
from consent.preferences.models import Mailing
from portal.organisation.schema import TopicEntry
from portal.organisation.versions import Current
from portal.outbox.kinds import Category
from portal.outbox.models import Message
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint
from tests.browser import axe
from tests.processes import LivePortal, Worker
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


def wait_for(found: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Until it is so."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)


def link_in(mail: EmailMessage, path: str, portal: LivePortal) -> str:
    """The address of a page in a mail, at the portal of the test; the same in text and HTML."""
    found = []
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        found.append(re.search(rf"http://localhost:8000({path}[\w-]+/)", body.get_content()))
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][1] == found[1][1]
    return portal.url + found[0][1]


def first_topic(current: Current) -> tuple[str, TopicEntry]:
    code = catalogue.offered(current.organisation)[0].topics[0].code
    return code, current.organisation.topics[code]


def at(address: str) -> ContactPoint:
    point = subjects.find("email", address)
    assert point is not None
    return point


def marek_reads(topic: str, current: Current) -> None:
    """Marek asked for the same topic before, and confirmed."""
    asked = subscribing.subscribe(MAREK, [topic], version_id=current.id, circumstances=Circumstances())
    subscribing.confirm(mails.token_of(asked), circumstances=Circumstances())


def send_mailing(topic: str, line: str) -> None:
    """Staff write it and set it going; the worker finds it."""
    one = Mailing.objects.create(topic_id=topic, subject_line=line, body="Dear reader,\n\nthis is what is new.")
    mailings.send(one)
    tasks.send_mailing.apply_async()


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_from_an_address_typed_in_to_the_last_mail(
    organisation: Current, live_portal: LivePortal, worker: Worker, smtp_sink: SmtpSink, page: Page
) -> None:
    file, (code, topic) = organisation.organisation, first_topic(organisation)
    purpose = file.purposes[topic.purpose]
    marek_reads(code, organisation)

    # She chooses on the page, in the organisation's own words.
    page.goto(f"{live_portal.url}/subscribe/")
    assert file.name in page.title()
    assert str(purpose.title) in page.inner_text("main")
    assert not page.locator("input[type=checkbox]:checked").count()
    page.get_by_label(str(topic.wording)).check()
    page.get_by_label("Your e-mail address").fill(JOAN)
    if file.marketing.minimum_age is not None:
        page.get_by_role("checkbox", name=re.compile(f"^{file.children.declaration}")).check()
    page.get_by_role("button", name="Send me the link").click()
    assert "Now look in your mail" in page.inner_text("h1")

    # The worker's mail asks her; a scanner that opens the link changes nothing.
    wait_for(lambda: bool(smtp_sink.to(JOAN)), "the confirmation mail")
    question = smtp_sink.to(JOAN)[0]
    assert str(topic.title) in question["Subject"]
    confirm = link_in(question, "/subscribe/confirm/", live_portal)
    for method in ("GET", "HEAD"):
        urlopen(Request(confirm, method=method), timeout=30).close()
    assert not permission.permission(at(JOAN), category=Category.MARKETING, topic=code).allowed

    # One press, and she is on the list; the link in the mail shows what she receives.
    page.goto(confirm)
    axe(page)
    page.get_by_role("button", name="Yes, send me this").click()
    assert "Done. You are on the list." in page.inner_text("h1")
    page.goto(link_in(question, "/preferences/", live_portal))
    axe(page)
    switch = page.get_by_role("switch", name=f"E-mail for {topic.title}")
    assert switch.is_checked()
    assert "j•••@example.org" in page.inner_text("main")

    # A mailing reaches both, and says why.
    send_mailing(code, "First")
    wait_for(lambda: all("First" in [m["Subject"] for m in smtp_sink.to(who)] for who in (JOAN, MAREK)), "the mailing")
    first = next(mail for mail in smtp_sink.to(JOAN) if mail["Subject"] == "First")
    body = first.get_body(("plain",))
    assert body is not None
    assert str(topic.wording) in body.get_content().replace("\n", " ")
    assert file.controller.legal_name in body.get_content()
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # Her mail program's own button, without a cookie, without a page.
    way_out = re.search(r"<(https?://[^>]+)>", first["List-Unsubscribe"])
    assert way_out is not None
    press = Request(live_portal.url + urlsplit(way_out[1]).path, b"List-Unsubscribe=One-Click")
    with urlopen(press, timeout=30) as answer:
        assert (answer.status, answer.geturl()) == (200, press.full_url)
    answer_now = permission.permission(at(JOAN), category=Category.MARKETING, topic=code)
    assert (answer_now.allowed, answer_now.rule) == (False, "stopped-here")

    # From now on: Marek, and not her.
    send_mailing(code, "Second")
    wait_for(lambda: "Second" in [mail["Subject"] for mail in smtp_sink.to(MAREK)], "Marek's second mail")
    wait_for(lambda: not Mailing.objects.exclude(state="sent").exists(), "the end of the mailing")
    assert "Second" not in [mail["Subject"] for mail in smtp_sink.to(JOAN)]
    second = str(Mailing.objects.get(subject_line="Second").pk)
    assert not Message.objects.filter(contact_point=at(JOAN), params__mailing=second).exists()

    # And it can be proven.
    told = [(event.decision, event.method) for event in permission.history(at(JOAN).subject)]
    assert told == [
        ("withdrawn", "one_click"),
        ("confirmed", "confirmation_mail"),
        ("granted", "form"),
    ]
    words = [event.text.body for event in permission.history(at(JOAN).subject) if event.text]
    assert words == ["List-Unsubscribe=One-Click", str(topic.wording), str(topic.wording)]
