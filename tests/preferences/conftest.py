"""Joan has an account, Marek subscribed without one, Priya is staff; and short words for what they do."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import flows as accounts
from accounts.models import User
from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Method
from consent.preferences import mails, switches
from consent.preferences.flows import acts, subscribing
from consent.preferences.models import Confirmation
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.versions import Current
from portal.outbox import links
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint, Subject

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
PRIYA = "priya@staff.example"
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """Passwords that are hashed slowly are right in an install and only slow here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    client: Client = field(default_factory=Client)

    def text(self, answer: Any) -> str:
        """What a person reads on a page: tags away, blanks made one."""
        return words_of(answer.content.decode())

    def see(self, path: str) -> str:
        return self.text(self.client.get(path))

    def ask_for(self, address: str, *topics: str, **more: Any) -> Any:
        data = {"address": address, "topics": topics, "shown": versions.current().id, **more}
        return self.client.post("/subscribe/", data)


def words_of(page: str) -> str:
    """The words of a page."""
    return re.sub(
        r"\s+([,.;:?!](?=\s|$)|$)", r"\1", re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
    ).strip()


@pytest.fixture
def visitor(organisation: Current) -> Visitor:
    return Visitor()


@pytest.fixture
def visitors(organisation: Current) -> Callable[[], Visitor]:
    return Visitor


@pytest.fixture
def joan(organisation: Current) -> User:
    user = accounts.open_account(JOAN, "green kettle on Tuesdays", name="Joan Archer")
    join_the_forum(subjects_at(JOAN), organisation)
    return user


@pytest.fixture
def signed_in(joan: User) -> Visitor:
    """Joan at her browser."""
    visitor = Visitor()
    visitor.client.force_login(joan, "allauth.account.auth_backends.AuthenticationBackend")
    return visitor


@pytest.fixture
def marek(organisation: Current) -> ContactPoint:
    """Reads the first two topics the form offers, confirmed by mail."""
    point = subscribed(MAREK, *first_topics(organisation, 2))
    join_the_forum(point, organisation)
    return point


def join_the_forum(point: ContactPoint, current: Current) -> None:
    """Where there is a forum, its notices come to whoever joined it."""
    if "forum" in current.organisation.contexts:
        subjects.note_provenance([point], context="forum", source="person")


def new_version(current: Current, change: Callable[[dict[str, Any]], None]) -> Current:
    """A later version of the file, in which something changed."""
    row = OrganisationVersion.objects.get(pk=current.id)
    content = json.loads(row.content)
    change(content)
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    kept = json.dumps(content)
    OrganisationVersion.objects.create(number=row.number + 1, slug=row.slug, digest=digest, content=kept)
    return versions.current()


def without_topic(code: str) -> Callable[[dict[str, Any]], None]:
    """A change of the file: the topic is gone."""

    def change(content: dict[str, Any]) -> None:
        del content["topics"][code]
        for form in content["forms"].values():
            form["topics"] = [topic for topic in form.get("topics", ()) if topic != code]

    return change


def first_topics(current: Current, count: int) -> list[str]:
    """The first topics the sign-up form offers."""
    from consent.preferences import catalogue

    offered = [topic.code for section in catalogue.offered(current.organisation) for topic in section.topics]
    return offered[:count]


def subscribed(address: str, *topics: str) -> ContactPoint:
    """Somebody who asked for topics and confirmed."""
    confirmation = asked(address, *topics)
    subscribing.confirm(mails.token_of(confirmation), circumstances=Circumstances())
    return subjects_at(address)


def asked(address: str, *topics: str) -> Confirmation:
    """Somebody asked for topics; nobody confirmed yet."""
    return subscribing.subscribe(address, topics, version_id=versions.current().id, circumstances=Circumstances())


def subjects_at(address: str) -> ContactPoint:
    point = subjects.find("email", address)
    assert point is not None
    return point


def own_page(**changes: Any) -> acts.Doing:
    """On the preference page, signed in; anything else by name."""
    usual: dict[str, Any] = {"method": Method.PREFERENCE_CENTRE, "proved": True, "circumstances": Circumstances()}
    return acts.Doing(**{**usual, **changes})


def on(person: Subject | ContactPoint) -> set[str]:
    """The switches that stand on, as the database has it now."""
    subject = person.subject if isinstance(person, ContactPoint) else person
    fresh = subjects.resolve(Subject.objects.get(pk=subject.pk))
    return set(switches.board(fresh, versions.current()).on)


def person_of(user: User) -> Subject:
    subject = User.objects.get(pk=user.pk).subject
    assert subject is not None
    return subject


def last_token(address: str) -> str:
    """The token of the confirmation mailed last to an address."""
    latest = Confirmation.objects.filter(contact_point=subjects_at(address)).order_by("-created_at", "-pk").first()
    assert latest is not None
    return mails.token_of(latest)


def preferences_link(point: ContactPoint) -> str:
    return f"/preferences/{links.make(links.PREFERENCES, str(point.pk))}/"


def unsubscribe_link(point: ContactPoint, topic: str = "") -> str:
    return f"/unsubscribe/{links.make(links.UNSUBSCRIBE, str(point.pk), topic)}/"
