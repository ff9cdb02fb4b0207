"""The preference page's verbs: save the switches, pause and end a pause, undo.

A page may be old when it is sent. So not its switches count but what the person *moved*, compared with what the page
showed; and a yes is left out if anything about that switch was decided since. A stop always counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from consent.ledger.models import Event
from consent.ledger.record import Choice
from consent.ledger.vocabulary import EVERY_CHANNEL, Decision, ObjectKind
from consent.preferences import catalogue, switches
from consent.preferences.flows import acts
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint, Subject


@dataclass(frozen=True)
class Page:
    """What the page showed: switches that stood on, the ledger's last event then, and the version of the words."""

    was_on: frozenset[str]
    position: int
    organisation_version: int


@dataclass(frozen=True)
class Saved:
    """What saving came to, as names of switches. ``left`` were not applied because something changed meanwhile;
    ``position`` is the ledger's last event afterwards; ``leaving`` counts mails that may still arrive; a yes that is
    ``waiting`` was recorded, and a rule forbids to act on it for now (Article 18, the least age)."""

    on: tuple[str, ...]
    off: tuple[str, ...]
    left: tuple[str, ...]
    position: int
    leaving: int = 0
    waiting: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        return self.on + self.off


def save_choices(subject: Subject, on: frozenset[str], page: Page, doing: acts.Doing) -> Saved:
    """Apply what the person moved on the page. Names of switches are those of ``overview``.

    By a link, which proves nothing, only what was switched off is applied; the rest is ``left``.
    """
    with acts.holding(subject) as person:
        current = versions.current()
        now_on = switches.switched_on(person, current)
        wanted_on = _in_order(on - page.was_on, current.organisation)
        gone_off = _in_order(page.was_on - on, current.organisation)
        fresh = tuple(name for name in wanted_on if doing.proved and _fresh(person, name, page, current))
        news = tuple(name for name in fresh if name not in now_on)
        _write_on(person, news, current.organisation, doing)
        _write_off(person, gone_off, current.organisation, doing)
        in_force = switches.switched_on(person, current)
        position = switches.last_event(person)
    leaving = permits.wait_for_open(person.pk, categories=OPTIONAL) if gone_off else 0
    return Saved(
        on=tuple(name for name in news if name in in_force),
        off=tuple(name for name in gone_off if name in now_on),
        left=tuple(name for name in wanted_on if name not in fresh),
        position=position,
        leaving=leaving,
        waiting=tuple(name for name in news if name not in in_force),
    )


def undo(subject: Subject, restore: Iterable[str], take: Iterable[str], position: int, doing: acts.Doing) -> Saved:
    """Put back what an act just changed: ``restore`` on, ``take`` off, unless something was decided after ``position``.

    The person's own act, made in the browser that made the change: the way back of ADR 7. It counts as proved even by
    a link, because it gives nothing that was not there.
    """
    doing = replace(doing, proved=True)
    with acts.holding(subject) as person:
        current = versions.current()
        page = Page(frozenset(), position, current.id)
        now_on = switches.switched_on(person, current)
        wanted = _in_order(restore, current.organisation)
        back = tuple(name for name in wanted if name not in now_on and _fresh(person, name, page, current))
        taken = tuple(name for name in _in_order(take, current.organisation) if name in now_on)
        _write_on(person, back, current.organisation, doing)
        _write_off(person, taken, current.organisation, doing)
        after = switches.last_event(person)
    leaving = permits.wait_for_open(person.pk, categories=OPTIONAL) if taken else 0
    return Saved(back, taken, tuple(name for name in wanted if name not in back and name not in now_on), after, leaving)


def pause(subject: Subject, until: date, doing: acts.Doing) -> datetime:
    """No marketing until that day begins where the organisation is; returns the moment, in UTC."""
    zone = ZoneInfo(versions.current().organisation.law.time_zone)
    moment = datetime.combine(until, time(), zone).astimezone(UTC)
    choice = Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.PAUSED, until=moment)
    with acts.holding(subject) as person:
        acts.written(person, [choice], doing, _("Pause marketing"))
    permits.wait_for_open(person.pk)
    return moment


def resume(subject: Subject, doing: acts.Doing) -> None:
    """The pause ends now."""
    choice = Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.RESUMED)
    acts.written(subject, [choice], doing, _("End the pause now"))


def _fresh(person: Subject, name: str, page: Page, current: versions.Current) -> bool:
    """Whether nothing that reaches this switch was decided, and no word of it changed, since the page was made."""
    topic, channel = switches.parts(name)
    since = Event.objects.about(person.family()).filter(pk__gt=page.position)
    decided = any(switches.reaches(event, topic, channel, current.organisation) for event in since)
    return not decided and catalogue.same_words(page.organisation_version, current, [topic])


def _write_on(person: Subject, names: Iterable[str], organisation: Organisation, doing: acts.Doing) -> None:
    names = tuple(names)
    _note_where(person, {switches.parts(name)[1] for name in names}, organisation)
    for topic, channels in _by_topic(names):
        choices = [acts.yes(topic, channel) for channel in channels]
        acts.written(person, choices, doing, acts.words_of_yes(organisation.topics[topic]))


def _note_where(person: Subject, channels: Collection[str], organisation: Organisation) -> None:
    """The addresses are now known from here too: known only from a forum, say, nothing could be sent to them."""
    context, source = catalogue.way_in(organisation)
    for point in ContactPoint.objects.current().filter(subject=person, channel__in=channels).order_by("pk"):
        subjects.reach(point.channel, point.address, context=context, source=source)


def _write_off(person: Subject, names: Iterable[str], organisation: Organisation, doing: acts.Doing) -> None:
    for topic, channels in _by_topic(names):
        words = acts.words_of_switch_off(str(organisation.topics[topic].title), channels)
        acts.written(person, [acts.no(topic, channel) for channel in channels], doing, words)


def _by_topic(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    topics: dict[str, list[str]] = {}
    for name in names:
        topic, channel = switches.parts(name)
        topics.setdefault(topic, []).append(channel)
    yield from topics.items()


def _in_order(names: Iterable[str], organisation: Organisation) -> tuple[str, ...]:
    """Switches as the page has them; those of topics that left the file are left out."""
    wanted = set(names)
    return tuple(name for name in switches.names(organisation) if name in wanted)
