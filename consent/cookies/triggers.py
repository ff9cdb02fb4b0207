"""What of cookie consent only grows: the choices. One leaves only with its whole browser, and a removal says so."""

from __future__ import annotations

from typing import Final

from portal.append_only import AppendOnly

CHOICES: Final = AppendOnly(
    "consent_cookies_choice",
    # The same save may be sent again and is then passed over; another under its key may not.
    replaced="id = NEW.id OR (browser_id = NEW.browser_id AND key = NEW.key AND allowed <> NEW.allowed)",
    leaves_when="EXISTS (SELECT 1 FROM consent_cookies_removal WHERE reference = OLD.browser_id)",
)
