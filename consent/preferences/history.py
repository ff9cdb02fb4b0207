"""The history of a person's decisions in words: what was decided, when, how, and the wording that was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Press:
    """Events of one press of a button, with what is needed to name what they are about."""

    events: list[Event]
    titles: dict[str, str]
    organisation: Organisation

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def about(self) -> str:
        """“Webinar Invitations by e-mail and by post; Partner News by post”."""
        ways: dict[str, list[str]] = {}
        for event in reversed(self.events):
            ways.setdefault(event.code, []).append(event.channel)
        named = ((self.titles.get(code, code) or _("all marketing"), channels) for code, channels in ways.items())
        return "; ".join(f"{title} {_ways(channels)}" for title, channels in named)


def _ways(channels: list[str]) -> str:
    return sentences.listed([sentences.by(channel) for channel in dict.fromkeys(channels)])


def told(events: Iterable[Event], organisation: Organisation) -> list[Told]:
    """Entries from events, in their order. Events must come with their ``text``."""
    events = list(events)
    titles = _titles(events, organisation)
    return [_entry(_Press(list(some), titles, organisation)) for _key, some in groupby(events, _moment)]


def _moment(event: Event) -> tuple[object, ...]:
    """Decisions of one kind, made in one way, in the same few seconds: one press of a button."""
    return event.decision, event.kind, event.method, event.proved, int(event.recorded_at.timestamp()) // 10


def _entry(press: _Press) -> Told:
    moment = press.first.occurred_at
    headline, rest = _TELLING.get(press.first.decision, _other)(press)
    return Told(
        iso=sentences.local(moment, press.organisation).isoformat(timespec="minutes"),
        when=sentences.day_and_time(moment, press.organisation),
        headline=headline,
        rest=rest,
        method=str(METHODS[press.first.method]),
        words=tuple(dict.fromkeys(event.text.body for event in press.events if event.text is not None)),
    )


def _titles(events: list[Event], organisation: Organisation) -> dict[str, str]:
    """Titles of the topics and purposes these events name, those that left the file included."""
    gone = {event.code for event in events if event.kind == ObjectKind.TOPIC} - set(organisation.topics)
    titles = dict(Topic.objects.filter(pk__in=gone).values_list("code", "title")) if gone else {}
    titles |= {code: str(purpose.title) for code, purpose in organisation.purposes.items()}
    return titles | {code: str(topic.title) for code, topic in organisation.topics.items()}


def _yes(press: _Press) -> tuple[str, str]:
    about = {"about": press.about}
    if press.first.proved:
        return _("You said yes"), _("to %(about)s.") % about
    if press.first.method == Method.FORM:
        return _("Somebody asked with your address"), _("for %(about)s. It counts only once you confirm.") % about
    return _("A yes of yours reached us"), _("to %(about)s.") % about


def _stop(press: _Press) -> tuple[str, str]:
    if press.first.kind == ObjectKind.MARKETING and not press.first.channel:
        return _("You stopped all marketing"), ""
    return _("You stopped"), f"{press.about}."


def _pause(press: _Press) -> tuple[str, str]:
    until = press.first.until
    day = sentences.weekday(until, press.organisation) if until else ""
    return _("You paused marketing"), _("until %(day)s.") % {"day": day}


def _other(press: _Press) -> tuple[str, str]:
    return str(press.first.get_decision_display()).capitalize(), f"{press.about}."


_TELLING: dict[str, Callable[[_Press], tuple[str, str]]] = {
    Decision.GRANTED: _yes,
    Decision.CONFIRMED: lambda press: (_("You confirmed"), f"{press.about}."),
    Decision.REFUSED: lambda press: (_("You said no"), _("to %(about)s.") % {"about": press.about}),
    Decision.WITHDRAWN: _stop,
    Decision.OBJECTED: _stop,
    Decision.PAUSED: _pause,
    Decision.RESUMED: lambda _press: (_("You ended the pause"), ""),
    Decision.LAPSED: lambda press: (_("Your yes ran out"), _("for %(about)s.") % {"about": press.about}),
    Decision.ESTABLISHED: lambda press: (
        _("We recorded why we may write to you"),
        _("about %(about)s.") % {"about": press.about},
    ),
    Decision.MERGED: lambda _press: (_("Two records about you were joined"), _("What protects you more was kept.")),
    Decision.UNMERGED: lambda _press: (_("The records were parted again"), _("They had been joined by mistake.")),
}
