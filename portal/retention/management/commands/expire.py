"""``expire [--dry-run] [--json] [--as-of DATE] [--replay]``: deletes what is over its time, or shows what would go."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date, datetime, time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.database import database_now
from portal.organisation import local_time
from portal.organisation.versions import NoOrganisation
from portal.retention.flows import preview, replaying, running
from portal.retention.models import Part, Run
from portal.retention.rules import NoRule

COMMAND_LINE: Final = "command line"


def moment(text: str) -> date | datetime:
    """A day (its first moment, where the organisation is), or a moment with its offset."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} is no date: write 2026-03-02, or 2026-03-02T10:00+00:00.")
    return given


class Command(BaseCommand):
    """Exit 1 where nothing could be done, where a run failed, and where one waits for a yes."""

    help = "Delete or anonymise what is kept longer than the organisation promised. Rules must have been approved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would go, with samples; change nothing")
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument(
            "--as-of", type=moment, metavar="DATE", help="judge by this day; in the future to look only"
        )
        parser.add_argument(
            "--replay", action="store_true", help="after a restore: delete again what the journal names"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["replay"]:
                self._replay(options)
            elif options["dry_run"]:
                self._look(options)
            else:
                self._run(options)
        except (NoOrganisation, NoRule, running.ClocksDisagree) as error:
            raise CommandError(str(error) or "The clocks of this machine and of the database disagree.") from error
        except running.AlreadyAtWork as error:
            raise CommandError("A run is at work already, or paused. There is only ever one.") from error

    def _look(self, options: dict[str, Any]) -> None:
        lines = list(preview.lines(_as_of(options)))
        if options["json"]:
            found = [{**line.as_json(), "samples": [sample.key for sample in line.samples]} for line in lines]
            self.stdout.write(json.dumps(found, indent=2))
            return
        for line in lines:
            self.stdout.write(_in_words(line))
            for sample in line.samples:
                self.stdout.write(f"    {sample.key} since {sample.start:%Y-%m-%d}")

    def _run(self, options: dict[str, Any]) -> None:
        as_of = _as_of(options)
        if as_of is not None and as_of > database_now():
            raise CommandError("That day has not come: look at it with --dry-run.")
        quiet = options["json"]
        run = running.expire(as_of=as_of, by=COMMAND_LINE, tell=None if quiet else self._tell)
        parts = list(run.parts.all())
        if quiet:
            self.stdout.write(
                json.dumps({"run": run.pk, "state": run.state, "parts": [_as_json(one) for one in parts]})
            )
        else:
            self.stdout.write(f"{run.get_state_display()}: {sum(part.removed for part in parts):,} rows gone.")
        if run.state != Run.State.DONE:
            raise CommandError(f"The run is not done: {run.get_state_display()}.", returncode=1)

    def _tell(self, part: Part) -> None:
        if part.state == Part.State.WAITING:
            self.stdout.write(f"{part}: {part.removed:,} of {part.due:,}")
        else:
            kept = f"{part.held:,} held, {part.needed:,} in use, {part.referred:,} pointed at, {part.undated:,} undated"
            self.stdout.write(f"{part}: {part.get_state_display()}; {part.removed:,} gone, kept: {kept}")

    def _replay(self, options: dict[str, Any]) -> None:
        done = replaying.replay(_as_of(options))
        if options["json"]:
            self.stdout.write(json.dumps({"gone": dict(done.gone), "stayed": dict(done.stayed)}))
            return
        for label, count in sorted(done.gone.items()):
            self.stdout.write(f"{label}: {count:,} gone again")
        for label, count in sorted(done.stayed.items()):
            if count:
                self.stdout.write(f"{label}: {count:,} stayed; expire --dry-run says why")


def _as_of(options: dict[str, Any]) -> datetime | None:
    given = options["as_of"]
    if given is None or isinstance(given, datetime):
        return given
    return datetime.combine(given, time.min, local_time.zone())


def _in_words(line: preview.Line) -> str:
    waits = "" if line.approved else "; not approved yet"
    kept = f"{line.held:,} held, {line.needed:,} in use, {line.referred:,} pointed at, {line.undated:,} undated"
    return f"{line.rule.code}: {line.holding.label}: {line.going:,} of {line.total:,} would go ({kept}){waits}"


def _as_json(part: Part) -> dict[str, Any]:
    names = ("rule", "holding", "action", "state", "total", "due", "removed", "held", "needed", "referred", "undated")
    return {name: getattr(part, name) for name in names}
