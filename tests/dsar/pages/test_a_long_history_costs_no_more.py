"""A page about a request asks the database as often for a long history as for a short one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dsar.flows import deadlines, talking
from dsar.models import Request, Task
from dsar.vocabulary import Matter
from tests.dsar.pages.conftest import Visitor, ask, page_of, pdf

pytestmark = pytest.mark.django_db


def statements_of(visitor: Visitor, path: str) -> tuple[int, str]:
    """How many it takes to see a page, and its words."""
    visitor.see(path)
    with CaptureQueriesContext(connection) as statements:
        page = visitor.see(path)
    return len(statements), page


def much_happens(request: Request, priya: User) -> None:
    """Letters both ways with files, notes, and tasks of more systems."""
    for number in range(8):
        talking.write(request, f"My letter {number}.", [pdf(f"mine{number}.txt"), pdf(f"other{number}.txt")])
        talking.reply(request, priya, f"Our letter {number}.", [pdf(f"ours{number}.txt")])
        talking.keep_note(request, priya, f"Note {number}.")
        Task.objects.create(request=request, code=f"system{number}", title="A system", due=deadlines.today())


def test_the_persons_page(signed_in: Visitor, joan: User, priya: User) -> None:
    request = ask(joan)
    talking.write(request, "My first letter.", [pdf()])
    talking.reply(request, priya, "Our first letter.", [pdf()])
    few, _page = statements_of(signed_in, page_of(request))
    much_happens(request, priya)
    many, page = statements_of(signed_in, page_of(request))
    assert "Our letter 7." in page
    assert "ours7.txt" in page
    assert many <= few <= 24


def test_the_list_of_ones_own_requests(signed_in: Visitor, joan: User) -> None:
    ask(joan)
    few, _page = statements_of(signed_in, "/requests/")
    others = [ask(joan, matter) for matter in (Matter.ERASURE, Matter.INFORMED, Matter.PORTABILITY, Matter.COMPLAINT)]
    many, page = statements_of(signed_in, "/requests/")
    assert all(one.reference in page for one in others)
    assert many <= few <= 16
