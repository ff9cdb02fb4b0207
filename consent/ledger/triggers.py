"""What of the ledger only grows: events, and the wordings they name."""

from __future__ import annotations

from typing import Final

from portal.append_only import AppendOnly

EVENTS: Final = AppendOnly(
    "consent_ledger_event",
    replaced="id = NEW.id",
    # Everything about a person at once, when its time is over (consent.ledger.leaving).
    leaves_when="EXISTS (SELECT 1 FROM consent_ledger_pruning WHERE person = OLD.subject_id)",
)
TEXTS: Final = AppendOnly(
    "consent_ledger_text",
    # The same wording may be offered again and is then passed over; another under its name may not.
    replaced="digest = NEW.digest AND (language <> NEW.language OR body <> NEW.body)",
)
