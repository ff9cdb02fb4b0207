"""What stands on the paper: the same words as in the mail, the address in the window, the dates as they were then."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest

from accounts import flows as accounts
from accounts.models import User
from dsar.clock.explanation import written
from dsar.files.inspection import Inspected
from dsar.flows import answering, asking, deadlines, effects, steps, talking, tasks
from dsar.flows.asking import Logged, Wish
from dsar.letters import paper, to_person
from dsar.models import Request, Task
from dsar.vocabulary import Arrival, Happening, Matter, Outcome
from portal.organisation.versions import Current
from portal.subjects import flows as people
from portal.subjects.models import Channel
from tests.dsar.answers import answer
from tests.dsar.paper.conftest import FIVE, last
from tests.dsar.paper.reading import pages_of, text_of

pytestmark = pytest.mark.django_db


def squeezed(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_letter_has_every_word_of_the_mail(organisation: Current, refused: Request) -> None:
    event = last(refused, Happening.REFUSED)
    letter = to_person.write("refusal", refused, event)
    pdf = paper.as_pdf(refused, event)
    words, pages = text_of(pdf), pages_of(pdf)

    controller = organisation.organisation.controller
    for part in (
        controller.legal_name, controller.email, *controller.address, "Joan Archer", "1 High Street",
        "Norwich NR1 1AA", written(deadlines.today()), f"Our reference: {refused.reference}", letter.subject,
        letter.lead, letter.quote, *letter.steps, *letter.rights,
    ):  # fmt: skip
        assert squeezed(str(part)) in words
    for number, page in enumerate(pages, 1):
        assert squeezed(page).endswith(f"{refused.reference} {number}/ {len(pages)}")


@pytest.fixture
def asked(priya: User) -> Request:
    """Joan's letter came in yesterday, and asks for a copy."""
    wish = Wish(Matter.ACCESS, name="Joan Archer")
    return asking.log(priya, wish, Logged(Arrival.LETTER, deadlines.today() - timedelta(days=1)))


def test_the_copy_of_a_receipt_names_the_dates_that_the_receipt_named(
    organisation: Current,
    asked: Request,
    priya: User,
) -> None:
    receipt = last(asked, Happening.VERIFIED)
    before = text_of(paper.as_pdf(asked, receipt))
    first = written(asked.statutory_due)
    answering.extend(asked, priya, "There is much to look through.")

    assert first in before
    assert text_of(paper.as_pdf(asked, receipt)) == before
    told = text_of(paper.as_pdf(asked, last(asked, Happening.EXTENDED)))
    assert f"You get our answer by {written(asked.statutory_due)} at the latest." in told


def test_what_we_wrote_is_a_letter_and_what_they_wrote_is_none(
    organisation: Current,
    asked: Request,
    priya: User,
) -> None:
    ours = talking.reply(asked, priya, "We found two of your orders.")
    theirs = talking.write(asked, "There was a third.")
    assert paper.has_letter(ours)
    assert not paper.has_letter(theirs)
    words = text_of(paper.as_pdf(asked, ours))
    assert "We found two of your orders." in words
    assert "We promise an answer by" in words


def test_a_restriction_that_ends_is_told_on_paper_and_one_that_begins_has_its_receipt(
    organisation: Current,
    priya: User,
) -> None:
    joan = accounts.open_account("joan.archer@example.org", name="Joan Archer")
    point = people.find(Channel.EMAIL, "joan.archer@example.org")
    assert point is not None
    people.prove(point)
    request = asking.ask_signed_in(joan, Wish(Matter.RESTRICTION, {"ground": "accuracy"}))
    assert not any(paper.has_letter(event) for event in request.events.filter(kind=Happening.EFFECT))
    request.refresh_from_db()
    effects.lift_restriction(request, priya, "We checked: it is right.")
    ends = last(request, Happening.EFFECT)
    assert "We checked: it is right." in text_of(paper.as_pdf(request, ends))


def test_a_letter_of_many_pages_numbers_them_and_loses_no_word(
    organisation: Current,
    asked: Request,
    priya: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    long = "\r\n".join(f"Line {number} of what we found.\tIt is yours." for number in range(150))
    with caplog.at_level(logging.WARNING):
        event = talking.reply(asked, priya, f"{long}\n{'x' * 3000}\nGrüße, Łukasz, Ελένη, \x07, 李")
        pages = pages_of(paper.as_pdf(asked, event))
    assert len(pages) > 2
    assert all(f"{number}/ {len(pages)}" in page for number, page in enumerate(pages, 1))
    whole = squeezed(" ".join(pages))
    assert "Line 0 of what we found. It is yours." in whole
    assert "Line 149 of what we found. It is yours." in whole
    assert "Grüße, Łukasz, Ελένη" in whole
    assert not [record for record in caplog.records if record.name.startswith("fpdf")]


def test_a_letter_of_the_evening_bears_the_day_on_the_organisations_wall(organisation: Current, asked: Request) -> None:
    event = last(asked, Happening.VERIFIED)
    event.at = event.at.replace(year=2026, month=3, day=2, hour=23, minute=30)  # in Berlin it is the 3rd
    assert written(date(2026, 3, 3)) in text_of(paper.as_pdf(asked, event))


def test_an_answer_says_where_it_waits_and_by_post_what_is_enclosed(
    organisation: Current, asked: Request, priya: User
) -> None:
    for task in Task.objects.filter(request=asked):
        tasks.answer(task, priya, "Nothing there.")
    answering.search(asked, priya)
    said = answering.Answer(
        Outcome.NOT_HELD, "We looked everywhere.", files=[Inspected("where.txt", "text/plain", b"Here.\n")]
    )
    event = answer(asked, priya, said)
    words = text_of(paper.as_pdf(asked, event))
    assert "We searched, and hold no data about you." in words
    assert "What we send you is enclosed." in words
    assert "/requests/" not in words  # no page opens for who has no address
    asked.contact_point = people.reach(Channel.EMAIL, "joan.archer@example.org", context="request", source="person")
    asked.save()
    words = text_of(paper.as_pdf(asked, event))
    assert "Files are waiting on the page of your request" in words
    assert f"/requests/{asked.pk}/" in words.replace(" ", "")
    assert not paper.has_letter(steps.note(asked, Happening.NOTE, steps.staff(priya), words="Between us.", shown=False))
