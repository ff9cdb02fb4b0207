"""Django's mail functions, closed: they would send without a row, a permit and a footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class DirectMailRefused(RuntimeError):
    """Something tried to send mail past the outbox."""


class RefuseDirectMail(BaseEmailBackend):
    """The EMAIL_BACKEND: refuses, and says what to do instead. Addresses stay out of the message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:
        raise DirectMailRefused(
            f"{len(email_messages)} mail(s) were about to bypass the outbox: "
            "register a kind in portal.outbox.kinds and call portal.outbox.flows.enqueue()."
        )
