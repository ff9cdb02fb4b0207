"""What a request changes is real and at once: the ledger, permission(), the outbox and the account obey."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import User
from consent.ledger import permission
from consent.ledger.circumstances import Circumstances
from consent.ledger.models import Event as Decision
from consent.ledger.vocabulary import ALL_MARKETING
from consent.preferences import catalogue
from consent.preferences.flows import subscribing
from dsar.flows import answering, asking, effects, identity
from dsar.flows.answering import Answer
from dsar.flows.asking import Logged, Wish
from dsar.flows.steps import Refused
from dsar.matters import MARKETING
from dsar.models import Request, Task
from dsar.vocabulary import Arrival, Behalf, Happening, Matter, Outcome, State
from portal.organisation.versions import Current
from portal.outbox import drainer
from portal.outbox import flows as outbox
from portal.outbox.kinds import Category
from portal.subjects import flows as people
from portal.subjects.models import ContactPoint
from tests.dsar.answers import SAID, answer
from tests.dsar.requests.conftest import JOAN, as_guest, proved, systems_answer, written
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
Ask = Callable[..., Request]


@pytest.fixture
def topic(joan: User, organisation: Current) -> str:
    """A topic Joan said yes to."""
    assert joan.subject is not None
    code = next(
        one.code
        for section in catalogue.offered(organisation.organisation)
        for one in section.topics
        if catalogue.is_marketing(organisation.organisation, one.code)
    )
    subscribing.choose_at_sign_up(joan.subject, [code], version_id=organisation.id, circumstances=Circumstances())
    return code


def hers() -> ContactPoint:
    point = people.find("email", JOAN)
    assert point is not None
    return point


def may_write(topic: str) -> str:
    """The rule that lets the topic reach Joan, or says why not."""
    return permission.permission(hers(), category=Category.MARKETING, topic=topic).rule


@pytest.mark.parametrize(
    ("matter", "details"),
    [
        (Matter.MARKETING_OPT_OUT, {}),
        (Matter.OBJECTION, {"use": MARKETING}),
        (Matter.WITHDRAW_CONSENT, {"purpose": ""}),
    ],
)
def test_what_needs_no_judgement_is_done_answered_and_told(
    ask: Ask, topic: str, matter: Matter, details: dict[str, str]
) -> None:
    assert may_write(topic) == "consent"
    request = ask(matter, details)
    assert (request.state, request.outcome) == (State.CLOSED, Outcome.FULFILLED)
    assert may_write(topic) != "consent"
    assert written(JOAN)[-2:] == ["request-receipt", "request-carried-out"] or "request-carried-out" in written(JOAN)


@pytest.mark.parametrize("organisation", ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"], indirect=True)
@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_yes_taken_back_stops_every_topic_that_was_ticked_whatever_basis_its_purpose_has(
    ask: Ask, joan: User, organisation: Current, one_by_one: bool
) -> None:
    file = organisation.organisation
    ticked = [one.code for section in catalogue.offered(file) for one in section.topics]
    ticked = [code for code in ticked if catalogue.is_marketing(file, code)]
    assert joan.subject is not None
    subscribing.choose_at_sign_up(joan.subject, ticked, version_id=organisation.id, circumstances=Circumstances())
    assert {may_write(code) for code in ticked} == {"consent"}
    for purpose in {file.topics[code].purpose for code in ticked} if one_by_one else [""]:
        ask(Matter.WITHDRAW_CONSENT, {"purpose": purpose})
    assert all(may_write(code).startswith("stopped") for code in ticked)


def test_an_objection_to_one_use_stops_it_while_it_is_weighed(ask: Ask, topic: str, organisation: Current) -> None:
    purpose = organisation.organisation.topics[topic].purpose
    request = ask(Matter.OBJECTION, {"use": purpose, "why": "My own reasons"})
    assert request.state == State.ACTIVE
    assert may_write(topic).startswith("stopped")


@pytest.mark.django_db(transaction=True)
def test_a_restriction_stops_a_mail_that_waits_already(ask: Ask, topic: str, smtp_sink: SmtpSink) -> None:
    outbox.enqueue(
        "preferences-mailing", hers(), topic=topic, params={"mailing": "00000000-0000-0000-0000-000000000000"}
    )
    ask(Matter.RESTRICTION, {"ground": "accuracy"})
    drainer.drain()
    assert may_write(topic) == "restricted"
    from portal.outbox.models import Message

    held = Message.objects.get(kind="preferences-mailing")
    assert (held.state, (held.verdict or {})["rule"]) == ("withheld", "restricted")
    assert any("We have your request" in str(mail["Subject"]) for mail in smtp_sink.to(JOAN)), "rights mail goes"


@pytest.mark.parametrize("end", ["withdrawn", "refused"])
def test_a_restriction_asked_for_in_vain_ends(ask: Ask, topic: str, priya: User, end: str) -> None:
    request = ask(Matter.RESTRICTION, {"ground": "accuracy"})
    systems_answer(request, priya)
    if end == "withdrawn":
        asking.take_back(request)
    else:
        answering.refuse(request, priya, Answer(Outcome.REFUSED, "All is right.", ("no_ground",), "Everything"))
    assert may_write(topic) == "consent"


def test_a_restriction_that_was_granted_stays_until_the_person_is_told_that_it_ends(
    ask: Ask, topic: str, priya: User
) -> None:
    request = ask(Matter.RESTRICTION, {"ground": "accuracy"})
    systems_answer(request, priya)
    answer(request, priya, Answer(Outcome.FULFILLED, "Put on hold."))
    assert may_write(topic) == "restricted"
    with pytest.raises(Refused):
        effects.lift_restriction(request, priya, " ")
    effects.lift_restriction(request, priya, "We checked: all is right.")
    assert may_write(topic) == "consent"
    assert "request-restriction-lifted" in written(JOAN)


def test_a_letter_counts_from_the_day_it_came(joan: User, topic: str, priya: User) -> None:
    received = date(2026, 3, 2)
    request = asking.log(priya, Wish(Matter.MARKETING_OPT_OUT), Logged(Arrival.LETTER, received, JOAN))
    stop = Decision.objects.filter(kind=ALL_MARKETING.kind).latest("pk")
    assert (stop.occurred_at.date(), stop.method, stop.actor) == (received, "staff", "person")
    assert (request.promised_due, request.received_at.date()) == (date(2026, 3, 30), received)


def test_the_name_is_put_right_with_before_and_after_and_recipients_are_told(ask: Ask, joan: User, priya: User) -> None:
    request = ask(Matter.RECTIFICATION, {"fact": "name", "right": "Joan Archer-Lee"})
    effects.rectify(request, priya)
    joan.refresh_from_db()
    assert joan.name == "Joan Archer-Lee"
    done = request.events.get(kind=Happening.EFFECT)
    assert (done.facts["before"], done.facts["after"]) == ("Joan Archer", "Joan Archer-Lee")
    assert Task.objects.filter(request=request, kind=Task.Kind.RECIPIENT).exists()


def test_a_decision_of_a_machine_is_not_answered_before_a_person_looked(ask: Ask, priya: User) -> None:
    request = ask(Matter.HUMAN_REVIEW, {"decision": "Turned down"})
    systems_answer(request, priya)
    draft = answering.review(request, priya, SAID)
    with pytest.raises(Refused):
        answering.approve(request, priya, draft.pk)
    effects.human_looked(request, priya, "The machine was wrong.", changed=True)
    answering.approve(request, priya, draft.pk)


def test_for_somebody_else_nothing_happens_before_authority_is_shown(organisation: Current, priya: User) -> None:
    request = proved(as_guest(Matter.MARKETING_OPT_OUT, behalf=Behalf.AGENT, on_behalf_of="Joan Archer"))
    assert request.state == State.IDENTITY_PENDING
    assert request.promised_due is None
    assert not Decision.objects.exists()
    identity.arrived(request, priya, "A signed letter")
    identity.settle(request, priya, shown=True)
    assert request.state == State.ACTIVE
    assert request.promised_due is not None


@pytest.mark.parametrize(
    ("organisation", "told"),
    [
        (
            "open-e",
            {"order-providers", "payment-providers", "customer-service", "mail-delivery", "partners", "subsidiaries"},
        ),
        ("opencontact", {"clients", "providers"}),
        ("openitio", {"processors", "google"}),
    ],
    indirect=["organisation"],
)
def test_a_correction_is_passed_on_to_who_can_be_told_and_to_nobody_else(
    organisation: Current, ask: Ask, priya: User, told: set[str]
) -> None:
    request = ask(Matter.RECTIFICATION, {"fact": "name", "right": "Joan Archer-Lee"})
    effects.rectify(request, priya)
    recipients = Task.objects.filter(request=request, kind=Task.Kind.RECIPIENT)
    assert set(recipients.values_list("code", flat=True)) == told
