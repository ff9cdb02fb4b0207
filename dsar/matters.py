"""What each matter asks of a person, and no more: the questions of its form, in the words of the organisation file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.models import Request
from dsar.vocabulary import Matter
from portal.organisation import versions
from portal.organisation.schema import Basis, Organisation, PurposeKind, RightName

Words: TypeAlias = str | Promise
MARKETING: Final = "direct marketing"
"""Of all purposes together. A blank stands in no code, so that no purpose of a file is taken for it."""
OWN_NAME: Final = "name"
OBJECTABLE: Final = frozenset({Basis.LEGITIMATE_INTERESTS, Basis.RECOGNISED_LEGITIMATE_INTERESTS, Basis.PUBLIC_TASK})
"""The bases a person may object to (Article 21(1))."""


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True)
class Question:
    """One question. ``choices`` are offered for :attr:`Kind.CHOICE`: codes with their words."""

    code: str
    label: Words
    hint: Words = ""
    kind: Kind = Kind.TEXT
    required: bool = False
    missing: Words = ""
    choices: Callable[[Organisation], list[tuple[str, str]]] | None = None
    asked_by: Callable[[Organisation], bool] = field(default=lambda _organisation: True)


def _facts(_organisation: Organisation) -> list[tuple[str, str]]:
    return [(OWN_NAME, _("My name")), ("other", _("Something else"))]


def _uses(organisation: Organisation) -> list[tuple[str, str]]:
    """Direct marketing, then each purpose that rests on a basis one may object to."""
    found = [(MARKETING, _("Direct marketing, and profiling for it: we stop at once, no reason needed"))]
    for code, purpose in organisation.purposes.items():
        if OBJECTABLE & {purpose.basis, *purpose.alternatives}:
            found.append((code, str(purpose.title)))
    return found


def _yeses(organisation: Organisation) -> list[tuple[str, str]]:
    """Everything, then each purpose to which somebody may have said yes."""
    named = ((code, str(organisation.purposes[code].title)) for code in said_yes_to(organisation))
    return [("", _("Every yes I ever gave you")), *named]


def said_yes_to(organisation: Organisation) -> list[str]:
    """The purposes that rest on consent, or may: a ticked topic of marketing is consent, whatever basis its purpose has
    besides (``consent.preferences.flows.acts.yes``)."""
    ticked = {topic.purpose for topic in organisation.topics.values()}
    return [
        code
        for code, one in organisation.purposes.items()
        if Basis.CONSENT in {one.basis, *one.alternatives} or (code in ticked and one.kind is PurposeKind.MARKETING)
    ]


def _grounds(_organisation: Organisation) -> list[tuple[str, str]]:
    """Article 18(1)(a) to (d)."""
    return [
        ("accuracy", _("Something in my data is wrong, and you are checking it")),
        ("unlawful", _("You should not use my data, and I want them kept all the same")),
        ("claims", _("You need them no more, but I need them for a legal claim")),
        ("objection", _("I objected, and you are weighing my reasons")),
    ]


def _others(organisation: Organisation) -> bool:
    right = organisation.rights.offered.get(RightName.PORTABILITY)
    return right is not None and right.to_others


_ANYTHING: Final = Question(
    "what", gettext_lazy("Anything in particular?"), gettext_lazy("Leave it empty if you mean everything.")
)

QUESTIONS: Final[dict[Matter, tuple[Question, ...]]] = {
    Matter.INFORMED: (
        Question("what", gettext_lazy("What would you like to know?"), required=True,
                 missing=gettext_lazy("Write what you would like to know.")),
    ),
    Matter.ACCESS: (_ANYTHING,),
    Matter.ERASURE: (_ANYTHING,),
    Matter.PORTABILITY: (
        _ANYTHING,
        Question("to", gettext_lazy("Send it to another provider?"),
                 gettext_lazy("Their name and how we reach them. Leave it empty to get it yourself."),
                 Kind.LINE, asked_by=_others),
    ),
    Matter.RECTIFICATION: (
        Question("fact", gettext_lazy("What is wrong?"), kind=Kind.CHOICE, required=True, choices=_facts,
                 missing=gettext_lazy("Choose what is wrong.")),
        Question("wrong", gettext_lazy("What stands there now?"), gettext_lazy("As far as you know.")),
        Question("right", gettext_lazy("What should stand there?"), kind=Kind.LINE, required=True,
                 missing=gettext_lazy("Write what should stand there.")),
    ),
    Matter.RESTRICTION: (
        Question("ground", gettext_lazy("Why?"), kind=Kind.CHOICE, required=True, choices=_grounds,
                 missing=gettext_lazy("Choose a reason: the law knows these four.")),
        _ANYTHING,
    ),
    Matter.OBJECTION: (
        Question("use", gettext_lazy("Which use should end?"), kind=Kind.CHOICE, required=True, choices=_uses,
                 missing=gettext_lazy("Choose which use should end.")),
        Question("why", gettext_lazy("Your reasons"),
                 gettext_lazy("For anything but marketing: what in your situation speaks against it?")),
    ),
    Matter.MARKETING_OPT_OUT: (),
    Matter.WITHDRAW_CONSENT: (
        Question("purpose", gettext_lazy("Which yes do you take back?"), kind=Kind.CHOICE, choices=_yeses),
    ),
    Matter.HUMAN_REVIEW: (
        Question("decision", gettext_lazy("Which decision is it about?"),
                 gettext_lazy("What was decided, and when."), required=True,
                 missing=gettext_lazy("Write which decision it is about.")),
        Question("why", gettext_lazy("What should the person who looks know?")),
    ),
    Matter.COMPLAINT: (
        Question("what", gettext_lazy("What went wrong?"), required=True,
                 missing=gettext_lazy("Write what went wrong.")),
    ),
    Matter.COMPROMISE: (
        Question("what", gettext_lazy("What have you noticed?"),
                 gettext_lazy("A strange mail, a sign-in that was not yours, data where they should not be."),
                 required=True, missing=gettext_lazy("Write what you have noticed.")),
    ),
}  # fmt: skip


def offered(organisation: Organisation) -> Iterator[Matter]:
    """The matters people can ask about here, in the order of the organisation file; a report of a compromise last."""
    for right in organisation.rights.offered:
        yield Matter(right.value)
    if organisation.breach.people_can_report:
        yield Matter.COMPROMISE


def questions(matter: Matter, organisation: Organisation) -> list[Question]:
    """What is asked about this matter here."""
    return [question for question in QUESTIONS[matter] if question.asked_by(organisation)]


def title_today(matter: str) -> str:
    """The title of a request's matter in the version in force, for staff."""
    return title(Matter(matter), versions.current().organisation)


