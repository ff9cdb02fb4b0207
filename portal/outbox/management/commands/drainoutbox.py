"""``manage.py drainoutbox``: sends what is due, now and here, without a worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.outbox import drainer


class Command(BaseCommand):
    help = "Sends the mails that are due, and says what became of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=drainer.DRAIN_SECONDS, help="the longest it may take")

    def handle(self, *_args: Any, **options: Any) -> None:
        drained = drainer.drain(options["seconds"])
        if drained.trouble:
            raise CommandError(str(drained))
        self.stdout.write(str(drained))
