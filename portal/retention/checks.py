"""What is wrong with a file whose rules and the portal's holdings do not fit each other, said at loading."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Final

from portal.organisation.problems import Problem
from portal.organisation.schema import PORTAL_RULES, Organisation, RetentionAction, RetentionStart
from portal.personal_data import registry
from portal.retention import periods, starts, ties, unproved

_FROM_CONTACT: Final = frozenset({RetentionStart.LAST_CONTACT, RetentionStart.LAST_USE})
"""Starts that what somebody wrote in a request of theirs, or was answered there, moves on."""


def problems(organisation: Organisation) -> Iterator[Problem]:
    """What keeps the rules of a file from being carried out, or lets them delete what must stay."""
    yield from _rules_for_holdings(organisation)
    yield from _rules_for_nothing(organisation)
    yield from _deleted_too_soon(organisation)
    yield from _contact_forgotten(organisation)
    yield from _beyond_a_ceiling(organisation)
    yield from _of_addresses_typed(organisation)


def _rules_for_holdings(organisation: Organisation) -> Iterator[Problem]:
    """Each holding has a rule that covers its data, whose start it can date and whose action it can take."""
    for holding in registry.holdings():
        found = organisation.retention.get(holding.retention)
        table = f"retention.{holding.retention}"
        if found is None:
            message = f"The rule is missing; {holding.label} is kept by it."
            yield _fault(table, "period", message, "Add the table, with how long it is kept.")
            continue
        if not starts.datable(holding, found.from_):
            known = ", ".join(sorted(starts.known_to(holding)))
            message = f"{holding.label} cannot tell when {found.from_.value!r} was."
            yield _fault(table, "from", message, f"Write one it can tell: {known}.")
        if found.action is RetentionAction.ANONYMISE and not (holding.anonymise or ties.is_part(holding)):
            message = f"{holding.label} has nothing left once it names nobody."
            yield _fault(table, "action", message, 'Write "delete", or "review" to have a person look.')


def _rules_for_nothing(organisation: Organisation) -> Iterator[Problem]:
    """A rule is for something that is held: here, in a system of the file, or at least for some purpose of it."""
    used = _ruled() | set(PORTAL_RULES)
    held = {category for system in organisation.systems.values() for category in system.data}
    held |= {category for purpose in organisation.purposes.values() for category in purpose.data}
    for code, entry in organisation.retention.items():
        if code not in used and not held & set(entry.data):
            message = "Nothing is held to which it applies: no holding, no system and no purpose has such data."
            yield _fault(f"retention.{code}", "data", message, "Name a category that is held, or remove the rule.")


def _deleted_too_soon(organisation: Organisation) -> Iterator[Problem]:
    """Who said stop stays stopped for as long as their address may be here (Article 21(3))."""
    suppression = organisation.retention.get("suppression")
    if suppression is None:
        return
    for code in ("contacts", "decisions"):
        found = organisation.retention.get(code)
        if found is not None and periods.is_longer(found.period, suppression.period):
            message = f"It ends before [retention.{code}], and who said stop could be written to again."
            yield _fault("retention.suppression", "period", message, f"Write at least {found.period.as_written()!r}.")


def _contact_forgotten(organisation: Organisation) -> Iterator[Problem]:
    """A request is on record at least as long as what is counted from contact in its course, or that would go early."""
    requests = organisation.retention.get("requests")
    if requests is None:
        return
    for code in sorted(_ruled()):
        found = organisation.retention.get(code)
        if found is None or found.from_ not in _FROM_CONTACT:
            continue
        own = (contract.retention[code] for contract in organisation.contracts.values() if code in contract.retention)
        longest = reduce(lambda one, other: other if periods.is_longer(other, one) else one, own, found.period)
        if periods.is_longer(longest, requests.period):
            message = f"It ends before [retention.{code}], which counts from contact that only the request shows."
            yield _fault("retention.requests", "period", message, f"Write at least {longest.as_written()!r}.")


def _beyond_a_ceiling(organisation: Organisation) -> Iterator[Problem]:
    """Where a rule says "up to", no contract keeps longer."""
    for name, contract in organisation.contracts.items():
        for code, period in contract.retention.items():
            found = organisation.retention.get(code)
            if found is not None and found.up_to and periods.is_longer(period, found.period):
                message = f"{period.as_written()} is longer than [retention.{code}] allows at most."
                yield _fault(f"contracts.{name}", "retention", message, "Write a shorter period, or remove up_to.")


def _of_addresses_typed(organisation: Organisation) -> Iterator[Problem]:
    """What mails promise a stranger whose address somebody typed is kept; and nothing else is dated by it."""
    for key, message, remedy in unproved.faults(organisation):
        yield _fault(f"retention.{unproved.RULE}", key, message, remedy)
    for code, entry in organisation.retention.items():
        if entry.from_ is RetentionStart.TYPED and code not in {unproved.RULE, *_ruled()}:
            message = "Only addresses that nobody proved are dated by when they were typed."
            yield _fault(
                f"retention.{code}", "from", message, f"Write another event; [retention.{unproved.RULE}] is for them."
            )


def _ruled() -> set[str]:
    """The rules by which something here is kept."""
    return {holding.retention for holding in registry.holdings()}


def _fault(table: str, key: str, message: str, remedy: str) -> Problem:
    return Problem("", table, key, message, remedy)
