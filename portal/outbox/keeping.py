"""How long an address is kept, in the words that forms and mails share (Article 13(2)(a))."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.organisation.schema import Organisation, RetentionRule, RetentionStart

EVENTS = {
    RetentionStart.COLLECTED: gettext_lazy("it was recorded"),
    RetentionStart.LAST_CONTACT: gettext_lazy("our last contact"),
    RetentionStart.LAST_DECISION: gettext_lazy("your last choice"),
    RetentionStart.LAST_USE: gettext_lazy("your last use"),
    RetentionStart.ACCOUNT_CLOSED: gettext_lazy("your account is closed"),
    RetentionStart.SERVICE_ENDED: gettext_lazy("the service ends"),
    RetentionStart.CONTRACT_ENDED: gettext_lazy("the contract ends"),
    RetentionStart.FINANCIAL_YEAR_ENDED: gettext_lazy("the end of the financial year"),
    RetentionStart.APPLICATION_CLOSED: gettext_lazy("your application is decided"),
    RetentionStart.REQUEST_CLOSED: gettext_lazy("your request is closed"),
    RetentionStart.CHECK_DONE: gettext_lazy("the check is done"),
    RetentionStart.INCIDENT_CLOSED: gettext_lazy("the incident is closed"),
    RetentionStart.DISCOVERY: gettext_lazy("it is discovered"),
    RetentionStart.SENT: gettext_lazy("it was sent"),
    RetentionStart.OPT_OUT: gettext_lazy("you said stop"),
    RetentionStart.SESSION_ENDED: gettext_lazy("your session ends"),
    RetentionStart.TYPED: gettext_lazy("somebody last typed it"),
}
"""The events from which a period runs, as they read after "6 years after …"."""
_RUNS_FROM_THE_FIRST_DAY = frozenset({RetentionStart.COLLECTED, RetentionStart.LAST_CONTACT, RetentionStart.LAST_USE})
"""Of an address that nobody ever used these know a day: the first. The others know none, so that it stays (ADR 12)."""


def address(organisation: Organisation, *, until_stopped: bool) -> str:
    """How long an address is kept and why; with ``until_stopped`` that what is sent to it ends earlier, on a word."""
    kept = _kept(organisation.retention["contacts"])
    return _("You get these mails until you stop them. %(kept)s") % {"kept": kept} if until_stopped else kept


def of_our_own(organisation: Organisation) -> str:
    """How long the address of somebody who works for the organisation is kept."""
    rule = organisation.retention["contacts"]
    if rule.from_ in _RUNS_FROM_THE_FIRST_DAY:
        return _("As long as it does this work for us, and then for %(period)s at most.") % {"period": rule.period}
    return _("As long as it does this work for us, and then until it is deleted.")


def _kept(rule: RetentionRule) -> str:
    words = {"period": rule.period, "event": EVENTS[rule.from_], "why": rule.reason}
    if rule.period.amount == 0:
        return _("We keep your address until %(event)s. %(why)s") % words
    if rule.up_to:
        return _("We keep your address for up to %(period)s after %(event)s. %(why)s") % words
    return _("We keep your address for %(period)s after %(event)s. %(why)s") % words
