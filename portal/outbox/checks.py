"""System checks: mail leaves by one door, with a keeper, and every kind has its three templates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from portal.outbox import gate, kinds

BACKEND = "portal.outbox.backend.RefuseDirectMail"


def check_backend(**_options: Any) -> list[CheckMessage]:
    """EMAIL_BACKEND refuses mail that would pass the outbox by."""
    if settings.EMAIL_BACKEND == BACKEND:
        return []
    return [
        Error(
            f"EMAIL_BACKEND is {settings.EMAIL_BACKEND}: mail could leave without a permit.",
            hint=f"Set it to {BACKEND}.",
            id="outbox.E001",
        )
    ]


def check_gate(**_options: Any) -> list[CheckMessage]:
    """Somebody answers whether a mail may go."""
    if gate.registered():
        return []
    return [
        checks.Warning(
            "No send gate is registered: every mail is withheld.",
            hint="Call portal.outbox.gate.register() in an AppConfig.ready().",
            id="outbox.W001",
        )
    ]


def check_kinds(**_options: Any) -> list[CheckMessage]:
    """Subject, text and HTML of every kind exist and compile."""
    return [
        Error(
            f"The mail {kind.code!r} has no good template {name!r}: {problem}.",
            hint="Every kind has a subject, a text part and an HTML part that says the same.",
            id="outbox.E002",
        )
        for kind in kinds.registered()
        for name in kind.templates
        if (problem := _problem(name))
    ]


def _problem(name: str) -> str:
    try:
        get_template(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        return f"{type(error).__name__}: {error}"
    return ""
