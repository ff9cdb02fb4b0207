"""What the outbox holds about people: that a mail was sent, and why it was allowed. Never what it said."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.models import Message
from portal.personal_data.registry import Holding, register

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
    )
)
