"""What of requests only grows: the timeline. It leaves with a request that is over, and never while one runs."""

from __future__ import annotations

from typing import Final

from portal.append_only import AppendOnly

EVENTS: Final = AppendOnly(
    "dsar_event",
    replaced="id = NEW.id",
    leaves_when="EXISTS (SELECT 1 FROM dsar_request WHERE id = OLD.request_id AND closed_at IS NOT NULL)",
)
