"""What is held about who a person is and where they are reached."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import SELF, Erasure, Holding, register
from portal.subjects.models import ContactPoint, Ending, Merge, Provenance, Subject, Suppression
from portal.subjects.suppression import suppressions_of

_REACHING_YOU = _("To know you again and to write to you about what you asked for")
_BASIS = _("That of what we use it for: the page where you choose what you receive names it for each purpose")
_PROVING = _("To prove that your choices were obeyed")
_NOBODY = _("Nobody outside the organisation")

register(
    Holding(
        model=Subject,
        subject=SELF,
        title=_("Your record"),
        category="identity",
        purpose=_REACHING_YOU,
        basis=_BASIS,
        source=_("Made when an address of yours first reached us"),
        recipients=_NOBODY,
        retention="contacts",
        export={
            "created_at": _("Known since"),
            "language": _("Language"),
            "restricted_at": _("Processing restricted since"),
            "under_age": _("Known to be too young for our marketing"),
            "last_act_at": _("Last contact, from what is gone already"),
            "merged_into": _("Joined with record"),
            "head": _("Joined in the end with record"),
            "erased_at": _("Erased"),
        },
        erase=Erasure.ANONYMISE,
        survives={
            "created_at": _("Dates the evidence"),
            "merged_into": _("Keeps joined evidence together"),
            "head": _("Keeps joined evidence together"),
            "erased_at": _("Shows that the erasure was carried out"),
        },
    )
)

register(
    Holding(
        model=ContactPoint,
        subject="subject",
        title=_("Your addresses"),
        category="contact",
        purpose=_REACHING_YOU,
        basis=_BASIS,
        source=_("Listed with each address"),
        recipients=_("Those who deliver our messages"),
        retention="contacts",
        page="account_email",
        export={
            "channel": _("Kind"),
            "address": _("Address"),
            "identity": _("The same address, spelled the way we look it up"),
            "address_kind": _("A private address, or one at work"),
            "subscriber_kind": _("A person’s, or a company’s (if unknown, we treat it as a person’s)"),
            "proved_at": _("Last shown to be yours"),
            "retired_at": _("Given up"),
            "created_at": _("Held since"),
        },
    )
)

register(
    Holding(
        model=Provenance,
        subject="contact_point__subject",
        title=_("Where your addresses came from"),
        category="contact",
        purpose=_("To know, and tell you, where we have an address from"),
        basis=_("Legal obligation: Articles 14 and 15"),
        source=_("Recorded by us"),
        recipients=_NOBODY,
        retention="contacts",
        export={
            "context": _("Where we met it"),
            "source": _("From whom"),
            "detail": _("Detail"),
            "typed": _("Typed into a form that everybody can fill in"),
            "seen_at": _("First seen"),
        },
    )
)

register(
    Holding(
        model=Ending,
        subject="subject",
        title=_("Services and contracts of yours"),
        category="identity",
        purpose=_("To keep your details until what you have with us has ended, and no longer than promised after it"),
        basis=_("Legal obligation: Article 5(1)(e)"),
        source=_("Written down by us"),
        recipients=_NOBODY,
        retention="contacts",
        export={"what": _("What"), "contract": _("Contract"), "day": _("Ended on")},
    )
)

register(
    Holding(
        model=Merge,
        subject=("survivor", "absorbed"),
        title=_("Records of yours that we joined"),
        category="identity",
        purpose=_PROVING,
        basis=_("Legal obligation: Articles 5(2) and 16"),
        source=_("Recorded by us"),
        recipients=_NOBODY,
        retention="decisions",
        born=F("merged_at"),
        export={"merged_at": _("Joined"), "undone_at": _("Parted again")},
        withhold={
            "moved": _("Internal numbers of the addresses listed above"),
            "carried": _("Names of the marks listed with your record"),
        },
        erase=Erasure.KEEP,
        survives={"*": _("Holds numbers only, and keeps joined evidence together")},
    )
)

register(
    Holding(
        model=Suppression,
        subject=suppressions_of,
        title=_("Addresses we may not market to"),
        category="preferences",
        purpose=_("To keep obeying you when you said stop, even after everything else is deleted"),
        basis=_("Legal obligation: Article 21(3)"),
        source=_("Your own choice"),
        recipients=_NOBODY,
        retention="suppression",
        starts={RetentionStart.OPT_OUT: F("created_at")},
        born=F("created_at"),
        export={
            "channel": _("Kind"),
            "scope": _("What is stopped"),
            "reason": _("Why"),
            "created_at": _("Since"),
        },
        withhold={
            "digest": _("Your address, scrambled: it cannot be read, and you know the address"),
            "key_id": _("Which of our keys scrambled it; part of our security"),
            "position": _("A number in our own books"),
        },
        erase=Erasure.KEEP,
        survives={"*": _("Without it your address could return to a list")},
    )
)
