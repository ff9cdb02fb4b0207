"""What is held about people because they made a request."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from dsar import starts
from dsar.models import Attachment, Challenge, Event, IdentityCheck, IdentityDocument, Reminder, Request, Task
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import Holding, exempt, register

_ANSWERING = _("To answer your request, in time, and to prove that we did")
_DUTY = _("Legal obligation: Articles 12 to 22")
_YOU = _("You, or who asks for you")
_US = _("Recorded by us")
_NOBODY = _("Nobody outside the organisation")

register(
    Holding(
        model=Request,
        subject=("subject", "contact_point__subject"),
        title=_("Your requests"),
        category="correspondence",
        purpose=_ANSWERING,
        basis=_DUTY,
        source=_YOU,
        recipients=_("Systems and recipients named with each request"),
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed()},
        page="requests",
        only_counted=True,
        export={
            "reference": _("Reference"),
            "matter": _("What you asked for"),
            "state": _("How it stands"),
            "outcome": _("How it ended"),
            "name": _("Name"),
            "postal_address": _("Postal address"),
            "behalf": _("For whom"),
            "on_behalf_of": _("On behalf of"),
            "role": _("In which role"),
            "details": _("Your answers on the form"),
            "language": _("Language"),
            "organisation_version": _("Version of our promises"),
            "arrival": _("How it came"),
            "received_at": _("Received"),
            "logged_at": _("Written down"),
            "promised_due": _("Promised by"),
            "statutory_due": _("Due by law"),
            "duplicate_of": _("Joined to"),
            "complains_about": _("Complains about"),
            "verified_at": _("Shown to be yours"),
            "closed_at": _("Closed"),
        },
        withhold={"assignee": _("A member of staff, who is a person too")},
    )
)

register(
    Holding(
        model=Event,
        subject=("request__subject", "request__contact_point__subject"),
        title=_("What happened to your requests"),
        category="correspondence",
        purpose=_ANSWERING,
        basis=_DUTY,
        source=_("You, and us"),
        recipients=_NOBODY,
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed("request__")},
        page="requests",
        only_counted=True,
        export={
            "kind": _("What"),
            "party": _("By"),
            "at": _("When"),
            "recorded_at": _("Written down"),
            "words": _("Words"),
            "facts": _("Details"),
        },
        withhold={
            "staff": _("A member of staff, who is a person too"),
            "shown": _("Whether it stands on the page of your request"),
        },
    )
)

register(
    Holding(
        model=Attachment,
        subject=("request__subject", "request__contact_point__subject"),
        title=_("Files of your requests"),
        category="correspondence",
        purpose=_ANSWERING,
        basis=_DUTY,
        source=_("You, and us"),
        recipients=_NOBODY,
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed("request__")},
        page="requests",
        only_counted=True,
        export={
            "party": _("From"),
            "name": _("Name"),
            "content_type": _("Kind"),
            "size": _("Size in bytes"),
            "created_at": _("Added"),
        },
        withhold={
            "event": _("What it came with, listed above"),
            "shown": _("Whether it stands on the page of your request"),
            "stored_as": _("A random name; part of our security"),
        },
    )
)

register(
    Holding(
        model=Challenge,
        subject=("request__subject", "request__contact_point__subject"),
        title=_("Codes we mailed you for a request"),
        category="account",
        purpose=_("To let nobody else see your request"),
        basis=_("Legal obligation: Articles 12(6) and 32"),
        source=_US,
        recipients=_NOBODY,
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed("request__")},
        page="requests",
        only_counted=True,
        export={"created_at": _("Sent"), "used_at": _("Used"), "guesses": _("Attempts")},
        withhold={"nonce": _("A random number the code was made of; part of our security")},
    )
)

register(
    Holding(
        model=IdentityCheck,
        subject=("request__subject", "request__contact_point__subject"),
        title=_("Checks of who you are"),
        category="identity",
        purpose=_("To hand your data to nobody else"),
        basis=_("Legal obligation: Article 12(6)"),
        source=_US,
        recipients=_NOBODY,
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed("request__")},
        page="requests",
        only_counted=True,
        export={
            "about": _("About"),
            "doubt": _("Why we doubted"),
            "method": _("How it was to be shown"),
            "documents": _("Documents asked for"),
            "certified": _("Certified copies"),
            "opened_at": _("Asked"),
            "received": _("What arrived"),
            "received_at": _("Arrived"),
            "result": _("Result"),
            "settled_at": _("Done"),
        },
        withhold={
            "opened_by": _("A member of staff, who is a person too"),
            "verified_by": _("A member of staff, who is a person too"),
        },
    )
)

register(
    Holding(
        model=IdentityDocument,
        subject=("check_of__request__subject", "check_of__request__contact_point__subject"),
        title=_("Proofs of identity, until the check is done"),
        category="identity",
        purpose=_("To hand your data to nobody else"),
        basis=_("Legal obligation: Article 12(6)"),
        source=_YOU,
        recipients=_NOBODY,
        retention="identity_proofs",
        starts={RetentionStart.CHECK_DONE: F("check_of__settled_at")},
        without_rule=_("They go with the check itself, approved or not. The rule takes away what a fault left."),
        page="requests",
        only_counted=True,
        export={"created_at": _("Added"), "content_type": _("Kind"), "size": _("Size in bytes")},
        withhold={
            "name": _("You have it yourself, and it may name others"),
            "stored_as": _("A random name; the proof itself is never copied"),
        },
    )
)

register(
    Holding(
        model=Task,
        subject=("request__subject", "request__contact_point__subject"),
        title=_("What other systems answered for your requests"),
        category="correspondence",
        purpose=_ANSWERING,
        basis=_DUTY,
        source=_("The systems named"),
        recipients=_("The systems named"),
        retention="requests",
        starts={RetentionStart.REQUEST_CLOSED: starts.closed("request__")},
        page="requests",
        only_counted=True,
        export={
            "kind": _("Kind"),
            "code": _("System or recipient"),
            "title": _("Title"),
            "owner": _("Owner"),
            "due": _("Due"),
            "answer": _("Answer"),
            "skipped": _("Left open on purpose"),
            "done_at": _("Done"),
            "created_at": _("Asked"),
        },
        withhold={"done_by": _("A member of staff, who is a person too")},
    )
)

exempt(
    Reminder,
    _("Says that staff, or the owner of a system, were reminded of a request; nothing in it is about the person"),
)
