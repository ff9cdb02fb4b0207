"""What is held about people because something must not be deleted."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from portal.holds.models import Change, Hold, Kept, Reminder
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import Erasure, Holding, exempt, register

_WHY = _("What we and our lawyers say about a dispute is ours to keep (privilege)")
_STAFF = _("A number that stands for one of our staff")
_PURPOSE = _("To keep what a dispute or an inquiry needs, and to know why it was kept")
_BASIS = _("Legitimate interests and legal obligation: Articles 17(3)(e) and 5(2)")
_RECORDED = _("Recorded by us")
_NOBODY = _("Nobody outside the organisation")
_PROOF = {"*": _("Shows why something was kept longer than promised")}

register(
    Holding(
        model=Hold,
        subject="subject",
        title=_("Holds on your data"),
        category="account",
        purpose=_PURPOSE,
        basis=_BASIS,
        source=_RECORDED,
        recipients=_NOBODY,
        retention="staff_log",
        # A hold that stands is not counted: it is kept from the day it was lifted.
        starts={RetentionStart.COLLECTED: F("lifted_at")},
        export={
            "placed_at": _("Since"),
            "review_on": _("Looked at again on"),
            "ends_on": _("Last day"),
            "lifts_itself": _("Ends by itself"),
            "lifted_at": _("Ended"),
        },
        withhold={
            "holding": _("Empty: it is about you and not about one record"),
            "row": _("Empty: it is about you and not about one record"),
            "reason": _WHY,
            "owner": _STAFF,
        },
        erase=Erasure.KEEP,
        survives=_PROOF,
    )
)

register(
    Holding(
        model=Change,
        subject="hold__subject",
        title=_("What was done with holds on your data"),
        category="account",
        purpose=_PURPOSE,
        basis=_BASIS,
        source=_RECORDED,
        recipients=_NOBODY,
        retention="staff_log",
        starts={RetentionStart.COLLECTED: F("hold__lifted_at")},
        export={
            "what": _("What"),
            "at": _("When"),
            "review_on": _("To be looked at again on"),
            "ends_on": _("Last day"),
        },
        withhold={"by": _STAFF, "words": _WHY},
        erase=Erasure.KEEP,
        survives=_PROOF,
    )
)

exempt(Kept, _("Only says by numbers which rows a hold keeps; those are listed where they belong"))
exempt(Reminder, _("Says that staff were reminded of a hold; nothing in it is about the person"))
