"""Cookie consent. Other apps ask :func:`has_consent`; templates ``{% load consent %}{% if_consent "analytics" %}``."""

from __future__ import annotations

from django.http import HttpRequest


def has_consent(request: HttpRequest, category: str) -> bool:
    """Whether cookies of a category of the organisation file may be used in the browser that sent this request.

    True for a necessary one, which nobody has to allow; False for one the file does not have.
    """
    from consent.cookies import in_force

    return in_force.of(request).allows(category)
