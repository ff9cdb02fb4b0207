"""Somebody asks with nothing but an address: a code shows that they read it, and then the work begins."""

from __future__ import annotations

from email.message import EmailMessage
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from consent.ledger import permission
from dsar import matters, waiting
from dsar.matters import MARKETING
from dsar.models import Request
from dsar.vocabulary import Matter, State
from portal import pace
from portal.organisation.versions import Current
from portal.outbox import drainer
from portal.outbox.kinds import Category
from portal.outbox.models import Message
from portal.subjects import flows as people
from tests.dsar.pages.conftest import (
    ANSWERS,
    FIVE,
    JOAN,
    MAREK,
    Visitor,
    address_known,
    kinds_of_mail,
    only,
    page_of,
    words_of,
)
from tests.preferences.conftest import new_version
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
DONE_AT_ONCE = {Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT, Matter.OBJECTION}


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_each_matter_from_the_form_to_the_page(organisation: Current, guest: Visitor) -> None:
    for matter in matters.offered(organisation.organisation):
        answer = guest.ask(matter, address=f"{matter}@example.com")
        request = Request.objects.get(matter=matter)
        assert (answer.status_code, answer["Location"]) == (302, page_of(request)), matter
        assert request.state == State.RECEIVED
        assert kinds_of_mail(request) == ["code"]
        assert "Enter the code we mailed you" in guest.see(page_of(request))
        assert guest.enter(request).status_code == 302
        request.refresh_from_db()
        assert request.verified_at is not None
        others = request.tasks.open().exists()
        assert (request.state == State.CLOSED) is (matter in DONE_AT_ONCE and not others), matter
        page = guest.see(page_of(request))
        assert request.reference in page
        for words in ANSWERS.get(matter, {}).values():
            assert words in page or words in {"name", "accuracy", MARKETING}


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_no_form_asks_more_than_its_matter_needs(organisation: Current, guest: Visitor) -> None:
    for matter in matters.offered(organisation.organisation):
        form = guest.form(matter.value)
        asked = {question.code for question in matters.questions(matter, organisation.organisation)}
        needed = {f"answer_{code}" for code in asked} | {"once", "address", "name"}
        extra = set(form.fields) - needed
        assert extra <= {"behalf", "on_behalf_of", "role"}
        assert ("role" in extra) is (organisation.organisation.slug == "opencontact")


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
def test_whose_data_it_is_decides_who_answers_so_it_is_asked(organisation: Current, guest: Visitor) -> None:
    answer = guest.ask(Matter.ACCESS, role="")
    assert "it decides who answers you" in words_of(answer.content.decode())
    assert not Request.objects.exists()
    guest.ask(Matter.ACCESS, role="clients-customers")
    assert only().role == "clients-customers"


def test_the_form_says_beforehand_by_when_an_answer_comes_and_what_happens_next(guest: Visitor) -> None:
    page = guest.see("/requests/new/access/")
    assert "If you send it and enter the code today, we promise an answer by" in page
    assert "We mail you a code, and the next page asks for it." in page
    assert "Your data, in short" in page


def test_an_opt_out_offers_the_way_that_needs_no_code_first(guest: Visitor) -> None:
    page = guest.client.get("/requests/new/marketing_opt_out/").content.decode()
    assert page.index("Stop all marketing now") < page.index('name="address"')
    assert reverse("unsubscribe") in page


def test_an_opt_out_counts_the_moment_the_code_is_entered_and_says_so(guest: Visitor) -> None:
    guest.ask(Matter.MARKETING_OPT_OUT)
    guest.enter(only())
    page = guest.see(page_of(only()))
    assert "Done" in page
    assert "No more marketing comes to you." in page
    point = people.find("email", MAREK)
    assert point is not None
    assert not permission.permission(point, category=Category.MARKETING).allowed
    assert kinds_of_mail(only()) == ["code", "receipt", "carried_out".replace("_", "-")]


def test_the_answer_is_the_same_for_an_address_we_know_and_one_we_do_not(joan: User, guest: Visitor) -> None:
    pages = []
    for address in (JOAN, "nobody@example.net"):
        visitor = Visitor()
        answer = visitor.ask(Matter.ACCESS, address=address)
        page = visitor.client.get(answer["Location"])
        request = Request.objects.latest("received_at")
        hidden = page.content.decode().replace(str(request.pk), "").replace(request.reference, "")
        pages.append(
            (answer.status_code, page.status_code, words_of(hidden).replace("j•••@example.org", "n•••@example.net"))
        )
    assert pages[0] == pages[1]


