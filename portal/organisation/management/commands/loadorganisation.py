"""Validates an organisation file, shows what would change, and applies it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.organisation import loader


class Command(BaseCommand):
    """``loadorganisation SLUG_OR_PATH [--check]``: exit 1 and nothing changed on any error."""

    help = "Validates an organisation file, shows the difference, and applies it as a new version."
    # Checks of other apps may look at the very file that is about to be loaded.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", metavar="SLUG_OR_PATH", help="A slug that ships, or a file's path.")
        parser.add_argument("--check", action="store_true", help="Show what would change; apply nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._load(options["organisation"], options["check"])
        except loader.OrganisationFileError as error:
            raise CommandError("\n".join([*map(str, error.problems), "Nothing was changed."])) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not answer as it should; has it been migrated? ({error})") from error

    def _load(self, path_or_slug: str, check: bool) -> None:
        organisation = loader.read(path_or_slug)
        file = Path(path_or_slug).name
        planned = loader.plan(organisation, file)
        for change in planned:
            self.stdout.write(str(change))
        if check:
            counted = "1 change" if len(planned) == 1 else f"{len(planned)} changes"
            self.stdout.write(f"{counted}; nothing was applied." if planned else "Nothing would change.")
            return
        applied = loader.apply(organisation, file)
        if applied.changes:
            self.stdout.write(self.style.SUCCESS(f"{organisation.name}: version {applied.number} is in force."))
        else:
            self.stdout.write(f"Nothing changed: version {applied.number} of {organisation.name} is in force already.")
