"""What is said with static files: ``consent.js`` is meant for other sites, everything else is for the portal's own."""

from __future__ import annotations

from typing import Final
from wsgiref.headers import Headers

# Its name carries no digest, since other sites write it into their pages.
SHARED_SCRIPT: Final = "consent.js"
# A browser asks again after an hour, and for a day it does so in the background. What changes more often, the register
# and its words, is not in the script.
_KEPT: Final = "public, max-age=3600, stale-while-revalidate=86400"


def of_shared_script(headers: Headers, path: str, url: str) -> None:  # noqa: ARG001  # what WhiteNoise hands over
    """WhiteNoise's hook, called for each file at the start: any site may load ``consent.js``."""
    if url.endswith(f"/{SHARED_SCRIPT}"):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Cache-Control"] = _KEPT
