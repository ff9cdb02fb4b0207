"""The history of a person's decisions in words: what was decided, when, how, and the wording that was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.ledger.models import Event
from consent.ledger.vocabulary import Decision, Method, ObjectKind
from consent.preferences import sentences
from portal.organisation.models import Topic
from portal.organisation.schema import Organisation

METHODS: dict[str, str | Promise] = {
    Method.PREFERENCE_CENTRE: gettext_lazy("On this page, signed in."),
    Method.PREFERENCE_LINK: gettext_lazy("On this page, by a link from a mail."),
    Method.FORM: gettext_lazy("On our sign-up form."),
    Method.SIGNUP: gettext_lazy("When the account was opened."),
    Method.ONE_CLICK: gettext_lazy("With the unsubscribe button of your mail program."),
    Method.UNSUBSCRIBE_PAGE: gettext_lazy("On the unsubscribe page."),
    Method.REPLY: gettext_lazy("By your answer to a mail."),
    Method.IMPORT: gettext_lazy("Taken over from a list."),
    Method.API: gettext_lazy("Reported by another of our systems."),
    Method.STAFF: gettext_lazy("Entered by our staff."),
    Method.CONFIRMATION_MAIL: gettext_lazy("By the link in our mail."),
    Method.SYSTEM: gettext_lazy("By our system."),
}


@dataclass(frozen=True)
class Told:
    """One entry: decisions of one moment, told together. ``iso`` is the moment for machines."""

    iso: str
    when: str
    headline: str
    rest: str
    method: str
    words: tuple[str, ...]


def told(events: Iterable[Event], organisation: Organisation) -> list[Told]:
    """Entries from events, in their order. Events must come with their ``text``."""
    events = list(events)
    titles = _titles(events, organisation)
    return [_entry(list(some), titles, organisation) for _key, some in groupby(events, _moment)]


def _moment(event: Event) -> tuple[object, ...]:
    """Decisions of one kind, made in one way, in the same few seconds: one press of a button."""
    second = event.recorded_at.replace(microsecond=0)
    return event.decision, event.kind, event.method, event.proved, second.replace(second=second.second // 10 * 10)


def _entry(events: list[Event], titles: dict[str, str], organisation: Organisation) -> Told:
    first = events[0]
    moment: datetime = first.occurred_at
    headline, rest = _TELLING.get(first.decision, _other)(events, titles, organisation)
    return Told(
        iso=sentences.local(moment, organisation).isoformat(timespec="minutes"),
        when=sentences.day_and_time(moment, organisation),
        headline=headline,
        rest=rest,
        method=str(METHODS[first.method]),
        words=tuple(dict.fromkeys(event.text.body for event in events if event.text is not None)),
    )


def _titles(events: list[Event], organisation: Organisation) -> dict[str, str]:
    """Titles of the topics and purposes these events name, those that left the file included."""
    gone = {event.code for event in events if event.kind == ObjectKind.TOPIC} - set(organisation.topics)
    titles = dict(Topic.objects.filter(pk__in=gone).values_list("code", "title")) if gone else {}
    titles |= {code: str(purpose.title) for code, purpose in organisation.purposes.items()}
    return titles | {code: str(topic.title) for code, topic in organisation.topics.items()}


def _about(events: list[Event], titles: dict[str, str]) -> str:
    """“Webinar Invitations by e-mail and by post, Partner News by post”."""
    return "; ".join(_objects(events, titles))


def _objects(events: list[Event], titles: dict[str, str]) -> Iterator[str]:
    channels: dict[str, list[str]] = {}
    for event in reversed(events):
        channels.setdefault(event.code, []).append(event.channel)
    for code, ways in channels.items():
        title = titles.get(code, code) or _("all marketing")
        yield f"{title} {sentences.listed([sentences.by(way) for way in dict.fromkeys(ways)])}"


Telling = Callable[[list[Event], dict[str, str], Organisation], tuple[str, str]]


def _yes(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    about = {"about": _about(events, titles)}
    if events[0].proved:
        return _("You said yes"), _("to %(about)s.") % about
    if events[0].method == Method.FORM:
        return _("Somebody asked with your address"), _("for %(about)s. It counts only once you confirm.") % about
    return _("A yes of yours reached us"), _("to %(about)s.") % about


def _confirmed(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("You confirmed"), f"{_about(events, titles)}."


def _no(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("You said no"), _("to %(about)s.") % {"about": _about(events, titles)}


def _stop(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    if events[0].kind == ObjectKind.MARKETING and not events[0].channel:
        return _("You stopped all marketing"), ""
    return _("You stopped"), f"{_about(events, titles)}."


def _pause(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    until = events[0].until
    day = sentences.weekday(until, organisation) if until else ""
    return _("You paused marketing"), _("until %(day)s.") % {"day": day}


def _resumed(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("You ended the pause"), ""


def _lapsed(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("Your yes ran out"), _("for %(about)s.") % {"about": _about(events, titles)}


def _established(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("We recorded why we may write to you"), _("about %(about)s.") % {"about": _about(events, titles)}


def _merged(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("Two records about you were joined"), _("What protects you more was kept.")


def _unmerged(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return _("The records were parted again"), _("They had been joined by mistake.")


def _other(events: list[Event], titles: dict[str, str], organisation: Organisation) -> tuple[str, str]:
    return str(events[0].get_decision_display()), f"{_about(events, titles)}."


_TELLING: dict[str, Telling] = {
    Decision.GRANTED: _yes,
    Decision.CONFIRMED: _confirmed,
    Decision.REFUSED: _no,
    Decision.WITHDRAWN: _stop,
    Decision.OBJECTED: _stop,
    Decision.PAUSED: _pause,
    Decision.RESUMED: _resumed,
    Decision.LAPSED: _lapsed,
    Decision.ESTABLISHED: _established,
    Decision.MERGED: _merged,
    Decision.UNMERGED: _unmerged,
}