def test_everywhere_a_code_is_waited_for_it_is_said_when_a_request_without_it_goes(
    organisation: Current, joan: User, guest: Visitor, signed_in: Visitor, smtp_sink: SmtpSink
) -> None:
    new_version(organisation, lambda content: content["retention"]["unproved"].update(period="6 weeks"))
    said = (
        "A request that nobody confirms is closed after 28 days. "
        "We delete it 6 weeks after our last mail to its address, unless that was confirmed in another way."
    )
    assert said in guest.see("/requests/new/access/")
    assert said not in signed_in.see("/requests/new/access/")
    for address in (MAREK, JOAN):
        guest.ask(Matter.ACCESS, address=address)
    mareks, joans = Request.objects.order_by("received_at")
    assert said in guest.see(page_of(mareks))
    assert said in signed_in.see(page_of(joans))

    drainer.drain()
    for address in (MAREK, JOAN):
        (mail,) = smtp_sink.to(address)
        assert [said in part for part in parts_of(mail)] == [True, True]
    guest.enter(mareks)
    assert said not in guest.see(page_of(mareks))
    guest.do(mareks, "send_code")
    drainer.drain()
    code = next(mail for mail in smtp_sink.to(MAREK)[1:] if "Your code" in str(mail["Subject"]))
    assert [said in part for part in parts_of(code)] == [False, False]


def parts_of(mail: EmailMessage) -> list[str]:
    """The words of a mail, as text and as HTML."""
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [words_of(body.get_content()) for body in bodies if body is not None]


def test_a_file_that_has_no_such_rule_yet_promises_no_such_thing(organisation: Current) -> None:
    older = organisation.organisation.model_copy(update={"retention": {}})
    assert waiting.in_words(older) == "A request that nobody confirms is closed after 28 days."


def test_who_names_another_persons_address_sees_nothing_of_theirs(joan: User, guest: Visitor) -> None:
    guest.ask(Matter.ACCESS, address=JOAN)
    page = guest.see(page_of(only()))
    assert "Archer" not in page
    assert JOAN not in page
    assert only().subject is None


def test_a_form_sent_twice_is_one_request(guest: Visitor) -> None:
    form = guest.filled(Matter.COMPLAINT)
    answers = [guest.client.post("/requests/new/complaint/", form) for _time in range(3)]
    assert [answer["Location"] for answer in answers] == [page_of(only())] * 3
    assert kinds_of_mail(only()) == ["code"]


def test_back_and_sent_again_with_other_words_still_leads_to_the_first(guest: Visitor) -> None:
    form = guest.filled(Matter.COMPLAINT)
    guest.client.post("/requests/new/complaint/", form)
    answer = guest.client.post("/requests/new/complaint/", {**form, "answer_what": "Something else"})
    assert answer["Location"] == page_of(only())


def test_the_same_wish_asked_anew_is_joined_once_it_is_confirmed(guest: Visitor) -> None:
    for _time in range(2):
        guest.ask(Matter.ACCESS)
    first, second = Request.objects.order_by("received_at")
    for request in (first, second):
        guest.enter(request)
    page = guest.client.get(page_of(second)).content.decode()
    assert "You have asked for this already" in page
    assert page_of(first) in page


BAD = {
    "no address": ({"address": ""}, "Type your e-mail address"),
    "no such address": ({"address": "joan"}, "exactly one @"),
    "a second header in the address": ({"address": "joan@example.org\r\nBcc: all@example.org"}, "Error"),
    "a NUL in the text": ({"answer_what": "one\x00two"}, "Null characters are not allowed."),
    "a NUL in the name": ({"name": "Joan\x00"}, "Null characters are not allowed."),
    "a megabyte of text": ({"answer_what": "word " * 200_000}, "Write at most 10,000 characters."),
    "a name as long as a letter": ({"name": "J" * 300}, "at most 200 characters"),
    "an unknown kind of asking": ({"behalf": "king"}, "Choose one of these."),
    "a key that is none": ({"once": "1"}, "Part of the form was lost on its way."),
    "nobody named": ({"behalf": "agent"}, "Write the name of the person you ask for."),
    "a name without saying why": ({"on_behalf_of": "Sam Green"}, "Choose how you may ask for that person."),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_taken_is_said_and_the_rest_is_kept(guest: Visitor, case: str) -> None:
    change, said = BAD[case]
    typed = {"answer_what": "Everything about my calls", "name": "Marek Nowak"}
    answer = guest.ask(Matter.ACCESS, **{**typed, **change})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in words_of(page)
    assert "Error:" in page.partition("</title>")[0]
    for name, words in typed.items():
        assert name in change or words in page
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("matter", "change"),
    [
        (Matter.RECTIFICATION, {"answer_fact": "everything"}),
        (Matter.RESTRICTION, {"answer_ground": "because"}),
        (Matter.OBJECTION, {"answer_use": "<script>"}),
        (Matter.WITHDRAW_CONSENT, {"answer_purpose": "no-such-purpose"}),
    ],
)
def test_a_choice_nobody_offered_is_none(guest: Visitor, matter: Matter, change: dict[str, str]) -> None:
    assert "Choose one of these." in words_of(guest.ask(matter, **change).content.decode())
    assert not Request.objects.exists()


