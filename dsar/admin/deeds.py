"""What staff can do with a request, as data: a form, the verb of a flow that it calls, and when it is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dsar.admin import answer_forms, forms
from dsar.flows import answering, asking, beginning, deadlines, effects, identity, steps, talking
from dsar.matters import OWN_NAME
from dsar.models import Request
from dsar.transitions import Step, possible
from dsar.vocabulary import OPEN, VERIFIED, WORKING, Behalf, Happening, Matter, Party

WORKS: Final = answering.WORKS_ON_REQUESTS
CHECKS: Final = "dsar.change_identitycheck"


class Group(StrEnum):
    """Where on the page a deed stands."""

    WORK = "work"
    PERSON = "person"
    IDENTITY = "identity"
    END = "end"
    DESK = "desk"


@dataclass(frozen=True)
class Taken:
    """A deed that somebody does: the request, who, and the valid form."""

    request: Request
    user: User
    form: Any

    @property
    def given(self) -> dict[str, Any]:
        """What was typed."""
        return dict(self.form.cleaned_data)

    @property
    def words(self) -> str:
        """The words that were typed."""
        return str(self.form.cleaned_data["words"])


@dataclass(frozen=True)
class Deed:
    """``label`` is its button, ``done`` what is said after it. It is offered where the table has its ``step`` for
    staff, where ``fits`` says so, and to who has the permission ``needs``."""

    code: str
    label: Promise
    done: Promise
    group: Group
    do: Callable[[Taken], object]
    form: type[forms.Plain] = forms.Plain
    step: Step | None = None
    fits: Callable[[Request], bool] = lambda _request: True
    needs: str = WORKS


def offered(request: Request, user: User) -> Iterator[Deed]:
    """What this member of staff can do with the request now, in the order of the list below."""
    table = set(possible(request.state, request.matter, Party.STAFF))
    for deed in DEEDS:
        if (deed.step is None or deed.step in table) and user.has_perm(deed.needs) and deed.fits(request):
            yield deed


def is_offered(deed: Deed, request: Request, user: User) -> bool:
    """Whether it is among them."""
    return deed in set(offered(request, user))


def _check_waits(request: Request) -> bool:
    return identity.open_check(request) is not None


def _can_be_extended(request: Request) -> bool:
    counted = deadlines.deadline(request)
    in_time = counted is not None and counted.tell_by is not None and deadlines.today(request) <= counted.tell_by
    return in_time and counted is not None and not counted.extended


def _holds_the_name(request: Request) -> bool:
    own = request.matter == Matter.RECTIFICATION and request.details.get("fact") == OWN_NAME
    if not own or request.state not in WORKING or request.subject is None:
        return False
    return not request.events.filter(kind=Happening.EFFECT).exists() and _has_account(request)


def _has_account(request: Request) -> bool:
    return User.objects.filter(subject=request.subject).exists()


def _is_restricted(request: Request) -> bool:
    return request.matter == Matter.RESTRICTION and bool(request.subject and request.subject.restricted_at)


def _works_on(matter: Matter) -> Callable[[Request], bool]:
    return lambda request: request.matter == matter and request.state in WORKING


def _can_join(request: Request) -> bool:
    return request.matter in beginning.JOINABLE and request.subject is not None


def _can_be_set(request: Request) -> bool:
    changed = request.subject is not None and request.events.filter(kind=Happening.EFFECT).exists()
    return request.state in VERIFIED and not changed


def _is_written(request: Request) -> bool:
    return answering.draft_of(request) is not None


def _arrived(it: Taken) -> None:
    identity.arrived(it.request, it.user, it.words, deadlines.moment(it.given["day"]))


def _doubt(it: Taken) -> None:
    given = it.given
    method = identity.Method(given["method"])
    on_paper = method in {identity.Method.DOCUMENT, identity.Method.POST}
    wanted = given.get("documents", ()) if on_paper else ()
    doubt = identity.Doubt(given["doubt"], method, wanted, on_paper and given.get("certified", False))
    identity.ask(it.request, it.user, doubt)


def _settle(it: Taken) -> None:
    identity.settle(it.request, it.user, shown=it.given["result"] == "shown", words=it.words)


def _looked(it: Taken) -> None:
    effects.human_looked(it.request, it.user, it.words, changed=it.given["changed"] == "yes")


def _explained(it: Taken) -> None:
    answering.explained(it.request, it.user, it.words, deadlines.moment(it.given["day"]))


_WORK, _PERSON, _IDENTITY, _END, _DESK = Group

DEEDS: Final[tuple[Deed, ...]] = (
    Deed("search", _("Begin the search"), _("The search has begun."), _WORK,
         lambda it: answering.search(it.request, it.user), step=Step.SEARCH),
    Deed("review", _("Search done: write the answer"), _("Kept. It is sent when it is approved."), _WORK,
         lambda it: answering.review(it.request, it.user, it.form.answer(), it.form.kept), answer_forms.WriteAnswer,
         Step.REVIEW),
    Deed("rectify", _("Correct the name in the account"), _("Corrected."), _WORK,
         lambda it: effects.rectify(it.request, it.user), forms.Rectify, fits=_holds_the_name),
    Deed("corrected", _("Write down a correction made elsewhere"), _("Written down."), _WORK,
         lambda it: effects.corrected(it.request, it.user, it.given["before"], it.given["after"]),
         forms.Corrected, fits=_works_on(Matter.RECTIFICATION)),
    Deed("human-review", _("Write down what a person found"), _("Written down."), _WORK, _looked,
         forms.HumanReview, fits=_works_on(Matter.HUMAN_REVIEW)),
    Deed("approve", _("Approve the answer"), _("Approved. Now it can be sent."), _WORK,
         lambda it: answering.approve(it.request, it.user, it.given["draft"]), answer_forms.ReadAnswer, Step.APPROVE,
         _is_written),
    Deed("send-back", _("Send it back to the search"), _("Sent back."), _WORK,
         lambda it: answering.send_back(it.request, it.user, it.words), forms.SendBack, Step.SEND_BACK),
    Deed("answer", _("Send the answer"), _("Answered. The person is told."), _WORK,
         lambda it: answering.send(it.request, it.user, it.given["draft"]), answer_forms.ReadAnswer, Step.ANSWER,
         _is_written),
    Deed("redraft", _("Change the answer"), _("Kept. It has to be approved anew."), _WORK,
         lambda it: answering.redraft(it.request, it.user, it.form.answer(), it.form.kept), answer_forms.WriteAnswer,
         Step.REDRAFT),
    Deed("extend", _("Take more time"), _("Extended. The person is told."), _WORK,
         lambda it: answering.extend(it.request, it.user, it.words), answer_forms.Extend, Step.EXTEND,
         _can_be_extended),
    Deed("message", _("Write to the person"), _("Sent."), _PERSON,
         lambda it: talking.reply(it.request, it.user, it.words, it.given["attached"]), forms.Message,
         fits=lambda request: request.verified_at is not None),
    Deed("progress", _("Tell them how it stands"), _("Sent."), _PERSON,
         lambda it: answering.progress(it.request, it.user, it.words), forms.Progress, Step.PROGRESS,
         lambda request: request.matter == Matter.COMPLAINT),
    Deed("ask", _("Ask what exactly they want"), _("Asked. We wait for the person."), _PERSON,
         lambda it: answering.ask(it.request, it.user, it.words), forms.AskClarification, Step.ASK_CLARIFICATION),
    Deed("explained", _("Write down their explanation"), _("Written down. The clock runs again."), _PERSON,
         _explained, forms.Explained, Step.CLARIFY),
    Deed("give-up", _("Close: no reply came"), _("Closed. The person is told."), _PERSON,
         lambda it: answering.give_up_waiting(it.request, it.user, it.words), forms.GiveUp, Step.GIVE_UP_WAITING),
    Deed("ask-identity", _("Ask for proof of identity"), _("Asked. We wait for the person."), _IDENTITY, _doubt,
         forms.AskIdentity, Step.ASK_IDENTITY, needs=CHECKS),
    Deed("ask-authority", _("Ask for proof that they may act"), _("Asked. We wait for the person."), _IDENTITY,
         lambda it: identity.ask_authority(it.request, steps.staff(it.user)), step=Step.ASK_AUTHORITY,
         fits=lambda request: request.behalf != Behalf.SELF, needs=CHECKS),
    Deed("arrived", _("Write down what arrived"), _("Written down."), _IDENTITY, _arrived, forms.Arrived,
         Step.IDENTITY_ARRIVED, _check_waits, CHECKS),
    Deed("settle", _("End the check"), _("The check is done, and its proofs are destroyed."), _IDENTITY, _settle,
         forms.Settle, Step.IDENTITY_SHOWN, _check_waits, CHECKS),
    Deed("lift", _("End the restriction"), _("The restriction has ended. The person is told."), _WORK,
         lambda it: effects.lift_restriction(it.request, it.user, it.words), forms.Lift, fits=_is_restricted),
    Deed("refuse", _("Refuse"), _("Refused. The person is told why, and how to complain."), _END,
         lambda it: answering.refuse(it.request, it.user, it.form.answer()), answer_forms.Refuse, Step.REFUSE),
    Deed("pass-on", _("Pass it on"), _("Passed on. The person is told."), _END,
         lambda it: answering.pass_on(it.request, it.user, it.given["to"], it.words), forms.PassOn, Step.PASS_ON),
    Deed("join", _("Join it to an earlier request"), _("Joined. The person is told."), _END,
         lambda it: beginning.join(it.request, it.given["reference"], it.user), forms.Join, Step.JOIN, _can_join),
    Deed("withdraw", _("Withdrawn by the person"), _("Withdrawn. The person is told."), _END,
         lambda it: asking.take_back(it.request, steps.staff(it.user), it.words), forms.Withdrawn, Step.WITHDRAW),
    Deed("assign", _("Assign"), _("Assigned."), _DESK,
         lambda it: answering.assign(it.request, it.given["assignee"], it.user), forms.Assign,
         fits=lambda request: request.state in OPEN),
    Deed("note", _("Keep a note"), _("Noted."), _DESK,
         lambda it: talking.keep_note(it.request, it.user, it.words, it.given["attached"]), forms.Note),
    Deed("person", _("Set whom it is about"), _("Set."), _DESK,
         lambda it: asking.give_more(it.request, it.given["person"], it.user), forms.Person, fits=_can_be_set),
)  # fmt: skip

BY_CODE: Final = {deed.code: deed for deed in DEEDS}
