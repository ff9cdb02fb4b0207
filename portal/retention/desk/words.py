"""What rules and holdings are called at the desk."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.holds import described
from portal.organisation import versions
from portal.organisation.schema import RetentionAction, RetentionStart
from portal.organisation.versions import NoOrganisation
from portal.retention.rules import Rule

STARTS: Final = {
    RetentionStart.COLLECTED: gettext_lazy("it was collected"),
    RetentionStart.LAST_CONTACT: gettext_lazy("the last contact"),
    RetentionStart.LAST_DECISION: gettext_lazy("the person’s last choice"),
    RetentionStart.LAST_USE: gettext_lazy("the person’s last use"),
    RetentionStart.ACCOUNT_CLOSED: gettext_lazy("the account was closed"),
    RetentionStart.SERVICE_ENDED: gettext_lazy("the service ended"),
    RetentionStart.CONTRACT_ENDED: gettext_lazy("the contract ended"),
    RetentionStart.FINANCIAL_YEAR_ENDED: gettext_lazy("the financial year ended"),
    RetentionStart.APPLICATION_CLOSED: gettext_lazy("the application was decided"),
    RetentionStart.REQUEST_CLOSED: gettext_lazy("the request was closed"),
    RetentionStart.CHECK_DONE: gettext_lazy("the check was done"),
    RetentionStart.INCIDENT_CLOSED: gettext_lazy("the incident was closed"),
    RetentionStart.DISCOVERY: gettext_lazy("it was discovered"),
    RetentionStart.SENT: gettext_lazy("it was sent"),
    RetentionStart.OPT_OUT: gettext_lazy("the person said stop"),
    RetentionStart.SESSION_ENDED: gettext_lazy("the session ended"),
    RetentionStart.TYPED: gettext_lazy("somebody last typed it"),
}
ACTIONS: Final = {
    RetentionAction.DELETE: gettext_lazy("deleted"),
    RetentionAction.ANONYMISE: gettext_lazy("made anonymous"),
    RetentionAction.REVIEW: gettext_lazy("looked at by a person"),
}


def sentence(rule: Rule) -> str:
    """What a rule says: "Deleted 6 years after the last contact."."""
    facts = {"action": ACTIONS[rule.entry.action], "period": rule.entry.period, "start": STARTS[rule.start]}
    said = _("%(action)s %(period)s after %(start)s.") % facts
    for contract, period in rule.own.items():
        said += " " + _("Under the contract %(contract)s: %(period)s.") % {"contract": contract, "period": period}
    return said[:1].upper() + said[1:]


def title(code: str) -> str:
    """A rule by its title in the file in force; one that is gone by its code."""
    try:
        found = versions.current().organisation.retention.get(code)
    except NoOrganisation:
        return code
    return str(found.title) if found else code


def rows(label: str) -> str:
    """What the rows of a holding are called; those of an app that is gone by their label."""
    holding = described.holding_named(label)
    return described.name_of(holding) if holding else label


def action(code: str) -> str:
    """What is done, as a run wrote it down."""
    return str(ACTIONS[RetentionAction(code)]) if code in set(RetentionAction) else code
