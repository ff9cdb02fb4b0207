"""``manage.py createsuperuser``: as Django's, and the operator answers for the address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from accounts import flows
from accounts.models import User


class Command(createsuperuser.Command):
    """Who may run commands on the server needs no code by mail, and may not have a mail server yet."""

    def handle(self, *args: Any, **options: Any) -> None:
        before = set(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.filter(is_superuser=True).exclude(pk__in=before):
            flows.answered_for(user)
