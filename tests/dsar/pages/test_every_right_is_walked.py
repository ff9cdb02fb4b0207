"""Each right of each organisation, from the form to the answer, as a guest and signed in, with the mails read.

In a browser, through the portal's own server and a real mail server. Priya's part goes through the flows that the desk
calls; tests/dsar/desk walks it by hand.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from dsar import matters
from dsar.flows import effects
from dsar.flows.answering import Answer
from dsar.models import Request
from dsar.transitions import AT_ONCE
from dsar.vocabulary import Matter, Outcome, State
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from portal.outbox import drainer
from portal.outbox.models import Message
from tests.dsar.answers import answer
from tests.dsar.pages.conftest import ANSWERS, BACKEND, FIVE, close_tasks
from tests.processes import LivePortal
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def mail_about(sink: SmtpSink, address: str, reference: str, words: str) -> str:
    """The text of the newest mail to somebody with this reference in its subject and these words in it."""
    drainer.drain()
    for mail in reversed(sink.to(address)):
        part = mail.get_body(("plain",))
        text = re.sub(r"\s+", " ", part.get_content()) if part is not None else ""
        if reference in str(mail["Subject"]) and words in text:
            return text
    about = Message.objects.filter(params__request=str(Request.objects.get(reference=reference).pk))
    became = list(about.values_list("kind", "state", "last_error"))
    pytest.fail(f"No mail about {reference} says “{words}”; its mails became: {became}")


def fill_in(page: Page, matter: Matter, organisation: Organisation) -> None:
    """Answers what the form asks, as it asks it."""
    given = ANSWERS.get(matter, {})
    for question in matters.questions(matter, organisation):
        words = given.get(question.code)
        field = page.locator(f"[name=answer_{question.code}]")
        if words is None:
            continue
        if question.kind is matters.Kind.CHOICE:
            page.locator(f"[name=answer_{question.code}][value='{words}']").check()
        else:
            field.fill(words)
    role = page.locator("[name=role]")
    if role.count():
        role.first.check()


def finished_by_priya(request: Request, priya: User) -> None:
    """Searched, looked at and answered."""
    close_tasks(request, priya)
    if request.matter == Matter.HUMAN_REVIEW:
        effects.human_looked(request, priya, "The machine was wrong.", changed=True)
    close_tasks(request, priya)
    answer(request, priya, Answer(Outcome.FULFILLED, f"This is our answer to {request.reference}."))


def walk(
    page: Page, portal: LivePortal, sink: SmtpSink, current: Current, matter: Matter, priya: User, address: str
) -> None:
    """One matter, from the list of what can be asked to the answer."""
    organisation = current.organisation
    title = matters.title(matter, organisation)
    page.goto(f"{portal.url}/requests/")
    page.get_by_role("link", name=title, exact=True).first.click()
    assert title in page.inner_text("main")
    fill_in(page, matter, organisation)
    guest = page.get_by_label("Your e-mail address").count() > 0
    if guest:
        page.get_by_label("Your e-mail address").fill(address)
    page.locator("main form").last.get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/"))
    request = Request.objects.get(pk=page.url.rstrip("/").rpartition("/")[2])
    assert request.matter == matter
    if guest:
        assert request.state == State.RECEIVED
        code = mail_about(sink, address, request.reference, "Type this code")
        found = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", code)
        assert found is not None
        page.get_by_label("The code from our mail").fill(found[0])
        page.get_by_role("button", name="Open my request").click()
        expect(page.get_by_label("The code from our mail")).to_have_count(0)
    request.refresh_from_db()
    assert request.reference in page.inner_text("main")
    mail_about(sink, address, request.reference, title)
    if matter in AT_ONCE:
        close_tasks(request, priya)  # done here at once, and answered once the other systems stopped too
        request.refresh_from_db()
    if request.state not in {State.CLOSED, State.REVIEWED}:
        assert matter not in AT_ONCE
        finished_by_priya(request, priya)
        mail_about(sink, address, request.reference, f"This is our answer to {request.reference}.")
        page.reload()
        expect(page.get_by_text(f"This is our answer to {request.reference}.").first).to_be_visible()
    request.refresh_from_db()
    assert (request.state, request.outcome) == (State.CLOSED, Outcome.FULFILLED)


@pytest.mark.parametrize("who", ["guest", "signed-in"])
@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_right_of_every_organisation(
    organisation: Current, live_portal: LivePortal, smtp_sink: SmtpSink, page: Page, joan: User, priya: User, who: str
) -> None:
    if who == "signed-in":
        client = Client()
        client.force_login(joan, BACKEND)
        cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_portal.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # what Playwright's own type says in other words
    page.goto(live_portal.url)
    refuse = page.get_by_role("button", name="No thanks")
    if refuse.count():
        refuse.click()
    offered = list(matters.offered(organisation.organisation))
    assert len(offered) >= 10
    for matter in offered:
        # A guest of their own each time: no more than a few mails an hour go to one address.
        whom = f"marek.{matter}@example.com" if who == "guest" else joan.email
        walk(page, live_portal, smtp_sink, organisation, matter, priya, whom)
