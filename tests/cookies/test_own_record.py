"""A browser is not a person: its choices are noted with an account only if its user says so, and can be taken out."""

from __future__ import annotations

import pytest

from accounts.models import User
from consent.cookies import choice_cookie, flows
from consent.cookies.models import Browser, Choice, Removal
from consent.cookies.panels import browsers
from portal.subjects import merging
from portal.subjects.models import Merge, Subject
from tests.cookies.conftest import Visitor
from tests.preferences.conftest import person_of, subscribed, words_of
from tests.retention import scene

pytestmark = pytest.mark.django_db
QUESTION = "Shall we note that choice with your account?"


@pytest.fixture
def chosen(visitor: Visitor) -> Visitor:
    visitor.press("save", "analytics", path="/cookies/")
    return visitor


def answers(visitor: Visitor, do: str) -> str:
    """Press a button of the question, and read the page it leads back to."""
    said = visitor.client.post("/cookies/account/", {"do": do}, headers={"Referer": "http://testserver/account/"})
    assert said["Location"] == "/account/"
    return visitor.see("/account/")


def test_after_sign_in_it_is_asked_and_nothing_is_noted_yet(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)

    assert QUESTION in chosen.see("/account/")
    assert Browser.objects.get().subject_id is None


def test_a_yes_notes_the_browser_and_the_question_goes(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)

    page = answers(chosen, "link")

    assert "Noted with your account." in page
    assert QUESTION not in page
    assert Browser.objects.get().subject == person_of(joan)
    assert Browser.objects.get().linked_at


def test_what_was_noted_is_read_from_any_browser(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)
    answers(chosen, "link")
    reference = choice_cookie.quoted(Browser.objects.get().reference)
    elsewhere = Visitor()
    elsewhere.sign_in(joan)

    words = words_of(elsewhere.see("/your-data/"))

    assert reference not in elsewhere.see("/cookies/")
    for said in (
        f"Reference {reference}",
        f"In the browser {reference}",
        "Allowed Counting visits",
        "How chosen one by one",
    ):
        assert said in words
    assert "See them, and change what you can : What you chose about cookies" not in words


def test_a_no_is_not_asked_again_at_the_next_sign_in(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)
    answers(chosen, "apart")
    chosen.client.post("/account/logout/")
    chosen.sign_in(joan)

    assert QUESTION not in chosen.see("/account/")
    assert Browser.objects.get().subject_id is None


def test_who_chose_nothing_is_asked_nothing(visitor: Visitor, joan: User) -> None:
    visitor.press("none", path="/")
    visitor.sign_in(joan)

    assert QUESTION not in visitor.see("/account/")


def test_it_can_be_noted_and_taken_off_on_the_cookie_page(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)
    assert "Noted with no account." in chosen.see()
    chosen.client.post("/cookies/account/", {"do": "link"})
    assert "Take it off my account" in chosen.see()

    chosen.client.post("/cookies/account/", {"do": "unlink"})

    assert "Noted with no account." in chosen.see()
    assert Browser.objects.get().subject_id is None
    assert Choice.objects.count() == 1


def test_somebody_elses_browser_starts_anew(chosen: Visitor, joan: User, marek: User) -> None:
    chosen.sign_in(joan)
    answers(chosen, "link")
    chosen.client.post("/account/logout/")
    chosen.sign_in(marek)
    joans = Browser.objects.get()

    assert QUESTION not in chosen.see("/account/")
    assert "somebody else who uses this browser" in chosen.see()
    for do in ("link", "unlink", "apart"):
        chosen.client.post("/cookies/account/", {"do": do})
    chosen.press("save", "functionality")

    joans.refresh_from_db()
    assert joans.subject == person_of(joan)
    assert joans.choices.count() == 1
    assert Browser.objects.exclude(pk=joans.pk).get().choices.get().allowed == ["functionality"]


def test_after_signing_out_the_browser_goes_on(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)
    answers(chosen, "link")
    chosen.client.post("/account/logout/")

    chosen.press("save", "functionality")

    assert Browser.objects.get().choices.count() == 2


def test_without_signing_in_there_is_no_account_to_note_it_with(chosen: Visitor) -> None:
    answer = chosen.client.post("/cookies/account/", {"do": "link"})

    assert answer["Location"] == "/account/login/"
    assert Browser.objects.get().subject_id is None


def test_a_browser_without_a_record_is_told_so(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(joan)

    assert "We have no record of choices in this browser." in answers(visitor, "link")


def test_a_merge_brings_a_persons_browsers_together_and_an_undo_parts_them(chosen: Visitor, joan: User) -> None:
    chosen.sign_in(joan)
    answers(chosen, "link")
    hers, his = person_of(joan), subscribed("joan@work.example", "newsletter").subject

    merging.merge(survivor=his, absorbed=hers)

    assert of(his) == ["Counting visits"]
    assert chosen.remembered
    assert chosen.remembered.credentials
    assert flows.link(chosen.remembered.credentials, Subject.objects.get(pk=his.pk)) == "already"

    merging.undo(Merge.objects.get())

    assert of(his) == []
    assert of(hers) == ["Counting visits"]


def of(person: Subject) -> list[str]:
    """What staff read on the page of a person."""
    return [row[3] for row in browsers(Subject.objects.get(pk=person.pk)).rows]


def test_removed_it_leaves_a_number_and_a_browser_that_says_no(chosen: Visitor) -> None:
    chosen.press("save", "functionality")

    answer = chosen.client.post("/cookies/remove/")

    assert "2 choices were taken out of our records" in words_of(answer.content.decode())
    assert not Choice.objects.exists()
    assert not Browser.objects.exists()
    assert (Removal.objects.get().choices, Removal.objects.get().reference) == (2, "")
    assert chosen.client.cookies[choice_cookie.NAME].value == "refused.1."
    assert not chosen.is_asked("/")


@pytest.mark.parametrize("value", ["", f"{'0' * 16}.{'x' * 22}.1..analytics"])
def test_where_there_is_no_record_removing_says_so(visitor: Visitor, value: str) -> None:
    visitor.client.cookies[choice_cookie.NAME] = value

    assert "There was no record" in visitor.client.post("/cookies/remove/").content.decode()


def test_a_record_is_not_removed_with_a_guessed_secret(chosen: Visitor) -> None:
    thief = Visitor()
    thief.client.cookies[choice_cookie.NAME] = f"{Browser.objects.get().pk}.{'x' * 22}.1..analytics"

    thief.client.post("/cookies/remove/")

    assert Choice.objects.count() == 1


@pytest.mark.parametrize("path", ["/cookies/remove/", "/cookies/account/"])
def test_opening_these_changes_nothing_and_other_sites_press_nothing(chosen: Visitor, path: str) -> None:
    assert chosen.client.get(path).status_code == 405
    assert chosen.client.post(path, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert Choice.objects.count() == 1


def test_a_record_on_hold_stays_and_the_browser_says_no_all_the_same(chosen: Visitor, joan: User) -> None:
    assert chosen.remembered
    assert chosen.remembered.credentials
    flows.link(chosen.remembered.credentials, person_of(joan))
    scene.hold(person_of(joan))

    answer = chosen.client.post("/cookies/remove/")

    assert "We may not delete the record of your choices now" in words_of(answer.content.decode())
    assert Choice.objects.count() == 1
    assert not Removal.objects.exists()
    assert chosen.client.cookies[choice_cookie.NAME].value.startswith("refused.")
