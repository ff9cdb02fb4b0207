"""Priya places a hold, lets it stay and lifts it; others see what they may."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import AUDITOR, EDITOR, SUPPORT
from accounts.models import User
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.vocabulary import Matter
from portal.holds import flows
from portal.holds.models import Hold
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.subjects.models import ContactPoint
from tests.holds.conftest import WHY, free, mail

pytestmark = pytest.mark.django_db
Placing = Callable[..., Hold]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "admin:portal_holds_hold_changelist"


@pytest.fixture
def desk(priya: User, client: Client) -> Client:
    client.force_login(priya, BACKEND)
    return client


def sitting(group: str) -> Client:
    client = Client()
    client.force_login(accounts.open_account("sam@staff.example", staff=True, groups=(group,)), BACKEND)
    return client


def page_of(hold: Hold) -> str:
    return reverse("admin:portal_holds_hold_change", args=[hold.pk])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def place(desk: Client, on: str, **changes: Any) -> Any:
    given = {"reason": WHY, "owner": key_of(User.objects.get(email="priya@staff.example")), "review_on": day(90)}
    return desk.post(reverse("admin:portal_holds_hold_place", args=[on]), {**given, **changes}, follow=True)


def day(left: int) -> str:
    return (flows.today() + timedelta(days=left)).isoformat()


def test_a_person_is_held_by_their_address_which_stands_in_no_url(desk: Client, joan: ContactPoint) -> None:
    answer = place(desk, "person", person="Joan.Archer@Example.ORG")
    held = Hold.objects.get()
    assert held.subject == joan.subject
    assert [address for address, _status in answer.redirect_chain] == [page_of(held)]
    assert "Nothing it keeps is deleted" in words(answer)
    assert WHY in words(answer)
    assert LogEntry.objects.filter(object_id=str(held.pk)).exists()


def test_one_record_and_a_whole_kind_are_held(desk: Client, joan: ContactPoint) -> None:
    first, second = mail(joan, 1), mail(joan, 2)
    assert "Nothing it keeps is deleted" in words(place(desk, "record", holding="outbox.Message", row=str(first.pk)))
    assert free(Message) == {second.pk}
    place(desk, "kind", holding="outbox.Message", ends_on=day(9), lifts_itself="on")
    assert not free(Message)
    assert Hold.objects.get(row="").lifts_itself


@pytest.mark.parametrize(
    ("on", "changes", "fault"),
    [
        ("person", {"person": "nobody@example.org"}, "Nobody is known at this address or number."),
        ("person", {"person": ""}, "Write whose data."),
        ("record", {"holding": "outbox.Message", "row": "no number"}, "There is no such row."),
        ("kind", {"holding": "auth.Permission"}, "Select a valid choice"),
        ("kind", {"holding": "outbox.Message", "review_on": "2020-01-01"}, "The day to look at it again is over"),
        ("kind", {"holding": "outbox.Message", "review_on": "tomorrow"}, "Write the day as year, month and day"),
        ("kind", {"holding": "outbox.Message", "owner": "999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_held_is_said_and_what_was_typed_is_kept(
    desk: Client, joan: ContactPoint, on: str, changes: dict[str, str], fault: str
) -> None:
    answer = place(desk, on, **changes)
    assert fault in words(answer)
    assert WHY in words(answer)
    assert not Hold.objects.exists()


def test_a_hold_stays_with_a_new_day_and_is_lifted_with_a_reason(
    desk: Client, joan: ContactPoint, hold: Placing
) -> None:
    placed = hold(joan.subject)
    extend, lift = (reverse(f"admin:portal_holds_hold_{what}", args=[placed.pk]) for what in ("extend", "lift"))
    assert "Write why." in words(desk.post(extend, {"review_on": day(9)}))
    assert "It stays." in words(desk.post(extend, {"reason": "Put off.", "review_on": day(9)}, follow=True))
    assert "Write why." in words(desk.post(lift))
    answer = words(desk.post(lift, {"reason": "Settled."}, follow=True))
    assert "keeps nothing any more" in answer
    assert "Let it stay" not in answer
    assert ["Put off." in answer, "Settled." in answer] == [True, True]
    assert "This hold was lifted already." in words(desk.post(lift, {"reason": "Twice."}))


def test_the_list_shows_those_that_stand_and_finds_the_others(desk: Client, joan: ContactPoint, hold: Placing) -> None:
    stands, ended = hold(joan.subject), hold(registry.holding_of(Message))
    flows.lift(ended, by="", reason="Settled.")
    assert [str(stands) in words(desk.get(reverse(LIST))), str(ended) in words(desk.get(reverse(LIST)))] == [
        True,
        False,
    ]
    lifted = words(desk.get(reverse(LIST), {"standing": "lifted"}))
    assert "all mails" in lifted
    assert str(stands) not in lifted
    assert {str(stands), str(ended)} <= set(
        re.findall(r"Hold \d+", words(desk.get(reverse(LIST), {"standing": "all"})))
    )


def test_a_person_page_shows_their_holds_and_leads_to_a_new_one(
    desk: Client, joan: ContactPoint, hold: Placing
) -> None:
    address = reverse("admin:subjects_subject_change", args=[joan.subject_id])
    assert "Nothing of this person is held." in words(desk.get(address))
    hold(joan.subject)
    page = desk.get(address).content.decode()
    assert WHY in page
    (way,) = re.findall(r'href="([^"]+)">Hold this person’s data', page)
    assert f'value="{joan.subject_id}"' in desk.get(way).content.decode()


def test_a_request_leads_to_a_hold_on_it(desk: Client, joan: ContactPoint) -> None:
    request = asking.ask_as_guest(joan.address, Wish(Matter.ACCESS))
    page = desk.get(reverse("admin:dsar_request_change", args=[request.pk])).content.decode()
    (way,) = re.findall(r'href="([^"]+)">Hold this request', page)
    form = desk.get(html.unescape(way)).content.decode()
    assert '<option value="dsar.Request" selected>' in form
    assert f'value="{request.pk}"' in form
    place(desk, "record", holding="dsar.Request", row=str(request.pk))
    assert Hold.objects.get().row == str(request.pk)


def test_the_index_names_the_holds_to_look_at(desk: Client, joan: ContactPoint, hold: Placing) -> None:
    index = reverse("admin:index")
    hold(joan.subject)
    assert "No hold has to be looked at this week." in words(desk.get(index))
    Hold.objects.update(review_on=flows.today() - timedelta(days=1))
    assert f"1 day over {Hold.objects.get()}" in words(desk.get(index))


def test_an_auditor_looks_and_changes_nothing(joan: ContactPoint, hold: Placing) -> None:
    placed, auditor = hold(joan.subject), sitting(AUDITOR)
    assert "Let it stay" not in words(auditor.get(page_of(placed)))
    assert "Hold a person" not in words(auditor.get(reverse(LIST)))
    person = auditor.get(reverse("admin:subjects_subject_change", args=[joan.subject_id]))
    assert "Hold this person" not in words(person)
    assert place(auditor, "person", person=str(joan.subject_id)).status_code == 403
    for what in ("extend", "lift"):
        address = reverse(f"admin:portal_holds_hold_{what}", args=[placed.pk])
        assert auditor.post(address, {"reason": "x", "review_on": day(3)}).status_code == 403


@pytest.mark.parametrize("group", [SUPPORT, EDITOR])
def test_others_do_not_see_holds(group: str, joan: ContactPoint, hold: Placing) -> None:
    placed, other = hold(joan.subject), sitting(group)
    assert other.get(reverse(LIST)).status_code == 403
    assert other.get(page_of(placed)).status_code == 403


def test_a_page_that_does_not_exist_is_not_found(desk: Client) -> None:
    assert desk.get(reverse("admin:portal_holds_hold_change", args=[99])).status_code == 404
    assert desk.get(reverse("admin:portal_holds_hold_place", args=["everything"])).status_code == 404
