"""Stops at the address itself: suppressions outlive the person's record, and a company's stop covers its people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from django.db import connection

from consent.ledger.fold import NEVER, Cell
from consent.ledger.judgement import reach_of
from consent.ledger.vocabulary import EVERY_CHANNEL, Key, ObjectKind
from portal.database import Among, Compiled
from portal.organisation.schema import Organisation, PurposeKind
from portal.subjects import suppression
from portal.subjects.models import AddressKind, Channel, ContactPoint, Provenance, Subject, Suppression

OPT_OUT: Final = "opt-out"
COMPANY: Final = "company"
FREE_MAIL: Final = frozenset(
    {
        "aol.com", "btinternet.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com",
        "icloud.com", "live.co.uk", "live.com", "mail.com", "me.com", "msn.com", "outlook.com", "proton.me",
        "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "web.de", "yahoo.co.uk", "yahoo.com",
    }
)  # fmt: skip
"""Domains that are no company, even if somebody marked an address there as a business one."""

_POINT: Final = [field.attname for field in ContactPoint._meta.concrete_fields]
_POINTS_OF: Final = Compiled(
    lambda: ContactPoint.objects.current().filter(subject__among=[]).order_by("created_at", "pk").values_list(*_POINT)
)


def company_of(channel: str, identity: str, address_kind: str) -> tuple[str, str] | None:
    """What stands for the company behind a business e-mail address: an identity no mailbox can have, or None."""
    if channel != Channel.EMAIL or address_kind != AddressKind.BUSINESS:
        return None
    domain = identity.rpartition("@")[2]
    return None if domain in FREE_MAIL else (Channel.EMAIL.value, f"@{domain}")


class Reach:
    """The addresses of one person, and the suppressions that lie on them; read only when asked for."""

    def __init__(self, person: Subject, organisation: Organisation) -> None:
        self.person = person
        self.organisation = organisation

    @cached_property
    def contact_points(self) -> Sequence[ContactPoint]:
        """Where the person is reached now, each with its ``subject``; the first known first."""
        rows = _POINTS_OF.rows(Among.param([self.person.pk]))
        points = [ContactPoint.from_db(connection.alias, _POINT, row) for row in rows]
        for point in points:
            point.subject = self.person
        return points

    @cached_property
    def _suppressions(self) -> Mapping[tuple[str, str], Sequence[Suppression]]:
        return suppression.suppressions_for((point.channel, point.identity) for point in self.contact_points)

    @cached_property
    def _contexts(self) -> Sequence[tuple[str, str]]:
        rows = Provenance.objects.filter(contact_point__in=self.contact_points)
        return list(rows.values_list("contact_point__channel", "context"))

    def contexts(self, channel: str) -> set[str]:
        """Where the person's addresses on this channel are known from."""
        return {context for on, context in self._contexts if on == channel}

    def suppressed_at(self, topic: str, channel: str) -> int:
        """The latest position of a suppression reaching this topic at one of the person's addresses, or NEVER."""
        scopes = {suppression.topic_scope(topic)}
        if reach_of(self.organisation, topic)[1]:
            scopes.add(suppression.MARKETING)
        return max(
            (
                entry.position
                for (on, _identity), entries in self._suppressions.items()
                for entry in entries
                if on == channel and entry.scope in scopes
            ),
            default=NEVER,
        )


def keep_obeyed(reach: Reach, cells: Mapping[Key, Cell], stopped: Iterable[Key]) -> None:
    """Suppress what was stopped at each of the person's addresses, at the position of the stop that holds."""
    stops = {key: stop for key in stopped if (stop := cells[key].stop)}
    suppression.suppress_all(made for key, stop in stops.items() for made in _suppressions_of(reach, key, stop.id))


def _suppressions_of(reach: Reach, key: Key, position: int) -> Iterator[suppression.Stop]:
    scopes = scopes_of(key, reach.organisation)
    for point in reach.contact_points if scopes else ():
        if key.channel not in {EVERY_CHANNEL, point.channel}:
            continue
        for scope in scopes:
            yield suppression.Stop(point, scope, position, OPT_OUT)
        company = company_of(point.channel, point.identity, point.address_kind)
        if company and suppression.MARKETING in scopes and _companies_speak(reach.organisation):
            yield suppression.Stop(company, suppression.MARKETING, position, COMPANY)


def _companies_speak(organisation: Organisation) -> bool:
    return organisation.marketing.company_opt_out_covers_people


def scopes_of(key: Key, organisation: Organisation) -> list[str]:
    """The scopes of suppression a stop means; none for notices, whose switch is nothing but a switch."""
    return list(_scopes_of(key, organisation))


def _scopes_of(key: Key, organisation: Organisation) -> Iterator[str]:
    if key.kind == ObjectKind.MARKETING:
        yield suppression.MARKETING
    elif key.kind == ObjectKind.TOPIC and reach_of(organisation, key.code)[1]:
        yield suppression.topic_scope(key.code)
    elif key.kind == ObjectKind.PURPOSE and organisation.purposes[key.code].kind is PurposeKind.MARKETING:
        for code, topic in organisation.topics.items():
            if topic.purpose == key.code:
                yield suppression.topic_scope(code)
