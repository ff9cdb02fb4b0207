"""A letter about a request as a PDF: whole, in its own language, the same each time."""

from __future__ import annotations

import re
import zlib
from datetime import date

import pytest

from accounts import flows as accounts
from accounts.models import User
from dsar.flows import answering, asking, steps, tasks
from dsar.flows.asking import Logged, Wish
from dsar.letters import paper
from dsar.models import Event, Request, Task
from dsar.transitions import TABLE
from dsar.vocabulary import Arrival, Happening, Matter, Outcome, Party
from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@pytest.fixture
def priya(organisation: Current) -> User:
    """The privacy officer."""
    return accounts.open_account("priya@staff.example", staff=True, groups=("Privacy officer",))


@pytest.fixture
def refused(priya: User) -> Request:
    """Joan wrote a letter, and is refused."""
    wish = Wish(Matter.INFORMED, {"what": "Who sold you my name?"}, name="Joan Archer")
    how = Logged(Arrival.LETTER, date(2026, 3, 2), postal_address="1 High Street\nNorwich NR1 1AA")
    request = asking.log(priya, wish, how)
    for task in Task.objects.filter(request=request):
        tasks.answer(task, priya, "Nothing there.")
    said = answering.Answer(Outcome.REFUSED, "You asked last week.", ("excessive",), "Customer database")
    answering.refuse(request, priya, said)
    return request


def last(request: Request, kind: Happening) -> Event:
    return request.events.filter(kind=kind).latest("pk")


def streams(pdf: bytes) -> int:
    """How much is drawn on its pages, unpacked."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return sum(len(zlib.decompress(one)) for one in found if one.startswith(b"x"))


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_refusal_is_a_whole_letter(organisation: Current, refused: Request) -> None:
    pdf = paper.as_pdf(refused, last(refused, Happening.REFUSED))
    assert pdf.startswith(b"%PDF-")
    assert b"/Lang (en-gb)" in pdf
    assert streams(pdf) > 2_000


def test_the_same_letter_is_the_same_file(organisation: Current, refused: Request) -> None:
    event = last(refused, Happening.REFUSED)
    assert paper.as_pdf(refused, event) == paper.as_pdf(refused, event)


def test_what_nobody_wrote_about_is_no_letter(organisation: Current, refused: Request, priya: User) -> None:
    note = steps.note(refused, Happening.NOTE, steps.staff(priya), words="Between us.", shown=False)
    assert paper.name_of(note) == ""
    with pytest.raises(KeyError):
        paper.as_pdf(refused, note)


def test_each_letter_of_the_table_is_found_by_what_happened(organisation: Current, refused: Request) -> None:
    for row in TABLE.values():
        for party in row.by:
            event = Event(request=refused, kind=row.happening, party=party)
            assert paper.name_of(event) == row.letter


def test_a_request_that_was_carried_out_at_once_says_so(organisation: Current, refused: Request) -> None:
    assert paper.name_of(Event(request=refused, kind=Happening.ANSWERED, party=Party.SYSTEM)) == "carried_out"
    assert paper.name_of(Event(request=refused, kind=Happening.ANSWERED, party=Party.STAFF)) == "answer"
