"""Everything that can be written about requests comes to be written, by the flows, as people and staff have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from dsar import codes, matters
from dsar.files.inspection import Inspected
from dsar.flows import answering, asking, deadlines, effects, identity, owners, reminding, steps, talking, tasks
from dsar.flows.answering import Answer
from dsar.flows.asking import Wish
from dsar.flows.identity import Doubt, Method
from dsar.matters import MARKETING
from dsar.models import Challenge, Request, Task
from dsar.vocabulary import Behalf, Matter, Outcome
from portal.organisation.schema import Organisation
from tests.dsar.aged import due_in
from tests.dsar.answers import answer

JOAN, MAREK, PRIYA, SAM = (
    "joan.archer@example.org", "marek.nowak@example.com", "priya@staff.example", "sam@staff.example",
)  # fmt: skip
ANSWERS: dict[Matter, dict[str, str]] = {
    Matter.INFORMED: {"what": "Where did you get my address?"},
    Matter.ACCESS: {"what": "My calls and my orders"},
    Matter.RECTIFICATION: {"fact": "name", "wrong": "Joan Arcer", "right": "Joan Archer"},
    Matter.RESTRICTION: {"ground": "accuracy"},
    Matter.OBJECTION: {"use": MARKETING},
    Matter.HUMAN_REVIEW: {"decision": "My application of 2 March was turned down"},
    Matter.COMPLAINT: {"what": "You wrote to me after I said stop."},
    Matter.COMPROMISE: {"what": "A mail in your name asked for my password."},
}
FILE = Inspected("what-we-hold.txt", "text/plain", b"All we hold about you.\n")


@dataclass
class Cast:
    """Who takes part; ``post`` sends what waits, as it is worded in that moment."""

    organisation: Organisation
    joan: User
    priya: User
    sam: User
    post: Callable[[], None]

    def ask(self, matter: Matter, details: dict[str, str] | None = None, **more: object) -> Request:
        """Joan asks, signed in."""
        details = ANSWERS.get(matter, {}) if details is None else details
        return asking.ask_signed_in(self.joan, Wish(matter, details, name="Joan Archer", **more))  # type: ignore[arg-type]  # passed on as they are

    def ask_as_guest(self, matter: Matter, **more: object) -> Request:
        """Marek asks at a typed address, and enters the code from the mail."""
        request = asking.ask_as_guest(MAREK, Wish(matter, ANSWERS.get(matter, {}), **more))  # type: ignore[arg-type]  # passed on as they are
        self.post()
        assert asking.enter_code(request, codes.derive(Challenge.objects.filter(request=request).latest("pk")))
        return request

    def systems_answer(self, request: Request) -> None:
        for task in Task.objects.open().filter(request=request):
            tasks.answer(task, self.priya, "Nothing there.")


def cast_of(organisation: Organisation, post: Callable[[], None]) -> Cast:
    """Joan has an account; Priya is the privacy officer; Sam works at the desk."""
    joan = accounts.open_account(JOAN, name="Joan Archer")
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    sam = accounts.open_account(SAM, name="Sam", staff=True, superuser=True)
    return Cast(organisation, joan, priya, sam, post)


def tell_all(people: Cast) -> None:
    """Every story, one after the other."""
    for story in STORIES:
        story(people)
        people.post()


def each_right_is_asked(it: Cast) -> None:
    """One receipt for each; what needs nobody's judgement is done, once the other systems have answered."""
    for matter in matters.offered(it.organisation):
        request = it.ask(matter)
        it.post()
        if matters.needs_no_judgement(request):
            it.systems_answer(request)
        elif matter is Matter.RESTRICTION:
            effects.lift_restriction(request, it.priya, "We checked: your address is right.")
        else:
            asking.take_back(request)


