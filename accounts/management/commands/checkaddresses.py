"""``manage.py checkaddresses``: accounts, allauth and contact points say the same, or exit 1."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import addresses


class Command(BaseCommand):
    """Prints each account whose address differs between its three places; no address is printed."""

    help = "Compares the addresses of accounts with allauth's copies and with contact points."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = 0
        for difference in addresses.differences():
            self.stderr.write(str(difference))
            found += 1
        if found:
            raise CommandError(f"{found} difference(s).")
        self.stdout.write("All addresses agree.")
