"""Every mail about requests, in the voice of each organisation: made by the flows, sent, and read as it arrived."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from dsar.letters import CODE, kind_code, kinds, paper, to_person
from dsar.models import Event, Request
from dsar.vocabulary import Behalf, Matter
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from portal.outbox import drainer
from tests.dsar.letters.reading import Mail, faults, read, squeezed
from tests.dsar.letters.stories import JOAN, MAREK, cast_of, tell_all
from tests.dsar.paper.reading import text_of
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]
OF_THE_PERSON = {CODE, *map(kind_code, kinds.TITLES)}


@pytest.fixture
def mails(organisation: Current, smtp_sink: SmtpSink, settings: Settings) -> list[Mail]:
    """All that arrived after everything happened."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    tell_all(cast_of(organisation.organisation, drainer.drain))  # type: ignore[arg-type]  # what it returns is not needed
    return [read(mail) for mail in smtp_sink.mails]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_letter_reads_well(organisation: Current, mails: list[Mail], client: Client) -> None:
    promises = organisation.organisation
    assert {mail.kind for mail in mails} >= _every_kind(promises)
    found = [f"{mail.kind}: {fault}" for mail in mails for fault in faults(mail, promises)]
    found += [f"{mail.kind}: {fault}" for mail in mails for fault in _of_its_reader(mail)]
    found += _promises(mails, promises)
    found += _pages_that_do_not_open(mails, client)
    found += _on_paper(promises)
    assert not found, "\n".join(sorted(set(found)))


def _every_kind(promises: Organisation) -> set[str]:
    every = {CODE, *(kind_code(name) for name in (*kinds.TITLES, *kinds.STAFF_TITLES, *kinds.OWNER_TITLES))}
    return every if promises.breach.people_can_report else every - {kind_code("compromise")}


def _of_its_reader(mail: Mail) -> list[str]:
    """A letter goes to who asked; a mail to staff and owners names nobody."""
    if mail.kind in OF_THE_PERSON:
        return [] if mail.to in {JOAN, MAREK} else ["it went to somebody else"]
    named = [word for word in (JOAN, MAREK, "Joan", "Archer", "Nowak", "Mill Lane", "Max") if word in mail.words]
    astray = [] if mail.to not in {JOAN, MAREK} else ["it went to a person"]
    return [*astray, *(f"it names {word}" for word in named)]


def _promises(mails: list[Mail], promises: Organisation) -> list[str]:
    """A receipt says until when, by the promise of this organisation and by its law, and how that was counted."""
    found = []
    for mail in mails:
        matter = Matter(mail.request.matter)
        if mail.kind != kind_code("receipt") or matter.right is None:
            continue
        wanted = [
            str(promises.rights.offered[matter.right].title),
            "reached us on",
            *_told_by_when(mail.request, promises),
        ]
        found += [f"receipt of {matter}: no {words!r}" for words in wanted if words not in mail.words + mail.subject]
    return found


def _told_by_when(request: Request, promises: Organisation) -> list[str]:
    if request.matter == Matter.COMPLAINT:
        return ["With this we acknowledge your complaint."]
    if request.behalf != Behalf.SELF:
        return ["our time to answer starts when it arrives"]
    period = f"We promise an answer within {promises.rights.response}, counted from the next day"
    return ["We promise an answer by", "the law allows until", period]


def _pages_that_do_not_open(mails: list[Mail], client: Client) -> list[str]:
    """One link to each of our pages is opened, by somebody who is not signed in."""
    ours = {link for mail in mails for link in mail.links if link.startswith(configured.BASE_URL)}
    one_each = {resolve(urlsplit(link).path).view_name: urlsplit(link).path for link in sorted(ours)}
    answers = {path: client.get(path).status_code for path in one_each.values()}
    return [f"{path} answers {status}" for path, status in answers.items() if status not in {200, 302}]


def _on_paper(promises: Organisation) -> list[str]:
    """Each letter can be had on paper, with its words."""
    found, done = [], set()
    for event in Event.objects.select_related("request"):
        name = paper.name_of(event)
        if not name or name in done:
            continue
        done.add(name)
        letter, words = to_person.write(name, event.request, event), text_of(paper.as_pdf(event.request, event))
        parts = (promises.controller.legal_name, event.request.reference, letter.subject, letter.lead, letter.quote)
        wanted = [squeezed(str(part)) for part in (*parts, *letter.paragraphs, *letter.steps, *letter.rights)]
        found += [f"{name} on paper lacks {one!r}" for one in wanted if one not in words]
        found += [f"{name} on paper has {sign!r}" for sign in ("None", "%(", "{{") if sign in words]
    return found + [f"{name} was not had on paper" for name in set(kinds.TITLES) - {"downloaded"} - done]
