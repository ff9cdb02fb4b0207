"""What the outbox holds about people: that a mail was sent, and why it was allowed. Never what it said."""

from django.db.models import Case, DateTimeField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.organisation.schema import RetentionStart
from portal.outbox.models import Message, State
from portal.personal_data.registry import Holding, register

# What was never sent is kept as long as if it had been, from when it was written; what still waits is not at an end.
_SETTLED = Case(
    When(state__in=(State.QUEUED, State.HANDING_OVER), then=Value(None)),
    default=Coalesce("sent_at", "created_at"),
    output_field=DateTimeField(),
)

register(
    Holding(
        model=Message,
        subject="contact_point__subject",
        title=_("Mails to you"),
        category="correspondence",
        purpose=_("To send what you asked for, once, and to show why it was sent"),
        basis=_("The basis of what each mail is for"),
        source=_("Recorded by us when a mail was due"),
        recipients=_("Those who deliver our mail"),
        retention="mails",
        starts={RetentionStart.SENT: _SETTLED},
        only_counted=True,
        export={
            "contact_point": _("To which address"),
            "kind": _("Which mail"),
            "category": _("Of what kind"),
            "topic": _("About"),
            "language": _("Language"),
            "state": _("What became of it"),
            "verdict": _("Why it was or was not sent"),
            "created_at": _("Written"),
            "sent_at": _("Sent"),
            "message_id": _("Its number, as in the mail itself"),
            "last_error": _("What went wrong"),
        },
        withhold={
            "params": _("Numbers of our own records that the mail was about; those are listed where they belong"),
            "bulk": _("Its place in our queue"),
            "run_at": _("Its place in our queue"),
            "attempts": _("Its place in our queue"),
            "permit_until": _("Its place in our queue"),
            "domain": _("A part of your address, listed with your addresses"),
        },
        rows_first=True,
    )
)
