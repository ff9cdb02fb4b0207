from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consent.ledger import projection
from consent.ledger.models import Event
from consent.ledger.verification import differences
from portal.database import locked
from portal.subjects.models import Subject


class Command(BaseCommand):
    help = "Replay the ledger, compare it with its projection, verify triggers and digests. Exit 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make wrong states again from their events")

    def handle(self, *_args: Any, rebuild: bool, **_options: Any) -> None:
        found, mended = 0, set()
        for difference in differences():
            found += 1
            self.stdout.write(str(difference))
            if rebuild and difference.subject is not None and difference.subject not in mended:
                mended.add(difference.subject)
                with transaction.atomic():
                    locked(Subject.objects.filter(pk=difference.subject)).get()
                    projection.rebuild(difference.subject)
        if mended:
            self.stdout.write(f"Rebuilt the states of {len(mended)}.")
        if found:
            raise CommandError(f"{found} differences.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"{Event.objects.count()} events: everything as it should be."))
