"""The page of a person at the desk answers: may we write to them and why, what did they say, what did we send?"""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from consent.preferences.flows import stopping
from portal.organisation.versions import Current
from portal.outbox import flows as outbox
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Subject
from tests.preferences.conftest import JOAN, MAREK, asked, own_page, subjects_at, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(organisation: Current, client: Client) -> Client:
    """The privacy officer, with the rights of her group and no others."""
    client.force_login(accounts.open_account("priya@staff.example", None, staff=True, groups=(PRIVACY_OFFICER,)))
    return client


def panel(client: Client, subject: Subject, title: str) -> str:
    """The text of one panel of the person's page; "" where it is not there."""
    page = client.get(f"/admin/subjects/subject/{subject.pk}/change/").content.decode()
    start = r'<div class="module panel">\s*<h2[^>]*>'
    end = r'(?=<div class="module panel">|<div class="submit-row">)'
    found = re.search(rf"{start}{re.escape(title)}</h2>(.*?){end}", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def test_it_says_for_each_topic_whether_we_may_write_and_by_which_rule(priya: Client) -> None:
    joan = subscribed(JOAN, "newsletter")
    shown = panel(priya, joan.subject, "May we write to them?")
    assert re.search(r"E-mail j•••@example\.org Yes You said yes to this on [^.]+\. consent", shown)
    assert "You have not asked for this" in shown
    assert JOAN not in shown


def test_it_shows_decisions_with_words_and_method_and_leads_to_the_ledger(priya: Client, organisation: Current) -> None:
    joan = subscribed(JOAN, "newsletter")
    shown = panel(priya, joan.subject, "What they decided")
    topic = organisation.organisation.topics["newsletter"]
    assert str(topic.title) in shown
    assert str(topic.wording) in shown
    assert "by the link in the confirmation mail" in shown
    page = priya.get(f"/admin/subjects/subject/{joan.subject_id}/change/").content.decode()
    address = f"/admin/consent_ledger/event/?q={joan.subject_id}"
    assert f'href="{address}"' in page
    listed = priya.get(address).context["cl"].queryset
    assert {event.subject_id for event in listed} == {joan.subject_id}
    assert listed


def test_it_shows_mails_and_why_one_was_withheld(priya: Client) -> None:
    joan = subscribed(JOAN, "newsletter")
    message = outbox.enqueue("preferences-mailing", joan, topic="newsletter", params={})
    verdict = {"allowed": False, "rule": "stopped", "reason": "You stopped all marketing."}
    Message.objects.filter(pk=message.pk).update(state="withheld", verdict=verdict)
    shown = panel(priya, joan.subject, "Mails")
    assert "Mailing j•••@example.org withheld – You stopped all marketing." in shown
    assert "Did you ask for this?" in shown


def test_it_shows_what_waits_for_a_confirmation(priya: Client, organisation: Current) -> None:
    asked(MAREK, "newsletter")
    shown = panel(priya, subjects_at(MAREK).subject, "Waiting for their confirmation")
    assert str(organisation.organisation.topics["newsletter"].title) in shown
    assert panel(priya, subscribed(JOAN, "newsletter").subject, "Waiting for their confirmation") == (
        "Nothing waits for a confirmation."
    )


def test_a_stop_they_lifted_themselves_does_not_look_current(priya: Client) -> None:
    joan = subscribed(JOAN, "newsletter")
    stopping.stop_topic(joan.subject, "newsletter", own_page())
    stopping.stop_everything(joan.subject, own_page())
    before = panel(priya, joan.subject, "Stops at their addresses")
    assert "later lifted" not in before
    assert "in force" in before
    subscribed(JOAN, "newsletter")
    after = panel(priya, joan.subject, "Stops at their addresses")
    assert "all marketing opt-out in force, but later lifted by their own yes for:" in after


@pytest.fixture
def clerk(organisation: Current, client: Client) -> Client:
    """Staff who may see people and nothing else."""
    user: User = accounts.open_account("temp@staff.example", None, staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_subject"))
    client.force_login(user)
    return client


@pytest.mark.parametrize("title", ["May we write to them?", "What they decided", "Mails"])
def test_who_may_not_see_the_rows_does_not_see_the_panel(clerk: Client, title: str) -> None:
    joan: ContactPoint = subscribed(JOAN, "newsletter")
    assert panel(clerk, joan.subject, title) == ""
