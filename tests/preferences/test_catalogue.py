"""What is offered, taken from the organisation file alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consent.preferences import catalogue, sentences
from portal.organisation.schema import Basis, Organisation, Period
from portal.organisation.versions import Current
from tests.preferences.conftest import FIVE, new_version

pytestmark = pytest.mark.django_db


def formless(current: Current) -> Organisation:
    return current.organisation.model_copy(update={"forms": {}})


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_only_topics_that_come_by_mail_are_offered_under_their_purpose(organisation: Current) -> None:
    file = organisation.organisation
    for section in catalogue.offered(file):
        for topic in section.topics:
            assert "email" in file.topics[topic.code].channels
            assert file.topics[topic.code].purpose == section.code


def test_without_a_form_in_the_file_what_belongs_to_a_contract_is_not_asked_for(organisation: Current) -> None:
    offered = {topic.code for section in catalogue.offered(formless(organisation)) for topic in section.topics}
    assert "newsletter" in offered
    assert "forum-answers" not in offered
    assert organisation.organisation.purposes["forum"].basis is Basis.CONTRACT


def test_without_a_form_in_the_file_the_address_comes_from_a_context_that_allows_marketing(
    organisation: Current,
) -> None:
    context, source = catalogue.way_in(formless(organisation))
    assert organisation.organisation.contexts[context].marketing
    assert organisation.organisation.sources[source].person
    assert catalogue.left_unticked(formless(organisation), ["newsletter"]) == []


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("3 days", datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        ("48 hours", datetime(2026, 3, 30, 9, 30, tzinfo=UTC)),
        ("1 month", datetime(2026, 4, 28, 9, 30, tzinfo=UTC)),
    ],
)
def test_periods_end_by_the_clock_or_by_the_calendar(period: str, end: datetime) -> None:
    assert catalogue.end_of(Period.of(period), datetime(2026, 3, 28, 9, 30, tzinfo=UTC)) == end


def test_words_are_the_same_as_long_as_nobody_rewrote_them(organisation: Current) -> None:
    def change(content: dict) -> None:
        content["topics"]["newsletter"]["wording"] = "Yes to everything."

    later = new_version(organisation, change)
    assert catalogue.same_words(later.id, later, ["newsletter"])
    assert catalogue.same_words(organisation.id, later, ["webinars"])
    assert not catalogue.same_words(organisation.id, later, ["newsletter", "webinars"])
    assert not catalogue.same_words(999_999, later, ["webinars"])


@pytest.mark.parametrize(
    ("titles", "sentence"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_lists_read_as_sentences(titles: list[str], sentence: str) -> None:
    assert sentences.listed(titles) == sentence


@pytest.mark.parametrize(
    ("count", "words", "undo"),
    [
        (0, "Nothing changed.", "Undo all of it"),
        (1, "One thing changed.", "Undo this"),
        (2, "Two things changed.", "Undo both"),
        (9, "Nine things changed.", "Undo all of it"),
        (12, "12 things changed.", "Undo all of it"),
    ],
)
def test_changes_are_counted_in_words(count: int, words: str, undo: str) -> None:
    assert sentences.count_of_changes(count) == words
    assert sentences.undo_label(count) == undo
