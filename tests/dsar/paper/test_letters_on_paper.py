"""A letter about a request as a PDF: whole, in its own language, the same each time."""

from __future__ import annotations

import re
import zlib

import pytest

from accounts.models import User
from dsar.flows import steps
from dsar.letters import paper
from dsar.models import Event, Request
from dsar.transitions import TABLE
from dsar.vocabulary import Happening, Party
from portal.organisation.versions import Current
from tests.dsar.paper.conftest import FIVE, last

pytestmark = pytest.mark.django_db


def streams(pdf: bytes) -> int:
    """How much is drawn on its pages, unpacked. (A last byte that looks like a line end may be missing.)"""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return sum(len(zlib.decompressobj().decompress(one)) for one in found if one.startswith(b"x"))


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
