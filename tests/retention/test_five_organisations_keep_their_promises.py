"""In a portal grown old, exactly the rows are gone that each organisation's file says: an oracle counts the days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Model

from accounts import flows as accounts
from accounts.models import Look
from consent.cookies.models import Browser, Choice
from consent.ledger import projection
from consent.ledger.models import CircumstancesRecord, Event
from consent.ledger.texts import Shown, keep
from consent.ledger.vocabulary import Decision
from dsar.models import Request
from dsar.vocabulary import Happening, Matter, Outcome, Party
from dsar.vocabulary import State as Standing
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention.models import Run
from portal.subjects.models import Channel, ContactPoint, Ending, Subject, Suppression
from tests.retention import scene
from tests.retention.oracle import Oracle

pytestmark = pytest.mark.django_db
LEAP_DAY = datetime(2024, 2, 29, 12, tzinfo=UTC)
CLOCKS_CHANGE = datetime(2025, 3, 30, 0, 30, tzinfo=UTC)  # half an hour before they go forward in London
YEAR_ENDS = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)  # the last half hour in London; elsewhere the year is over
CASES = [
    ("openmarket", LEAP_DAY), ("open-ecx", CLOCKS_CHANGE), ("opencontact", YEAR_ENDS), ("openitio", LEAP_DAY),
    ("openitio", CLOCKS_CHANGE), ("open-e", YEAR_ENDS),
]  # fmt: skip
Expected = dict[tuple[type[Model], Any], bool]


class World:
    """Rows of every kind, each as old as may be, with what the oracle says must become of it: True is gone."""

    def __init__(self, oracle: Oracle, now: datetime) -> None:
        self.oracle, self.now = oracle, now
        self.expected: Expected = {}
        self.people = 0
        self.known = scene.person("known@example.org", met=now - timedelta(days=2))
        self.staff = accounts.open_account("priya@staff.example", staff=True)
        keep([Shown("en-gb", "May we?")])

    def grow(self) -> None:
        for make, rule in (
            (self.mail, "mails"),
            (self.circumstances, "circumstances"),
            (self.deed, "staff_log"),
            (self.look, "staff_log"),
            (self.stop, "suppression"),
            (self.browser, "cookie_choices"),
            (self.request, "requests"),
            (self.address, "contacts"),
            (self.decision, "decisions"),
        ):
            for start in self.oracle.starts_around(rule, self.now):
                row = make(start)
                self.expected[type(row), row.pk] = self.oracle.is_over(rule, start, self.now)

    def mail(self, start: datetime) -> Message:
        return scene.mail(self.known, start)

    def circumstances(self, start: datetime) -> CircumstancesRecord:
        return scene.circumstances(self.known, start)

    def look(self, start: datetime) -> Look:
        whose = self.known.subject_id
        return Look.objects.create(staff="7", subject_id=whose, what="opened", kind="subjects.Subject", at=start)

    def deed(self, start: datetime) -> LogEntry:
        return LogEntry.objects.create(user=self.staff, action_flag=2, action_time=start)

    def stop(self, start: datetime) -> Suppression:
        digest = f"{Suppression.objects.count():064}"
        return Suppression.objects.create(
            channel=Channel.EMAIL, digest=digest, key_id="dev", scope="marketing", position=1, reason="opt-out",
            created_at=start,
        )  # fmt: skip

    def browser(self, start: datetime) -> Browser:
        browser = Browser.objects.create(reference=f"{Browser.objects.count():016}", created_at=start)
        for number, at in enumerate((start - timedelta(days=700), start)):  # the last choice counts
            Choice.objects.create(
                browser=browser, key=str(number), site="here", organisation_version_id=versions.current().id,
                text_id=Shown("en-gb", "May we?").digest, method="chosen", means="page", language="en-gb",
                recorded_at=at,
            )  # fmt: skip
        return browser

    def request(self, start: datetime) -> Request:
        request = Request.objects.create(
            matter=Matter.ACCESS, state=Standing.CLOSED, outcome=Outcome.FULFILLED, subject=self.known.subject,
            organisation_version_id=versions.current().id, received_at=start - timedelta(days=20), closed_at=start,
        )  # fmt: skip
        request.events.create(kind=Happening.RECEIVED, party=Party.PERSON, at=start, recorded_at=start)
        return request

    def address(self, start: datetime) -> ContactPoint:
        """Somebody whose details are kept from this moment: a service that ended, or the last we heard of them."""
        ended = self.oracle.counts_from("contacts") in {"service_ended", "contract_ended"}
        point = self._person(start - timedelta(days=900) if ended else start)
        if ended:
            self._ended(point, start)
        scene.mail(point, self.now - timedelta(days=1))  # no contact; it goes with the address it went to
        self.expected[Subject, point.subject_id] = self.oracle.is_over("contacts", start, self.now)
        return point

    def decision(self, start: datetime) -> Event:
        """Somebody we have lost, who said no: their address goes, what they decided when its own time is over."""
        long_ago = self.now - timedelta(days=366 * 40)
        point = self._person(long_ago)
        self._ended(point, long_ago)
        scene.decision(point, start - timedelta(days=100), Decision.OBJECTED)
        event = scene.decision(point, start, Decision.OBJECTED)
        projection.rebuild(point.subject_id)
        self.expected[ContactPoint, point.pk] = True
        self.expected[Subject, point.subject_id] = self.oracle.is_over("decisions", start, self.now)
        return event

    def _person(self, met: datetime) -> ContactPoint:
        self.people += 1
        return scene.person(f"person{self.people}@example.org", met=met)

    def _ended(self, point: ContactPoint, at: datetime) -> None:
        day = at.astimezone(self.oracle.zone).date()
        for what in Ending.What:
            Ending.objects.create(subject=point.subject, what=what, day=day)


@pytest.fixture(autouse=True)
def _no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RETENTION_ASK_FROM_ROWS", 10**6)


@pytest.mark.parametrize(("organisation", "now"), CASES, indirect=["organisation"])
def test_exactly_what_is_over_its_time_is_gone(organisation: versions.Current, now: datetime) -> None:
    world = World(Oracle(organisation.organisation.slug), now)
    world.grow()
    scene.approve()
    assert scene.expire(now).state == Run.State.DONE
    wrong = [
        f"{model.__name__} {pk} should {'be gone' if over else 'be there'}"
        for (model, pk), over in world.expected.items()
        if model._base_manager.filter(pk=pk).exists() is over
    ]
    assert wrong == []
    assert {True, False} == set(world.expected.values())
