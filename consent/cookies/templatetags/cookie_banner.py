"""What the frame of every customer page says about cookies: the banner, and the question after sign-in."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from consent.cookies import accounts, choice_cookie, in_force, wording

register = template.Library()


@register.inclusion_tag("cookies/banner.html", takes_context=True)
def cookie_banner(context: Context) -> dict[str, Any]:
    """The question, on pages that were opened. In answer to a POST there is none: pressing would lose what was typed.

    A page made without a request, for a fault of ours, asks nothing either.
    """
    request = context.get("request")
    if request is None or request.method not in {"GET", "HEAD"} or context.get("asks_itself"):
        return {"asks": False}
    found = in_force.of(request)
    if not found.asks or found.current is None:
        return {"asks": False}
    off = [str(category.title) for category in found.refused_by_signal.values()]
    return {
        "asks": True,
        "sentence": found.current.organisation.cookies.sentence,
        "buttons": wording.buttons(),
        "gpc": wording.asked_beside_gpc(wording.listed(off)) if off else "",
        "version": found.current.number,
        "key": choice_cookie.new_key(),
    }


@register.inclusion_tag("cookies/account_question.html", takes_context=True)
def cookie_account_question(context: Context) -> dict[str, Any]:
    """After sign-in: whether the choice made in this browser before is to be noted with the account."""
    request = context.get("request")
    return {"asks": request is not None and accounts.asks(request)}
