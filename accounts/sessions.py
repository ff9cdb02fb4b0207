"""Sessions in a table of our own, each with its account: so they can be shown, ended, and go with it.

Django's documented way: a model that extends ``AbstractBaseSession``, and a store for it.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from accounts.models import Session, User


class SessionStore(db.SessionStore):
    """Django's own, which notes whose a session is with what it saves anyway: no statement more."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = User._meta.pk.to_python(data.get(SESSION_KEY))
        return row


def end_others(user: User, kept: str | None) -> int:
    """Sign the account out everywhere but in the session ``kept``; returns how many sessions ended."""
    return Session.objects.filter(user=user).exclude(pk=kept).delete()[0]