def a_copy_goes_the_whole_way(it: Cast) -> None:
    request = it.ask(Matter.ACCESS)
    it.ask(Matter.ACCESS)
    it.post()
    answering.assign(request, it.sam, it.priya)
    identity.ask(request, it.priya, Doubt("The name on the account is another one.", Method.QUESTION))
    it.post()
    identity.answer(request, "The green kettle")
    identity.settle(request, it.priya, shown=True)
    answering.ask(request, it.priya, "Do you want your calls as well?\n\nOr only your orders?")
    it.post()
    talking.write(request, "Only the orders.")
    answering.extend(request, it.priya, "There are 900 orders, and each is looked at.")
    talking.reply(request, it.priya, "We have found the first half.")
    it.post()
    it.systems_answer(request)
    answering.search(request, it.priya)
    said = Answer(
        Outcome.PARTLY, "Here is what we hold.\n\nYours, Priya", ["others"], "Accounts, mail, letters", [FILE]
    )
    answer(request, it.priya, said)
    talking.download(request.attachments.get(name=FILE.name), steps.PERSON)


def a_deletion_is_refused_and_complained_about(it: Cast) -> None:
    request = it.ask(Matter.ERASURE)
    it.post()
    it.systems_answer(request)
    said = Answer(Outcome.REFUSED, "Your last order is not paid yet.", ["claims"], "Accounts and mail")
    answering.refuse(request, it.priya, said)
    complaint = it.ask(Matter.COMPLAINT, complains_about=request)
    answering.progress(complaint, it.priya, "We have asked the accounting. We write again by the end of the week.")
    talking.reply(complaint, it.priya, "Which order was it?")


def nothing_is_held(it: Cast) -> None:
    request = it.ask_as_guest(Matter.ACCESS)
    it.systems_answer(request)
    answer(request, it.priya, Answer(Outcome.NOT_HELD, "We looked in every system."))


def somebody_is_not_shown_to_be_themselves(it: Cast) -> None:
    policy = identity.permitted(request := it.ask(Matter.PORTABILITY))
    method = Method.POST if policy.by_post else Method.IN_PERSON
    wanted = policy.documents if method is Method.POST else ()
    identity.ask(request, it.priya, Doubt("We know two people of this name.", method, wanted))
    identity.settle(request, it.priya, shown=False, words="The paper names another person.")


def others_ask_for_others(it: Cast) -> None:
    agent = it.ask_as_guest(Matter.ACCESS, behalf=Behalf.AGENT, on_behalf_of="Joan Archer")
    it.post()
    identity.arrived(agent, it.priya, "A letter that Joan Archer signed")
    identity.settle(agent, it.priya, shown=True)
    parent = it.ask_as_guest(Matter.ERASURE, behalf=Behalf.PARENT, on_behalf_of="Max Nowak")
    it.post()
    identity.settle(parent, it.priya, shown=False)


def a_matter_of_a_client_is_passed_on(it: Cast) -> None:
    request = it.ask_as_guest(Matter.INFORMED)
    answering.pass_on(request, it.priya, "Acme Ltd, 1 High Street, Norwich", "You called their line in March.")


def no_explanation_comes(it: Cast) -> None:
    request = it.ask_as_guest(Matter.ACCESS)
    answering.ask(request, it.priya, "Which of your two accounts is it about?")
    it.post()
    answering.give_up_waiting(request, it.priya, "")


def days_go_by(it: Cast) -> None:
    """What is due soon, today, and late, for staff and for the owner of a system."""
    request = it.ask(Matter.RECTIFICATION, {"fact": "other", "wrong": "12 Mill Lane", "right": "14 Mill Lane"})
    for left in (7, 1, 0, -1, -12):
        due_in(request, left)
        reminding.remind_all()
        for task in Task.objects.open().filter(request=request):
            task.created_at, task.due = task.created_at - timedelta(days=40), deadlines.today() + timedelta(days=left)
            task.save(update_fields=["created_at", "due"])
            owners.remind(task)
        it.post()


STORIES = (
    each_right_is_asked,
    a_copy_goes_the_whole_way,
    a_deletion_is_refused_and_complained_about,
    nothing_is_held,
    somebody_is_not_shown_to_be_themselves,
    others_ask_for_others,
    a_matter_of_a_client_is_passed_on,
    no_explanation_comes,
    days_go_by,
)
