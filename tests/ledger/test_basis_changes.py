"""A lawful basis does not change under people who are subscribed on it without a word about them."""

from collections.abc import Iterable

import pytest

from consent.ledger.bases import dropped
from consent.ledger.changes import basis_changes
from consent.ledger.choices import Choice, Conditions
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.organisation import loader, versions
from portal.organisation.problems import OrganisationFileError
from portal.organisation.schema import Basis, BasisChange, Organisation, Treatment
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import FROM_A_SYSTEM, ON_A_FORM, may_send, no_to, says, yes_to

SALE = Conditions("you", collected_in="sale", similar_products=True, refusal_offered=True).as_details()


def changed(file: Organisation, purpose: str, basis: Basis, treatment: Treatment | None = None) -> Organisation:
    """The same file with another basis for one purpose."""
    old = file.purposes[purpose]
    change = None if treatment is None else BasisChange(from_=old.basis, treatment=treatment)
    new = old.model_copy(update={"basis": basis, "basis_change": change, "interest": old.sentence})
    return file.model_copy(update={"purposes": {**file.purposes, purpose: new}})


def problems(old: Organisation, new: Organisation) -> list[str]:
    return [f"{problem.table} {problem.key}" for problem in basis_changes(old, new)]


@pytest.mark.parametrize("how", [{}, ON_A_FORM, FROM_A_SYSTEM])
def test_people_subscribed_or_waiting_refuse_it(joan: Subject, organisation: Current, how: dict[str, object]) -> None:
    says(joan, yes_to("newsletter"), **how)
    new = changed(organisation.organisation, "news", Basis.LEGITIMATE_INTERESTS)
    assert problems(organisation.organisation, new) == ["purposes.news basis_change"]
    with pytest.raises(OrganisationFileError, match="basis_change"):
        loader.apply(new)
    assert versions.current() == organisation


def test_a_recorded_basis_refuses_it_too(joan: Subject, organisation: Current) -> None:
    basis = Basis.LEGITIMATE_INTERESTS
    says(joan, Choice(ObjectKind.PURPOSE, "site", "", Decision.ESTABLISHED, basis=basis, details=SALE), **FROM_A_SYSTEM)
    new = changed(organisation.organisation, "site", Basis.CONTRACT)
    assert problems(organisation.organisation, new) == ["purposes.site basis_change"]


@pytest.mark.parametrize("others", [[], [no_to("newsletter")], [yes_to("promotions")]])
def test_nobody_subscribed_lets_it_pass(joan: Subject, organisation: Current, others: Iterable[Choice]) -> None:
    says(joan, *others)
    new = changed(organisation.organisation, "news", Basis.LEGITIMATE_INTERESTS)
    assert problems(organisation.organisation, new) == []


def test_a_basis_that_stays_is_no_change(joan: Subject, organisation: Current) -> None:
    says(joan, yes_to("newsletter"))
    assert problems(organisation.organisation, organisation.organisation) == []


@pytest.mark.parametrize(
    ("treatment", "rule"),
    [(Treatment.KEEP, "consent"), (Treatment.STOP, "basis-changed"), (Treatment.ASK_AGAIN, "basis-changed")],
)
def test_the_file_says_what_becomes_of_them(
    joan: Subject, joans_mail: ContactPoint, organisation: Current, treatment: Treatment, rule: str
) -> None:
    says(joan, yes_to("newsletter"))
    assert dropped(organisation, "news") == ()
    loader.apply(changed(organisation.organisation, "news", Basis.LEGITIMATE_INTERESTS, treatment))
    assert may_send(joans_mail, "newsletter").rule == rule
    says(joan, yes_to("newsletter"))
    assert may_send(joans_mail, "newsletter").rule == "consent"


def test_a_change_stays_in_force_when_later_versions_no_longer_speak_of_it(
    joan: Subject, joans_mail: ContactPoint, organisation: Current
) -> None:
    says(joan, yes_to("newsletter"))
    stopped = changed(organisation.organisation, "news", Basis.LEGITIMATE_INTERESTS, Treatment.STOP)
    loader.apply(stopped)
    loader.apply(changed(stopped, "news", Basis.LEGITIMATE_INTERESTS))
    assert versions.current().number == 3
    assert may_send(joans_mail, "newsletter").rule == "basis-changed"
