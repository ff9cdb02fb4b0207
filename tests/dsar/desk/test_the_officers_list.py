"""The list of requests: what is most urgent comes first, in words; found by address without the address in a URL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.groups import SUPPORT
from accounts.models import User
from dsar.flows import answering, asking, deadlines
from dsar.flows.asking import Wish
from dsar.flows.steps import Refused
from dsar.models import Request
from dsar.vocabulary import Matter
from portal.outbox.models import Message
from tests.dsar.desk.conftest import LIST, MAREK, AtDesk, ask, member, page_of, words_of

pytestmark = pytest.mark.django_db


def listed(desk: AtDesk, **query: str) -> str:
    return words_of(desk.client.get(reverse(LIST), query).content.decode())


def search(desk: AtDesk, sought: str) -> Any:
    return desk.client.post(reverse(LIST), {"address": sought})


def due_in(request: Request, days: int) -> Request:
    """As if its promise ended in so many days."""
    request.promised_due = request.statutory_due = deadlines.today() + timedelta(days=days)
    request.save(update_fields=["promised_due", "statutory_due"])
    return request


def guests(count: int, prefix: str) -> None:
    """So many people asked, and their answers are due today."""
    for number in range(count):
        asking.ask_as_guest(f"{prefix}{number}@example.net", Wish(Matter.ACCESS))
    Request.objects.update(state="active", promised_due=deadlines.today())


def test_the_most_urgent_come_first_in_words(priya: AtDesk, joan: User) -> None:
    calm, late, soon = ask(joan), ask(joan, Matter.ERASURE), ask(joan, Matter.INFORMED)
    for request, days in ((calm, 20), (late, -2), (soon, 3)):
        due_in(request, days)
    compromise = ask(joan, Matter.COMPROMISE)
    page = listed(priya)
    found = [page.index(one.reference) for one in (compromise, late, soon, calm)]
    assert found == sorted(found)
    for words in ("look at once", "2 days overdue", "3 days left", "20 days left"):
        assert words in page


def test_who_waits_for_the_person_says_so(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "ask-identity", doubt="Another name", method="question")
    assert "waiting for the person" in listed(priya)


def test_the_list_names_the_matter_in_the_organisations_words_and_masks_the_address(priya: AtDesk, joan: User) -> None:
    ask(joan)
    page = listed(priya)
    assert "Get a copy of my data" in page
    assert "j•••@example.org" in page
    assert joan.email not in page


def test_what_is_over_is_shown_only_when_asked_for(priya: AtDesk, joan: User) -> None:
    open_, over = ask(joan), ask(joan, Matter.ERASURE)
    asking.take_back(over)
    unconfirmed = asking.ask_as_guest(MAREK, Wish(Matter.ACCESS))
    assert open_.reference in listed(priya)
    assert over.reference not in listed(priya)
    assert unconfirmed.reference not in listed(priya)
    assert over.reference in listed(priya, state="over")
    assert unconfirmed.reference in listed(priya, state="received")
    page = listed(priya, state="all")
    assert page.index(open_.reference) < page.index(over.reference)


def test_filters_narrow_the_list(priya: AtDesk, joan: User) -> None:
    mine, extended, late = ask(joan), ask(joan, Matter.INFORMED), ask(joan, Matter.ERASURE)
    answering.assign(mine, priya.user, priya.user)
    answering.extend(extended, priya.user, "There are 900 recordings.")
    due_in(late, -1)
    for query, expected in (
        ({"assigned": "me"}, {mine}),
        ({"assigned": "nobody"}, {extended, late}),
        ({"time": "overdue"}, {late}),
        ({"time": "extended"}, {extended}),
        ({"matter": "access"}, {mine}),
        ({"state": "nonsense", "assigned": "x", "time": "x", "matter": "x"}, {mine, extended, late}),
    ):
        page = listed(priya, **query)
        assert {one for one in (mine, extended, late) if one.reference in page} == expected, query


def test_a_reference_leads_to_its_request_however_it_is_typed(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    for typed in (request.reference, f" {request.reference.lower()} ", request.reference.replace("-", "")):
        assert search(priya, typed).url == page_of(request)


def test_an_address_leads_to_all_requests_of_its_person_and_stays_out_of_the_url(priya: AtDesk, joan: User) -> None:
    mine, over, other = ask(joan), ask(joan, Matter.ERASURE), asking.ask_as_guest(MAREK, Wish(Matter.ACCESS))
    asking.take_back(over)
    answer = search(priya, joan.email.upper())
    assert "@" not in answer.url
    assert "joan" not in answer.url.lower()
    page = words_of(priya.client.get(answer.url).content.decode())
    assert mine.reference in page
    assert over.reference in page
    assert other.reference not in page


def test_what_is_known_to_nobody_gets_a_sentence(priya: AtDesk) -> None:
    for typed in ("nobody@example.net", "R-0000-0000", "", "' OR 1=1 --"):
        answer = priya.client.post(reverse(LIST), {"address": typed}, follow=True)
        assert "No request has this reference or address." in words_of(answer.content.decode()), typed
    assert listed(priya, person="nonsense")


def test_several_are_given_to_somebody_at_once(priya: AtDesk, joan: User) -> None:
    chosen = [ask(joan), ask(joan, Matter.ERASURE)]
    left = ask(joan, Matter.INFORMED)
    support = member(SUPPORT).user
    form = priya.client.get(reverse(LIST)).content.decode()
    assert all(f'name="_selected_action" value="{one.pk}"' in form for one in (*chosen, left))
    assert 'id="action-toggle"' in form
    data = {"action": "assign", "_selected_action": [str(one.pk) for one in chosen]}
    page = priya.client.post(reverse(LIST), data)
    words = words_of(page.content.decode())
    assert "Priya" in words
    assert support.get_full_name() not in words
    assert left.reference not in words
    assert not Request.objects.exclude(assignee=None).exists()
    answer = priya.client.post(reverse(LIST), {**data, "assignee": priya.user.pk}, follow=True)
    assert "2 requests are assigned to Priya." in words_of(answer.content.decode())
    assert set(Request.objects.filter(assignee=priya.user)) == set(chosen)


def test_nobody_without_the_right_is_given_a_request(priya: AtDesk, joan: User) -> None:
    request, support = ask(joan), member(SUPPORT).user
    assert priya.do(request, "assign", assignee=support.pk).status_code == 200
    data = {"action": "assign", "_selected_action": [str(request.pk)], "assignee": support.pk}
    priya.client.post(reverse(LIST), data)
    request.refresh_from_db()
    assert request.assignee is None
    with pytest.raises(Refused):
        answering.assign(request, support, priya.user)


def test_who_is_given_a_request_is_mailed(priya: AtDesk, joan: User) -> None:
    from accounts import flows as accounts
    from accounts.groups import PRIVACY_OFFICER

    noor = accounts.open_account("noor@staff.example", name="Noor", staff=True, groups=(PRIVACY_OFFICER,))
    priya.does(ask(joan), "assign", assignee=noor.pk)
    assert Message.objects.filter(kind="request-assigned").exists()


def test_support_cannot_assign_and_nobody_can_delete(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    data = {"action": "assign", "_selected_action": [str(request.pk)], "assignee": priya.user.pk}
    member(SUPPORT).client.post(reverse(LIST), data)
    request.refresh_from_db()
    assert request.assignee is None
    assert "delete_selected" not in priya.client.get(reverse(LIST)).content.decode()
    assert priya.client.get(f"/admin/dsar/request/{request.pk}/delete/").status_code == 404


def test_forty_requests_take_as_many_queries_as_two(priya: AtDesk, joan: User) -> None:
    guests(2, "few")
    Request.objects.update(assignee=priya.user)
    listed(priya)
    with CaptureQueriesContext(connection) as few:
        listed(priya)
    guests(38, "many")
    Request.objects.update(assignee=priya.user)
    with CaptureQueriesContext(connection) as many:
        page = listed(priya)
    assert page.count("due today") == 40
    assert len(many) <= len(few)


def test_its_first_page_is_read_from_its_index(priya: AtDesk, joan: User) -> None:
    """However many are open. The index has to say the same as the order of the list, word by word."""
    if connection.vendor == "sqlite":
        return  # it has no index in which those without a date come last
    ask(joan)
    with CaptureQueriesContext(connection) as queries:
        listed(priya)
    page = next(one["sql"] for one in queries if 'FROM "dsar_request"' in one["sql"] and "ORDER BY" in one["sql"])
    with connection.cursor() as cursor:
        # A handful of rows is read faster in other ways.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {page}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "request_by_urgency" in plan, plan
    assert "Sort" not in plan, plan
