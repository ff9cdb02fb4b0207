"""Each rule as a sentence to the person: what staff see for anybody, and what people read as "why did I get this?"."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

YES: Final[dict[str, Promise]] = {
    "always-sent": _("You get this because you need it, whatever else you chose. It never carries advertising."),
    "notice-switch": _("You switched this on on %(since)s."),
    "notice-on": _("You get this until you switch it off. It is not marketing."),
    "consent": _("You said yes to this on %(since)s."),
    "soft-opt-in": _(
        "You bought from us, or were about to, on %(since)s. You could say no to news of similar products then, "
        "and you can at any time."
    ),
    "legitimate-interests": _("We recorded on %(since)s why this may interest you. You can say no at any time."),
    "contract": _("It belongs to what we agreed with you on %(since)s."),
    "legal-obligation": _("The law has us tell you. We recorded that on %(since)s."),
    "vital-interests": _("It protects somebody's life or health. We recorded that on %(since)s."),
    "public-task": _("It is part of a public task. We recorded that on %(since)s."),
    "recognised-legitimate-interests": _("The law names this as a good reason. We recorded that on %(since)s."),
}
NO: Final[dict[str, Promise]] = {
    "erased": _("We erased what we held about you on %(since)s, so we send nothing."),
    "unknown-address": _("We do not know this address."),
    "address-given-up": _("This has not been your address since %(since)s."),
    "stopped-everything": _("You asked us on %(since)s to stop. Here that ends every message we can do without."),
    "no-topic": _("Nobody can have agreed to a message about nothing in particular."),
    "unknown-topic": _("We no longer offer this topic."),
    "channel-not-offered": _("This topic does not come this way."),
    "notice-switch": _("This is switched off."),
    "notice-not-asked": _("You have not asked for this."),
    "restricted": _("You asked us to restrict what we do with your data on %(since)s, so we send no marketing."),
    "under-age": _("You are under the age from which we send marketing."),
    "context-forbids-marketing": _("Where we know this address from, we promised no marketing."),
    "stopped": _("You stopped all marketing on %(since)s, and have not said yes to this since."),
    "stopped-here": _("You said no to this on %(since)s."),
    "suppressed": _("We were asked on %(since)s not to send this to this address."),
    "company-opted-out": _("Your company asked us on %(since)s not to send marketing to its people."),
    "paused": _("You paused this until %(until)s."),
    "basis-changed": _("The reason we had on %(since)s no longer holds, so we would have to ask you again."),
    "personal-address": _("We send marketing to private addresses only if you say yes, and you have not."),
    "channel-law": _("The law lets us write this way only after a sale or with your yes. We have neither on record."),
    "not-screened": _("Your number has not been checked against the register of people who want no calls lately."),
    "unconfirmed": _("You asked for this on %(since)s and have not confirmed it by the mail we sent."),
    "lapsed": _("Your yes ran out on %(since)s."),
    "no-basis": _("You have not asked for this, and we have no other good reason to send it."),
}


def phrase(rule: str, allowed: bool, *, since: date | None = None, until: date | None = None) -> str:
    """The sentence for a rule, with dates written out in the active language."""
    sentence = (YES if allowed else NO)[rule]
    written = pgettext("how a date is written out, in the letters of Django's date filter", "j F Y")
    days = {"since": since, "until": until}
    return str(sentence) % {name: date_format(day, written) if day else "" for name, day in days.items()}


IN_BRIEF: Final[dict[str, Promise]] = {
    "erased": _("erased"),
    "unknown-address": _("unknown address"),
    "address-given-up": _("address given up"),
    "stopped-everything": _("asked us to stop everything"),
    "no-topic": _("no topic"),
    "unknown-topic": _("topic not offered any more"),
    "channel-not-offered": _("topic does not come this way"),
    "notice-switch": _("switched it off"),
    "restricted": _("processing restricted"),
    "under-age": _("under age"),
    "context-forbids-marketing": _("known from a place where we promised no marketing"),
    "stopped": _("stopped all marketing"),
    "stopped-here": _("said no to this"),
    "suppressed": _("address suppressed"),
    "company-opted-out": _("their company opted out"),
    "paused": _("paused"),
    "basis-changed": _("our reason no longer holds, ask again"),
    "personal-address": _("private address without a yes"),
    "channel-law": _("the law wants a sale or a yes"),
    "not-screened": _("number not screened lately"),
    "unconfirmed": _("asked, not confirmed"),
    "lapsed": _("their yes ran out"),
    "no-basis": _("never asked for it"),
}
"""Each refusal in a few words, for counts of people."""


def in_brief(rule: str) -> str:
    """The rule in a few words; one that is not known here by its code."""
    return str(IN_BRIEF.get(rule, rule))
