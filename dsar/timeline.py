"""What happened to a request, told to the person: in plain words, with who and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dsar.letters.paper import has_letter
from dsar.models import Attachment, Event
from dsar.vocabulary import Arrival, Happening, Party
from portal.organisation.schema import Organisation

IN_CONVERSATION: Final = frozenset(
    {Happening.LETTER, Happening.CLARIFICATION_REQUESTED, Happening.CLARIFICATION_RECEIVED, Happening.PROGRESS}
)
"""What is said, and read under "Messages"; the timeline only says that it was."""
ANSWERS: Final = frozenset({Happening.ANSWERED, Happening.REFUSED})


@dataclass(frozen=True)
class Entry:
    """One line: when, what in bold, the rest, who if it was not the person, and words that were said with it."""

    event: Event
    when: str
    iso: str
    headline: str
    rest: str = ""
    by: str = ""
    words: str = ""
    files: list[Attachment] = field(default_factory=list)
    has_letter: bool = False

    @property
    def ours(self) -> bool:
        """Whether it is from us."""
        return self.event.party != Party.PERSON


def told(events: Iterable[Event], files: Iterable[Attachment], organisation: Organisation) -> list[Entry]:
    """The timeline of these events, as they come; ``files`` are those that the person is shown."""
    by_event: dict[int, list[Attachment]] = {}
    for file in files:
        by_event.setdefault(file.event_id, []).append(file)
    return [_entry(event, by_event.get(event.pk, []), organisation) for event in events]


def moment(at: datetime) -> str:
    """A moment as people say it, on the organisation's wall."""
    letters = pgettext("how a moment stands in a timeline, in the letters of Django's date filter", "l j F Y, H:i")
    return date_format(localtime(at), letters)


def _entry(event: Event, files: list[Attachment], organisation: Organisation) -> Entry:
    kind = Happening(event.kind)
    headline, rest = _SENTENCES.get(kind, _plain)(event)
    return Entry(
        event,
        moment(event.at),
        localtime(event.at).isoformat(timespec="minutes"),
        headline,
        rest,
        by=_by(event, organisation),
        # The answer has a section of its own.
        words="" if kind in IN_CONVERSATION | ANSWERS else event.words,
        files=files,
        has_letter=has_letter(event),
    )


def _by(event: Event, organisation: Organisation) -> str:
    """Staff by their name, never by their address."""
    if event.party != Party.STAFF:
        return ""
    name = event.staff.name if event.staff is not None else ""
    return f"{name}, {organisation.name}" if name else organisation.name


Told = tuple[str, str]


def _plain(event: Event) -> Told:
    return f"{event.get_kind_display()}.", ""


def _received(event: Event) -> Told:
    came = {
        Arrival.LETTER: _("Your letter reached us."),
        Arrival.MAIL: _("Your mail reached us."),
        Arrival.CALL: _("You rang us."),
        Arrival.IN_PERSON: _("You spoke to us."),
    }.get(event.facts.get("arrival"), "")
    return (came, _("We wrote it down here.")) if came else (_("You asked."), "")


def _verified(event: Event) -> Told:
    how = {
        "code": _("You entered our code, so we know that the mail reaches you."),
        "signed_in": _("You were signed in. No other proof is needed."),
    }.get(event.facts.get("method", ""), "")
    return _("We began."), f"{how} {_('We mailed you a receipt with the dates.')}".strip()


def _effect(event: Event) -> Told:
    facts: Mapping[str, Any] = event.facts
    if "before" in facts:
        return _("We corrected it."), _("From “%(before)s” to “%(after)s”.") % facts
    if facts.get("restricted") is True:
        return _("We put your data on hold."), _("We keep them and do nothing else with them.")
    if facts.get("restricted") is False:
        return _("Your data are no longer on hold."), ""
    if "stopped" in facts:
        return _("We stopped it at once."), _("It counts from this moment.")
    return _plain(event)


def _downloaded(event: Event) -> Told:
    return _("“%(file)s” was downloaded.") % {"file": event.facts.get("name", "")}, _("We mailed you about it.")


def _joined(event: Event) -> Told:
    return _("We joined it to %(first)s.") % {"first": event.facts.get("first", "")}, ""


def _passed_on(event: Event) -> Told:
    return _("We passed it on to %(to)s.") % {"to": event.facts.get("to", "")}, ""


def _letter(event: Event) -> Told:
    return (_("You wrote to us."), "") if event.party == Party.PERSON else (_("We wrote to you."), "")


def _says(headline: Callable[[], str], rest: Callable[[], str] = lambda: "") -> Callable[[Event], Told]:
    return lambda _event: (headline(), rest())


_SENTENCES: Final[dict[Happening, Callable[[Event], Told]]] = {
    Happening.RECEIVED: _received,
    Happening.VERIFIED: _verified,
    Happening.EFFECT: _effect,
    Happening.RECOUNTED: _says(
        lambda: _("We counted your date again."),
        lambda: _("The calendar of holidays changed. The new date stands above."),
    ),
    Happening.DOWNLOADED: _downloaded,
    Happening.JOINED: _joined,
    Happening.PASSED_ON: _passed_on,
    Happening.LETTER: _letter,
    Happening.PROGRESS: _says(lambda: _("We told you how it stands.")),
    Happening.IDENTITY_REQUESTED: _says(
        lambda: _("We asked you to show who you are."), lambda: _("Our time to answer starts when the proof arrives.")
    ),
    Happening.IDENTITY_RECEIVED: _says(lambda: _("Your proof arrived."), lambda: _("Our time counts from here.")),
    Happening.IDENTITY_SETTLED: _says(lambda: _("The check is done."), lambda: _("The proof you sent is deleted.")),
    Happening.NO_IDENTITY: _says(lambda: _("It ended: we could not check who asks.")),
    Happening.AUTHORITY_REQUESTED: _says(
        lambda: _("We asked you to show that you may ask."),
        lambda: _("Our time to answer starts when the proof arrives."),
    ),
    Happening.AUTHORITY_RECEIVED: _says(lambda: _("Your proof arrived."), lambda: _("Our time counts from here.")),
    Happening.CLARIFICATION_REQUESTED: _says(lambda: _("We asked you a question.")),
    Happening.CLARIFICATION_RECEIVED: _says(lambda: _("You answered our question.")),
    Happening.NO_REPLY: _says(lambda: _("It ended: we did not hear from you.")),
    Happening.SEARCH_BEGUN: _says(lambda: _("We began to search.")),
    Happening.SEARCH_DONE: _says(
        lambda: _("We searched, and wrote our answer."), lambda: _("It is read and approved before it leaves.")
    ),
    Happening.SENT_BACK: _says(lambda: _("Something was missing, so we search on.")),
    Happening.APPROVED: _says(lambda: _("Our answer was approved.")),
    Happening.EXTENDED: _says(lambda: _("We need more time."), lambda: _("The new date stands above.")),
    Happening.ANSWERED: _says(lambda: _("We answered.")),
    Happening.REFUSED: _says(lambda: _("We refused."), lambda: _("The reasons stand above.")),
    Happening.WITHDRAWN: _says(lambda: _("You withdrew it.")),
    Happening.COMPLAINED: _says(lambda: _("You complained about our answer.")),
    Happening.COMPLAINT_ANSWERED: _says(lambda: _("We answered your complaint.")),
    Happening.ACKNOWLEDGED: _says(lambda: _("We told you that your complaint is here.")),
    Happening.FILE_ADDED: _says(lambda: _("A file was added.")),
}