def test_line_breaks_and_paths_in_a_name_are_only_a_name(guest: Visitor) -> None:
    guest.ask(Matter.ACCESS, name="Joan\r\nBcc: all@example.org <b>../../x</b>")
    assert only().name == "Joan Bcc: all@example.org <b>../../x</b>"
    guest.enter(only())
    assert "<b>../../x" not in guest.client.get(page_of(only())).content.decode()


def test_who_asks_for_somebody_else_says_for_whom_and_shows_that_they_may(guest: Visitor) -> None:
    guest.ask(Matter.ACCESS, behalf="agent", on_behalf_of="Sam Green")
    guest.enter(only())
    assert "You ask for Sam Green." in guest.see(page_of(only()))


def test_a_parent_asks_for_a_child(guest: Visitor) -> None:
    guest.ask(Matter.ERASURE, behalf="parent", on_behalf_of="Kim Green")
    guest.enter(only())
    assert (only().behalf, only().on_behalf_of, only().state) == ("parent", "Kim Green", State.IDENTITY_PENDING)
    page = guest.see(page_of(only()))
    assert "You ask for Kim Green." in page
    assert "A birth certificate, or the paper that makes you the guardian, is enough." in page
    assert "Your child can also ask us alone, at any age." in page
    assert "Send my proof" in page


def test_one_address_gets_a_few_codes_an_hour_and_no_more(guest: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MAILS_TO_ONE_ADDRESS", 2)
    codes = [guest.ask(Matter.ACCESS).status_code for _time in range(3)]
    assert codes == [302, 302, 429]
    assert Message.objects.count() == 2


def test_one_network_sends_so_many_forms_an_hour(guest: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FORMS_FROM_ONE_NETWORK", 2)
    answers = [guest.ask(Matter.ACCESS, address=f"n{number}@example.net") for number in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "That was a bit too often" in words_of(answers[-1].content.decode())
    assert not address_known("n2@example.net")


def test_a_key_of_somebody_elses_request_opens_nothing(joan: User, guest: Visitor, signed_in: Visitor) -> None:
    signed_in.ask(Matter.ACCESS)
    theirs = only()
    answer = guest.ask(Matter.ACCESS, once=str(theirs.pk))
    assert answer["Location"] == page_of(theirs)
    assert "Get a copy" not in guest.see(page_of(theirs))


def test_nothing_is_saved_and_nothing_called_done_when_the_database_fails(
    guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from dsar.flows import asking

    def away(*_args: object, **_options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    form = guest.filled(Matter.ACCESS)
    guest.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(asking, "send_code", away)
        assert guest.client.post("/requests/new/access/", form).status_code == 503
    assert not Request.objects.exists()
    assert guest.client.post("/requests/new/access/", form).status_code == 302


def test_an_id_nobody_knows_is_no_page(guest: Visitor) -> None:
    assert guest.client.get(page_of(uuid4())).status_code == 404


def test_a_complaint_counts_from_the_code_like_any_other(guest: Visitor) -> None:
    assert "If you send it and enter the code today, we write to you" in guest.see("/requests/new/complaint/")


def test_the_name_of_somebody_else_is_not_called_optional(guest: Visitor) -> None:
    page = guest.see("/requests/new/erasure/")
    assert "Their name Only if you ask for somebody else." in page
    guest.ask(Matter.ERASURE, behalf="parent")
    assert not Request.objects.exists()
