"""The demo inbox: every mail the demo sent, to look at. These pages exist in demo settings only."""

import re

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from portal.demo import inbox

SHOWN = 100


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    total = len(inbox.names())
    context = {"mails": list(inbox.newest(SHOWN)), "total": total, "older": max(0, total - SHOWN)}
    return render(request, "demo/mails.html", context)


# The page frames the HTML part, which has an address and a policy of its own.
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # django-csp knows no views with more than a request
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: as HTML, as text, and its headers."""
    return render(request, "demo/mail.html", {"mail": _read(name)})


@csp(  # type: ignore[arg-type]  # as above
    {
        "default-src": [NONE],
        # Mail clients need inline styles, so mails have them; nothing else in this answer may run or load.
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
    }
)
@xframe_options_sameorigin
@require_safe
def html_part(_request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame; its links open in the whole window."""
    part = _read(name).html
    target = '<base target="_top">'
    page, found = re.subn(r"(<head[^>]*>)", rf"\1{target}", part, count=1, flags=re.IGNORECASE)
    return HttpResponse(page if found else target + part)


@require_POST
def delete_all(request: HttpRequest) -> HttpResponse:
    """Empty the inbox."""
    count = inbox.delete_all()
    words = ngettext("%(count)d mail deleted.", "%(count)d mails deleted.", count) % {"count": count}
    messages.success(request, words if count else _("There was nothing to delete."))
    return redirect("demo_mails")


def _read(name: str) -> inbox.Mail:
    found = inbox.read(name)
    if found is None:
        raise Http404("no such mail")
    return found
