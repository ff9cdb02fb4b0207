"""What staff can do with a request: offered where it is possible, done by one press, refused in a sentence."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from dsar.flows import answering, asking, deadlines, identity
from dsar.flows.asking import Wish
from dsar.models import Event, IdentityCheck, Request
from dsar.vocabulary import Behalf, Happening, Matter, Outcome, State
from portal.outbox.models import Message
from tests.dsar.answers import SAID
from tests.dsar.desk.conftest import ANSWERS, MAREK, AtDesk, ask, close_tasks, words_of

pytestmark = pytest.mark.django_db


def mailed(request: Request) -> list[str]:
    found = Message.objects.filter(params__request=str(request.pk), contact_point=request.contact_point)
    return [message.kind.removeprefix("request-") for message in found.order_by("created_at", "pk")]


def draft_at(request: Request) -> int:
    """The draft the desk shows."""
    draft = answering.draft_of(request)
    assert draft is not None
    return draft.pk


def test_a_new_request_offers_its_first_steps_and_no_later_ones(priya: AtDesk, joan: User) -> None:
    offered = priya.offered(ask(joan))
    assert {"search", "review", "ask-identity", "ask", "refuse", "extend", "pass-on", "message", "note"} <= offered
    assert not {"approve", "answer", "send-back", "settle", "arrived", "explained", "progress", "lift"} & offered


def test_a_closed_request_offers_only_words(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    asking.take_back(request)
    assert priya.offered(request) == {"message", "note"}


def test_a_request_without_its_code_is_not_worked_on(priya: AtDesk) -> None:
    request = asking.ask_as_guest(MAREK, Wish(Matter.ACCESS))
    assert priya.offered(request) == {"withdraw", "assign", "note"}
    answer = priya.do(request, "message", words="Here is everything.")
    assert "Nobody has shown yet that they read this address" in words_of(answer.content.decode())


def test_a_request_is_answered_from_the_first_step_to_the_last(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    close_tasks(request, priya.user)
    priya.does(request, "search")
    file = SimpleUploadedFile("all.txt", b"All we hold.\n", "text/plain")
    priya.does(request, "review", outcome="fulfilled", words="Here is some of it.", attached=file)
    priya.does(request, "send-back", words="The calls are missing.")
    again = str(request.attachments.get().pk)
    priya.does(request, "review", outcome="fulfilled", words="Here is what we hold.", keep=[again])
    priya.does(request, "approve", draft=draft_at(request))
    assert not request.attachments.get().shown
    priya.does(request, "answer", draft=draft_at(request))
    assert (request.state, request.outcome) == (State.CLOSED, Outcome.FULFILLED)
    assert request.attachments.get().shown
    assert mailed(request)[-1] == "answer"


def test_a_part_withheld_needs_reasons_and_searches(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    close_tasks(request, priya.user)
    answer = priya.do(request, "review", outcome="partly", words="Most of it is here.")
    page = answer.content.decode()
    assert "Choose at least one reason from the list." in page
    assert "Most of it is here." in page
    priya.does(request, "review", outcome="partly", words="Most of it.", reasons=["others"], searched="All mail")
    priya.does(request, "approve", draft=draft_at(request))
    priya.does(request, "answer", draft=draft_at(request))
    assert request.outcome == Outcome.PARTLY
    answered = request.events.get(kind=Happening.ANSWERED)
    assert (answered.words, answered.facts["reasons"], answered.facts["searched"]) == (
        "Most of it.", ["others"], "All mail",
    )  # fmt: skip


def test_a_refusal_says_why_and_how_it_was_searched(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    close_tasks(request, priya.user)
    page = priya.do(request, "refuse", words="Again?").content.decode()
    assert "Choose at least one reason." in page
    assert "Again?" in page
    priya.does(request, "refuse", words="You had it last week.", reasons=["excessive"], searched="Accounts")
    assert request.outcome == Outcome.REFUSED
    assert "repeats what was answered a short while ago (Article 12(5))" in priya.see(request)


def test_reasons_of_other_matters_are_not_offered(priya: AtDesk, joan: User) -> None:
    page = priya.see(ask(joan))
    assert "about somebody else too" in page
    assert "No machine decided" not in page


def test_nothing_is_answered_while_a_system_is_asked(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    names = [task.title for task in request.tasks.all()]
    assert names
    page = words_of(priya.do(request, "refuse", words="No.", reasons=["other"], searched="Mail").content.decode())
    assert f"Not answered yet: {', '.join(names)}" in page


def test_more_time_is_offered_only_while_it_can_still_be_told(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "extend", words="There are 900 recordings.")
    assert "extend" not in priya.offered(request)
    assert "more time taken" in priya.see(request)
    again = priya.do(request, "extend", words="Still more.")
    assert "It was extended already." in again.content.decode()


def test_an_explanation_is_asked_of_access_alone_and_comes_by_post(priya: AtDesk, joan: User) -> None:
    assert "ask" not in priya.offered(ask(joan, Matter.ERASURE))
    request = ask(joan)
    priya.does(request, "ask", words="Your calls too?")
    assert request.state == State.CLARIFICATION_PAUSED
    assert {"explained", "give-up"} <= priya.offered(request)
    priya.does(request, "explained", words="Only the mails.", day=deadlines.today().isoformat())
    assert request.state == State.ACTIVE


def test_without_a_reply_a_request_is_closed(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "ask", words="Your calls too?")
    priya.does(request, "give-up")
    assert (request.outcome, mailed(request)[-1]) == (Outcome.NO_REPLY, "no-reply")


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_the_doubt_comes_first_and_only_permitted_documents_are_asked_for(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    page = priya.client.get(f"/admin/dsar/request/{request.pk}/do/ask-identity/").content.decode()
    assert page.index("Why do you doubt who asks?") < page.index("How can they show it?") < page.index("passport")
    empty = priya.do(request, "ask-identity", method="post", documents=["Original utility bill"])
    assert "Write something here." in empty.content.decode()
    other = priya.do(request, "ask-identity", doubt="New address", method="post", documents=["Birth certificate"])
    assert not IdentityCheck.objects.exists()
    assert other.status_code == 200
    priya.does(request, "ask-identity", doubt="New address", method="post", documents=["Original utility bill"])
    today = deadlines.today().isoformat()
    priya.does(request, "arrived", words="A bill of March", day=today)
    priya.does(request, "settle", result="shown")
    assert request.state == State.ACTIVE
    assert IdentityCheck.objects.get().verified_by == priya.user


def test_where_the_policy_permits_no_document_none_is_offered(priya: AtDesk, joan: User) -> None:
    page = priya.client.get(f"/admin/dsar/request/{ask(joan).pk}/do/ask-identity/").content.decode()
    assert "Which documents?" not in page
    assert "certified" not in page
    assert 'value="document"' not in page


def test_identity_that_was_not_shown_ends_the_request(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "ask-identity", doubt="The name is another one.", method="question")
    early = priya.do(request, "settle", result="shown")
    assert "Write down first what arrived, and when." in early.content.decode()
    priya.does(request, "settle", result="not_shown", words="The answer was wrong.")
    assert request.outcome == Outcome.NO_IDENTITY


def test_a_proof_cannot_arrive_tomorrow_or_before_the_request(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    identity.ask(request, priya.user, identity.Doubt("Another name", IdentityCheck.Method.QUESTION))
    page = priya.do(request, "arrived", words="A letter", day="2089-01-01").content.decode()
    assert "This day is still to come." in page
    assert "A letter" in page
    assert "before the request came" in priya.do(request, "arrived", words="x", day="2001-01-01").content.decode()


def test_authority_is_asked_of_who_asks_for_another_alone(priya: AtDesk, joan: User) -> None:
    assert "ask-authority" not in priya.offered(ask(joan))
    request = ask(joan, behalf=Behalf.PARENT, on_behalf_of="Tom Archer")
    assert request.state == State.IDENTITY_PENDING
    priya.does(request, "arrived", words="A birth certificate", day=deadlines.today().isoformat())
    priya.does(request, "settle", result="shown")
    assert request.state == State.ACTIVE
    priya.does(request, "ask-authority")
    assert request.state == State.IDENTITY_PENDING


def test_staff_write_to_the_person_and_notes_to_themselves(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "message", words="We are at it.")
    assert mailed(request)[-1] == "message"
    priya.does(request, "note", words="She rang twice.")
    assert "Note not shown to the person" in priya.see(request)
    assert not Event.objects.get(kind=Happening.NOTE).shown
    assert "Write something, or add a file." in priya.do(request, "message", words="").content.decode()


def test_progress_is_told_of_a_complaint(priya: AtDesk, joan: User) -> None:
    request = ask(joan, Matter.COMPLAINT)
    assert "extend" not in priya.offered(request)
    priya.does(request, "progress", words="We have asked the call centre.")
    assert mailed(request)[-1] == "progress"


def test_a_request_is_passed_on_withdrawn_and_joined(priya: AtDesk, joan: User) -> None:
    passed = ask(joan, Matter.INFORMED)
    close_tasks(passed, priya.user)
    assert "Write to whom it is passed on." in priya.do(passed, "pass-on").content.decode()
    priya.does(passed, "pass-on", to="Acme Ltd")
    assert passed.outcome == Outcome.PASSED_ON
    taken_back = ask(joan)
    priya.does(taken_back, "withdraw", words="She rang on Monday.")
    assert taken_back.outcome == Outcome.WITHDRAWN
    assert Event.objects.get(kind=Happening.WITHDRAWN).staff == priya.user


def test_a_second_request_is_joined_by_reference(priya: AtDesk, joan: User) -> None:
    first = ask(joan)
    letter = asking.log(priya.user, Wish(Matter.ACCESS), _letter())
    assert "join" not in priya.offered(letter)
    priya.does(letter, "person", person=joan.email)
    assert letter.subject == joan.subject
    assert "No request has this reference." in priya.do(letter, "join", reference="R-0000-0000").content.decode()
    other = ask(joan, Matter.ERASURE)
    assert "about something else" in priya.do(letter, "join", reference=other.reference).content.decode()
    priya.does(letter, "join", reference=first.reference.lower().replace("-", ""))
    assert (letter.outcome, letter.duplicate_of) == (Outcome.DUPLICATE, first)


def test_a_request_is_not_joined_to_somebody_elses(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    other = asking.log(priya.user, Wish(Matter.ACCESS), _letter(MAREK))
    page = priya.do(other, "join", reference=request.reference).content.decode()
    assert "The other request is about somebody else" in page
    assert other.closed_at is None


def test_whom_a_letter_is_about_is_set_later_and_counts_at_once(priya: AtDesk, joan: User) -> None:
    letter = asking.log(priya.user, Wish(Matter.RESTRICTION, ANSWERS[Matter.RESTRICTION]), _letter())
    assert "Nobody is known at this address." in priya.do(letter, "person", person="x@example.net").content.decode()
    priya.does(letter, "person", person=joan.email)
    assert joan.subject is not None
    joan.subject.refresh_from_db()
    assert joan.subject.restricted_at is not None
    assert "Processing is restricted since" in priya.see(letter)
    assert "person" not in priya.offered(letter)
    priya.does(letter, "lift", words="It was right all along.")
    assert "lift" not in priya.offered(letter)


def test_a_correction_shows_before_and_after(priya: AtDesk, joan: User) -> None:
    User.objects.filter(pk=joan.pk).update(name="Joan Arcer")
    request = ask(joan, Matter.RECTIFICATION)
    page = words_of(priya.client.get(f"/admin/dsar/request/{request.pk}/do/rectify/").content.decode())
    assert "Now: Joan Arcer Then: Joan Archer" in page
    priya.does(request, "rectify")
    joan.refresh_from_db()
    assert joan.name == "Joan Archer"
    assert "rectify" not in priya.offered(request)
    priya.does(request, "corrected", before="J. Arcer", after="J. Archer")
    assert "From “J. Arcer” to “J. Archer”" in priya.see(request)


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_a_person_looks_before_the_answer_is_approved(priya: AtDesk, joan: User) -> None:
    request = ask(joan, Matter.HUMAN_REVIEW)
    close_tasks(request, priya.user)
    draft = answering.review(request, priya.user, SAID).pk
    page = words_of(priya.do(request, "approve", draft=draft).content.decode())
    assert "A person has to look at the decision" in page
    priya.does(request, "human-review", changed="yes", words="The income was read wrongly.")
    priya.does(request, "approve", draft=draft)
    assert request.state == State.APPROVED


def test_of_two_at_once_the_second_is_told(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    priya.does(request, "search")
    second = priya.do(request, "search")
    page = words_of(second.content.decode())
    assert "This is not possible now: the request is being searched." in page
    assert Event.objects.filter(kind=Happening.SEARCH_BEGUN).count() == 1


def test_what_was_typed_is_kept_when_somebody_else_was_faster(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    asking.take_back(request)
    page = priya.do(request, "ask", words="Which of the two houses?").content.decode()
    assert "the request is closed" in page
    assert "Which of the two houses?" in page


def test_what_is_not_possible_has_no_form(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    answer = priya.client.get(f"/admin/dsar/request/{request.pk}/do/approve/", follow=True)
    assert "This is not possible now" in words_of(answer.content.decode())
    assert priya.client.get(f"/admin/dsar/request/{request.pk}/do/delete/").status_code == 404


def _letter(address: str = "") -> asking.Logged:
    from dsar.vocabulary import Arrival

    return asking.Logged(Arrival.LETTER, deadlines.today(), address, "1 Mill Lane")


def test_assigning_says_who_has_it_now(priya: AtDesk, joan: User) -> None:
    def said(assignee: str) -> str:
        url = f"/admin/dsar/request/{request.pk}/do/assign/"
        return words_of(priya.client.post(url, {"assignee": assignee}, follow=True).content.decode())

    request = ask(joan)
    assert f"{request.reference}: Assigned to nobody." in said("")
    assert f"{request.reference}: Assigned to Priya." in said(str(priya.user.pk))


def test_what_is_over_does_not_wait_for_somebody_to_take_it(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    assert "Assigned to nobody." in priya.see(request)
    asking.take_back(request)
    assert "Assigned to nobody." not in priya.see(request)


def test_where_nothing_is_typed_nothing_is_said_to_be_kept(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    draft = answering.review(request, priya.user, SAID).pk
    page = words_of(priya.do(request, "approve", draft=draft).content.decode())
    assert "It was not done." in page
    assert "Not answered yet: " in page
    assert "What you typed is kept below." not in page
