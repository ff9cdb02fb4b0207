"""permission() for a list gives each the answer it would give alone, page after page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.ledger import permission as module
from consent.ledger.permission import answer_for, answers, permission, permissions
from portal.organisation.versions import Current
from portal.subjects import merging, suppression
from portal.subjects.models import AddressKind, ContactPoint, Subject
from tests.ledger.acting import STOP_ALL, no_to, reach, says, yes_to


@pytest.fixture
def crowd(organisation: Current) -> list[ContactPoint]:
    """Seven people, no two alike."""
    points = [reach(f"person{n}@example.org", "forum" if n == 6 else "website") for n in range(7)]
    for point in points[:5]:
        says(point.subject, yes_to("newsletter"))
    says(points[1].subject, STOP_ALL)
    says(points[2].subject, no_to("newsletter", ""))
    suppression.suppress(points[3], "marketing", 10_000, "retention")
    Subject.objects.filter(pk=points[4].subject_id).update(under_age=True)
    return points


def test_each_gets_the_answer_they_would_get_alone(crowd: list[ContactPoint], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    together = {point.pk: answer for point, answer in permissions(ContactPoint.objects.all(), "newsletter")}
    alone = {point.pk: permission(point, category="marketing", topic="newsletter") for point in crowd}
    assert together == alone
    assert sorted(answer.rule for answer in together.values()) == [
        "consent", "context-forbids-marketing", "no-basis", "stopped", "stopped-here", "suppressed", "under-age",
    ]  # fmt: skip


def test_ids_are_as_good_as_a_query(crowd: list[ContactPoint], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    some = [crowd[0].pk, crowd[1].pk, crowd[5].pk, crowd[0].pk, crowd[2].pk]
    found = {point.pk: answer.allowed for point, answer in permissions(some, "newsletter")}
    assert found == {crowd[0].pk: True, crowd[1].pk: False, crowd[2].pk: False, crowd[5].pk: False}


def test_a_page_costs_the_same_however_many_are_on_it(crowd: list[ContactPoint]) -> None:
    costs = []
    for points in (ContactPoint.objects.filter(pk=crowd[0].pk), ContactPoint.objects.all()):
        with CaptureQueriesContext(connection) as counted:
            list(permissions(points, "newsletter"))
        costs.append(len(counted))
    assert costs[0] == costs[1] == 8


def test_nobody_is_no_question(organisation: Current) -> None:
    assert list(permissions(ContactPoint.objects.none(), "newsletter")) == []
    assert list(permissions([], "newsletter")) == []


def test_somebody_who_was_merged_is_answered_for_by_who_speaks_for_them(crowd: list[ContactPoint]) -> None:
    kept, other = crowd[0], crowd[5]
    merging.merge(kept.subject, other.subject)
    ContactPoint.objects.filter(pk=other.pk).update(subject=other.subject)  # left behind
    assert {answer.rule for _point, answer in permissions([kept.pk, other.pk], "newsletter")} == {"consent"}


def test_several_topics_of_one_address(crowd: list[ContactPoint]) -> None:
    rules = {topic: answer.rule for topic, answer in answers(crowd[0], ["newsletter", "webinars"]).items()}
    assert rules == {"newsletter": "consent", "webinars": "no-basis"}


def test_an_address_nobody_knows(organisation: Current) -> None:
    answer = answer_for("email", "nobody@example.org", category="marketing", topic="newsletter")
    assert (answer.allowed, answer.rule, answer.reason) == (False, "unknown-address", "We do not know this address.")


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
def test_companies_cost_one_statement_a_page(organisation: Current) -> None:
    points = [reach(f"person{n}@acme{n}.example", "client", address_kind=AddressKind.BUSINESS) for n in range(3)]
    says(points[0].subject, STOP_ALL)
    with CaptureQueriesContext(connection) as counted:
        found = list(permissions(ContactPoint.objects.all(), "service-news"))
    assert len(counted) == 9
    assert sorted(answer.rule for _point, answer in found) == ["no-basis", "no-basis", "stopped"]
