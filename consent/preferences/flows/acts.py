"""How a page becomes an act of the ledger: who did it, where, and the words that stood there.

Words are kept for each topic by themselves, so that a proof of one consent shows no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.ledger.circumstances import Circumstances
from consent.ledger.errors import SubjectErased
from consent.ledger.models import Event
from consent.ledger.record import Act, Choice, Shown, record
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from consent.preferences import sentences
from portal.database import locked
from portal.organisation import versions
from portal.organisation.schema import Basis, TopicEntry
from portal.subjects import flows as subjects
from portal.subjects.models import Subject


@dataclass(frozen=True)
class Doing:
    """One person's doing on one page. ``proved``: they have shown that they read the address, by sign-in or by mail."""

    method: Method
    proved: bool
    circumstances: Circumstances

    def act(self, words: str) -> Act:
        """As the ledger takes it, with the words shown, in the language they were shown in."""
        return Act(
            method=self.method,
            actor=Actor.PERSON,
            proved=self.proved,
            text=Shown(language(), words),
            circumstances=self.circumstances,
        )


@contextmanager
def holding(subject: Subject) -> Iterator[Subject]:
    """A transaction with the record that speaks for this person locked: what is read there stands until it is over.

    Raises :class:`~consent.ledger.errors.SubjectErased`.
    """
    with transaction.atomic():
        person = locked(Subject.objects.filter(pk=subjects.resolve(subject).pk)).get()
        while person.merged_into_id is not None:  # merged while we waited for the lock
            person = locked(Subject.objects.filter(pk=person.merged_into_id)).get()
        if person.erased_at is not None:
            raise SubjectErased
        yield person


def language() -> str:
    """The language the page is in."""
    return get_language() or "en-gb"


def written(subject: Subject, choices: Iterable[Choice], doing: Doing, words: str) -> list[Event]:
    """Record choices that were made under the same words; the caller holds the transaction."""
    return record(subject, choices, doing.act(words)).events


def yes(topic: str, channel: str, left_unticked: Sequence[str] = ()) -> Choice:
    """A yes in the person's own words is consent, whatever basis the purpose has besides.

    ``left_unticked`` are topics that stood beside it and were not taken; noted as evidence, and no refusal.
    """
    details = {"left_unticked": list(left_unticked)} if left_unticked else {}
    return Choice(ObjectKind.TOPIC, topic, channel, Decision.GRANTED, basis=Basis.CONSENT, details=details)


def no(topic: str, channel: str) -> Choice:
    """A stop of one topic: consent withdrawn (Article 7(3)), or an objection (Article 21(2)) where there was none.

    A topic that left the file can still be stopped.
    """
    organisation = versions.current().organisation
    entry = organisation.topics.get(topic)
    by_consent = entry is not None and organisation.purposes[entry.purpose].basis is Basis.CONSENT
    return Choice(ObjectKind.TOPIC, topic, channel, Decision.WITHDRAWN if by_consent else Decision.OBJECTED)


def words_of_yes(entry: TopicEntry) -> str:
    """The sentence beside the box."""
    return str(entry.wording)


def words_of_switch_off(title: str, channels: Sequence[str]) -> str:
    """What a switch said that was turned off."""
    ways = ", ".join(sentences.by(channel) for channel in channels)
    return _("%(topic)s, %(ways)s: off") % {"topic": title, "ways": ways}
