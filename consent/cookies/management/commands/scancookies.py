"""Looks for cookies that the register lacks or that come without leave, with a real Chromium."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.cookies import register, scanning
from consent.cookies.scanning import Finding
from portal.organisation import versions
from portal.organisation.schema import PORTAL_SITE


class Command(BaseCommand):
    """``scancookies URL… [--site CODE] [--wait SECONDS] [--json]``: exit 1 on any finding."""

    help = (
        "Opens pages in a real Chromium with each choice a visitor can make (none yet, refused, each category alone, "
        "all) and lists cookies and storage that the register lacks, or that came without leave."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urls", metavar="URL", nargs="+", help="Pages to open, of one site.")
        parser.add_argument("--site", default=PORTAL_SITE, help="Code of their site in the organisation file.")
        parser.add_argument("--wait", type=float, default=2, help="Seconds a page has after it loaded. Default: 2.")
        parser.add_argument("--json", action="store_true", help="Print the findings as a JSON list.")

    def handle(self, *_args: Any, **options: Any) -> None:
        current, site, urls = versions.current(), options["site"], list(dict.fromkeys(options["urls"]))
        try:
            visits = scanning.visits(current, site)
            findings = list(dict.fromkeys(scanning.scan(urls, current, site, options["wait"])))
        except register.UnknownSite:
            known = ", ".join([PORTAL_SITE, *current.organisation.cookies.sites])
            raise CommandError(f"The organisation file knows no site {site!r}. It knows: {known}.") from None
        except scanning.CannotScan as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=2))
        else:
            lines = _together(findings, len(visits))
            for one in lines:
                self.stdout.write(str(one))
            said = f"{len(urls)} page(s), {len(visits)} choice(s), {len(lines)} finding(s)."
            self.stdout.write(said if findings else self.style.SUCCESS(said))
        if findings:
            sys.exit(1)


def _together(findings: Iterable[Finding], visits: int) -> list[Finding]:
    """The same thing under several choices as one finding that names them: what is to be mended, once each."""
    choices: dict[Finding, list[str]] = {}
    for one in findings:
        choices.setdefault(replace(one, choice=""), []).append(one.choice)
    return [
        replace(one, choice="every choice" if visits == len(names) > 1 else ", ".join(names))
        for one, names in choices.items()
    ]
