"""What accounts hold about people."""

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import starts
from accounts.looks import visits
from accounts.models import Clearing, Look, Session, User
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import Erasure, Holding, exempt, register

_SIGNING_IN = _("To let you sign in, and keep others out")
_CONTRACT = _("Contract: the account you opened")
_NOBODY = _("Nobody outside the organisation")

register(
    Holding(
        model=User,
        subject="subject",
        title=_("Your account"),
        category="account",
        purpose=_SIGNING_IN,
        basis=_CONTRACT,
        source=_("You, when you opened it"),
        recipients=_NOBODY,
        retention="accounts",
        starts={RetentionStart.ACCOUNT_CLOSED: starts.closed()},
        born=F("date_joined"),
        page="account_profile",
        export={
            "email": _("Address you sign in with"),
            "name": _("Name"),
            "is_active": _("May sign in"),
            "is_staff": _("Works for the organisation"),
            "date_joined": _("Opened"),
            "last_login": _("Last signed in"),
            "closed_at": _("Closed"),
            "closed_by_person": _("Closed by you"),
            "groups": _("Staff groups"),
        },
        withhold={
            "password": _("Kept scrambled; even we cannot read it"),
            "is_superuser": _("Part of our security"),
            "user_permissions": _("Part of our security"),
        },
    )
)

register(
    Holding(
        model=EmailAddress,
        subject="user__subject",
        title=_("The address of your account"),
        category="account",
        purpose=_SIGNING_IN,
        basis=_CONTRACT,
        source=_("You, when you opened the account or changed its address"),
        recipients=_("Those who deliver our messages"),
        retention="accounts",
        starts={RetentionStart.ACCOUNT_CLOSED: starts.closed("user__")},
        page="account_email",
        export={
            "email": _("Address"),
            "verified": _("Shown to be yours"),
            "primary": _("The one you sign in with"),
        },
    )
)

register(
    Holding(
        model=Session,
        subject="user__subject",
        title=_("Where you are signed in"),
        category="account",
        purpose=_("To know you from one page to the next"),
        basis=_CONTRACT,
        source=_("Made by us when you signed in"),
        recipients=_NOBODY,
        retention="sessions",
        starts={RetentionStart.SESSION_ENDED: F("expire_date")},
        page="account_profile",
        export={"expire_date": _("Ends, unless you come back before")},
        withhold={
            "session_data": _("What our pages note for the next page; it is gone when the session ends"),
        },
    )
)

register(
    Holding(
        model=LogEntry,
        subject="user__subject",
        title=_("What you did at the desk, as staff"),
        category="account",
        purpose=_("To prove who changed what about people"),
        basis=_("Legal obligation: Articles 5(2) and 32"),
        source=_("Recorded by us"),
        recipients=_NOBODY,
        retention="staff_log",
        starts={RetentionStart.COLLECTED: F("action_time")},
        only_counted=True,
        export={
            "action_time": _("When"),
            "action_flag": _("Added, changed or deleted"),
            "content_type": _("Kind of record"),
        },
        withhold={
            "object_id": _("Names a record that may be about somebody else"),
            "object_repr": _("Names a record that may be about somebody else"),
            "change_message": _("Names a record that may be about somebody else"),
        },
        erase=Erasure.KEEP,
        survives={"*": _("The proof of who changed what outlives the account")},
    )
)

register(
    Holding(
        model=Look,
        subject="subject",
        title=_("Looks by our staff at what we hold about you"),
        category="account",
        purpose=_("To find out looks for which there was no reason"),
        basis=_("Legal obligation: Articles 5(1)(f), 5(2) and 32"),
        source=_("Recorded by us"),
        recipients=_NOBODY,
        retention="staff_log",
        starts={RetentionStart.COLLECTED: F("at")},
        told=visits.told,
        export={"at": _("When"), "what": _("What they did"), "kind": _("With")},
        withhold={
            "staff": _("Names one of our staff, who has rights too; ask us if you think that a look had no reason"),
            "row": _("A number of ours for a record that is listed where it belongs"),
            "shown": _("How many rows stood in a list, most of them about others"),
        },
        erase=Erasure.KEEP,
        survives={"*": _("The proof of who looked outlives what they looked at")},
    )
)

exempt(Clearing, _("Counts the looks that left the log; it names nobody"))
exempt(EmailConfirmation, "Stays empty: addresses are proved by codes, which allauth keeps in no table.")
