"""The desk's page about a request asks the database as often for a long history as for a short one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dsar.files.inspection import Inspected
from dsar.flows import answering, deadlines, talking
from dsar.models import Request, Task
from tests.dsar.desk.conftest import AtDesk, ask

pytestmark = pytest.mark.django_db


def file(name: str) -> Inspected:
    return Inspected(name, "text/plain", b"January\n")


def happens(request: Request, desk: AtDesk, first: int, last: int) -> None:
    """Letters both ways with files, notes, tasks of more systems, done and not, and somebody to work on it."""
    for number in range(first, last):
        talking.write(request, f"Their letter {number}.", [file(f"theirs{number}.txt")])
        talking.reply(request, desk.user, f"Our letter {number}.", [file(f"ours{number}.txt")])
        talking.keep_note(request, desk.user, f"Note {number}.", [file(f"note{number}.txt")])
        answering.assign(request, desk.user if number % 2 else None, desk.user)
        more = {"request": request, "title": f"System {number}", "due": deadlines.today()}
        Task.objects.create(code=f"open{number}", **more)
        Task.objects.create(code=f"done{number}", done_at=request.received_at, done_by=desk.user, **more)


def test_the_page_of_a_request_at_the_desk(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    happens(request, priya, 0, 2)
    priya.see(request)
    with CaptureQueriesContext(connection) as few:
        priya.see(request)
    happens(request, priya, 2, 9)
    with CaptureQueriesContext(connection) as many:
        page = priya.see(request)
    for words in ("Their letter 8.", "theirs8.txt", "Note 8.", "System 8"):
        assert words in page
    assert len(many) <= len(few) <= 40
