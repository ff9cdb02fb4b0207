"""What of cookie consent only grows: the choices. One leaves only with its whole browser, and a removal says so."""

from __future__ import annotations

from typing import Final

from portal.append_only import AppendOnly

CHOICES: Final = AppendOnly(
    "consent_cookies_choice",
    replaced="id = NEW.id OR (browser_id = NEW.browser_id AND key = NEW.key)",
    leaves_when="EXISTS (SELECT 1 FROM consent_cookies_removal WHERE reference = OLD.browser_id)",
)
