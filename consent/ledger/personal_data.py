"""What the ledger holds about people."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consent.ledger.models import CircumstancesRecord, Event, IdempotencyKey, Pruning, State
from portal.organisation.schema import RetentionStart
from portal.personal_data.registry import ALL, Erasure, Holding, exempt, register

_PROOF = _("To prove what you chose, and that we obeyed it")
_ACCOUNTABILITY = _("Legal obligation: Articles 5(2), 7(1) and 21")
_YOU = _("Your own choices, and what you told us or those who passed it on")
_NOBODY = _("Nobody outside the organisation")

register(
    Holding(
        model=Event,
        subject="subject",
        title=_("Your decisions"),
        category="preferences",
        purpose=_PROOF,
        basis=_ACCOUNTABILITY,
        source=_YOU,
        recipients=_NOBODY,
        retention="decisions",
        born=F("recorded_at"),
        page="preferences",
        only_counted=True,
        export={
            "kind": _("About"),
            "code": _("Topic or purpose"),
            "channel": _("Way"),
            "decision": _("Decision"),
            "basis": _("Lawful basis"),
            "organisation_version": _("Version of our promises"),
            "notice": _("Notice shown"),
            "text": _("Words shown"),
            "method": _("How"),
            "actor": _("Who"),
            "proved": _("Address shown to be yours"),
            "until": _("Until"),
            "details": _("Details"),
            "occurred_at": _("Decided"),
            "recorded_at": _("Recorded"),
        },
        withhold={"circumstances_digest": _("A check number; the circumstances themselves are listed")},
        erase=Erasure.KEEP,
        survives={ALL: _("Evidence that names no address: it proves what was chosen until claims expire")},
        together=True,
    )
)

register(
    Holding(
        model=CircumstancesRecord,
        subject="subject",
        title=_("Where your decisions were made"),
        category="preferences",
        purpose=_PROOF,
        basis=_ACCOUNTABILITY,
        source=_("Your browser, coarsened at once"),
        recipients=_NOBODY,
        retention="circumstances",
        starts={RetentionStart.COLLECTED: F("created_at")},
        export={
            "ip": _("Network"),
            "user_agent": _("Browser"),
            "path": _("Page"),
            "created_at": _("Recorded"),
        },
        withhold={
            "nonce": _("A random number that seals the record"),
            "digest": _("A check number over what is listed"),
            "staff": _("The number of a member of staff, who is a person too"),
        },
    )
)

register(
    Holding(
        model=IdempotencyKey,
        subject="subject",
        title=_("Keys that keep a choice from being saved twice"),
        category="preferences",
        purpose=_("To save each of your choices once"),
        basis=_ACCOUNTABILITY,
        source=_("Made by the page you used"),
        recipients=_NOBODY,
        retention="circumstances",
        starts={RetentionStart.COLLECTED: F("created_at")},
        only_counted=True,
        export={"created_at": _("Recorded")},
        withhold={
            "key": _("A random number, gone after a day"),
            "request": _("A check number over what you chose"),
            "outcome": _("Numbers of the decisions listed above"),
        },
    )
)

exempt(State, _("Only adds up the decisions listed above, and can be made again from them"))
exempt(Pruning, _("Counts what left the ledger; it names a person only within the transaction that does so"))
