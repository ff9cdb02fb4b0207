"""How a file goes out: to be saved, never shown as a page of ours, and kept by nobody on the way."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_HARMLESS: Final = {
    "application/pdf": "application/pdf",
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "text/plain": "text/plain; charset=utf-8",
}


def attachment(data: bytes, name: str, content_type: str) -> HttpResponse:
    """``data`` as a download called ``name`` (RFC 6266, with RFC 8187 for what is not ASCII).

    A type that a browser might run, or does not know, goes out as ``application/octet-stream``. Should a browser
    show it all the same, then in a sandbox: no scripts, no origin, nothing loaded.
    """
    return HttpResponse(
        data,
        content_type=_HARMLESS.get(content_type, "application/octet-stream"),
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            # django-csp leaves a policy alone that is already there.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
