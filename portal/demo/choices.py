"""What visitors nobody knows chose about cookies in the weeks that are over, so that the desk has figures to show.

The table only grows: it takes a row of any date and lets none be changed afterwards. So these rows come with their
dates, the oldest first. The organisation file is of today all the same, as their proofs say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from consent.cookies import figures, register
from consent.cookies.choice_cookie import Credentials, new_key
from consent.cookies.models import Browser, Choice, Refusals
from consent.cookies.vocabulary import Means, Method
from consent.ledger import texts
from portal.database import database_now
from portal.organisation.schema import PORTAL_SITE
from portal.organisation.versions import Current

QUIET: Final = (3, 8)
"""Which of the weeks, counted from 0, had too few visitors for a number at the desk."""


@transaction.atomic
def create_history(current: Current) -> None:
    """On every site that asks, some visitors of each week chose and others refused, in numbers that go up and down."""
    least = figures.fewest(current.organisation)
    chosen: list[Choice] = []
    refused: list[Refusals] = []
    for place, site in enumerate((PORTAL_SITE, *current.organisation.cookies.sites)):
        offered = list(register.optional(current.organisation, site))
        for number, monday in enumerate(figures.mondays(database_now().date()) if offered else []):
            turn = 5 * place + 7 * number
            choosers = least // 2 if number in QUIET else least * len(offered) + 2 * (turn % 13)
            refusers = least // 2 if number in QUIET else 2 * least + 3 * (turn % 17)
            chosen += choices(current, site, offered, spread(monday, choosers))
            refused += refusals(current, site, spread(monday, refusers))
    chosen.sort(key=lambda choice: choice.recorded_at)
    Browser.objects.bulk_create(choice.browser for choice in chosen)
    Choice.objects.bulk_create(chosen)
    Refusals.objects.bulk_create(refused)


def choices(current: Current, site: str, offered: list[str], moments: list[datetime]) -> Iterator[Choice]:
    """At each of ``moments`` one browser's first choice: by turns all of ``offered``, and one less and less of it."""
    text = register.shown(current, site, signal=False)
    texts.keep([text])
    for number, moment in enumerate(moments):
        who = Credentials.drawn()
        many = len(offered) - number % len(offered)
        yield Choice(
            browser=Browser(reference=who.reference, secret_hash=who.secret_hash, created_at=moment),
            key=new_key(),
            site=site,
            organisation_version_id=current.id,
            text_id=text.digest,
            allowed=offered[:many],
            refused=offered[many:],
            method=Method.ACCEPT_ALL if many == len(offered) else Method.CHOSEN,
            means=Means.FORM if site == PORTAL_SITE else Means.SCRIPT,
            path="/",
            language=text.language,
            recorded_at=moment,
        )


def refusals(current: Current, site: str, moments: list[datetime]) -> Iterator[Refusals]:
    """As many refusals of everything, counted by day."""
    for day, count in Counter(moment.date() for moment in moments).items():
        yield Refusals(site=site, day=day, organisation_version_id=current.id, count=count)


def spread(monday: date, number: int) -> list[datetime]:
    """So many moments of one week, in UTC, evenly apart."""
    begins = datetime.combine(monday, time(), UTC)
    return [begins + timedelta(weeks=1) * (place + 0.5) / number for place in range(number)]
