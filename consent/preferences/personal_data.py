"""What the preferences hold about people (portal.personal_data). The decisions themselves are the ledger's."""

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consent.preferences.models import Confirmation
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import Erasure, Holding, register

register(
    Holding(
        model=Confirmation,
        subject="contact_point__subject",
        title=_("What was asked for at your address, and whether it was confirmed"),
        category="preferences",
        purpose=_("To ask the reader of an address whether they asked for our mails, so that nobody else can."),
        basis=_("Legal obligation: we must be able to show consent (Article 7(1))."),
        source=_("Whoever typed the address into our form"),
        recipients=_("Our mail delivery provider"),
        retention="decisions",
        starts={RetentionStart.LAST_DECISION: Coalesce("used_at", "created_at")},
        export={
            "choices": _("Topics"),
            "language": _("Language"),
            "created_at": _("Asked on"),
            "used_at": _("Confirmed on"),
            "expires_at": _("Link to confirm worked, or works, until"),
            "newcomer": _("Your address was new to us"),
            "organisation_version": _("Version of our topics and words"),
        },
        withhold={
            "nonce": _("Part of the link’s key; whoever had it could confirm for you."),
            "token_hash": _("Part of the link’s key; whoever had it could confirm for you."),
        },
        erase=Erasure.DELETE,
    )
)
