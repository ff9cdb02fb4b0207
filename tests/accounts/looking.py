"""Staff at the desk, and what is on record of their looks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts import flows, groups
from accounts.models import Look
from portal import looks

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OPENED, LISTED, SOUGHT, WORKED, SAVED = looks.What
PERSON = "admin:subjects_subject_change"


def sitting(group: str = groups.PRIVACY_OFFICER) -> Client:
    """A member of staff at the desk; the client's ``key`` is what rows keep of them."""
    client: Any = Client()
    address = f"{group.split(maxsplit=1)[0].lower()}@staff.example"
    user = flows.open_account(address, name=group, staff=True, groups=(group,))
    client.force_login(user, BACKEND)
    client.key = str(user.pk)
    return client  # type: ignore[no-any-return]  # a Client with a key


def kept() -> list[tuple[str, str, Any]]:
    """What is on record: what was done, with which kind, whose."""
    return list(Look.objects.order_by("pk").values_list("what", "kind", "subject_id"))


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def page_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@contextmanager
def refused() -> Iterator[None]:
    """The database takes no look meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_look RENAME TO accounts_look_away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_look_away RENAME TO accounts_look")