def title(matter: Matter, organisation: Organisation) -> str:
    """The matter in the organisation's plain words: "Get a copy of my data"."""
    right = organisation.rights.offered.get(matter.right) if matter.right else None
    return str(right.title) if right else _("Tell us about a suspected compromise")


def sentence(matter: Matter, organisation: Organisation) -> str:
    """What happens then, in one sentence."""
    right = organisation.rights.offered.get(matter.right) if matter.right else None
    return str(right.sentence) if right else _("Somebody else may have your data? Tell us now. We look at once.")


def needs_no_judgement(request: Request) -> bool:
    """Whether nobody has to weigh anything: an opt-out, a yes taken back, an objection to direct marketing."""
    if request.matter == Matter.OBJECTION:
        return bool(request.details.get("use") == MARKETING)
    return request.matter in {Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT}


def adds_nothing(second: Request, first: Request) -> bool:
    """Whether the answer to ``first`` answers ``second`` too: the same words, or a part where all is asked for."""
    for code in {*second.details, *first.details}:
        asked, known = (str(one.details.get(code, "")).strip().casefold() for one in (second, first))
        if asked != known and (known or code != "what"):
            return False
    return True


def said(request: Request, organisation: Organisation) -> list[tuple[str, str]]:
    """Questions and answers of a request, in words; what was left empty is left out."""
    found = []
    for question in QUESTIONS[Matter(request.matter)]:
        given = request.details.get(question.code)
        if given is None or (given == "" and question.kind is not Kind.CHOICE):
            continue
        words = dict(question.choices(organisation)).get(given, given) if question.choices else given
        found.append((str(question.label), str(words)))
    return found
