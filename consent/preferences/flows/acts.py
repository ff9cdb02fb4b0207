"""How a page becomes an act of the ledger: who did it, where, and the words that stood there.

Words are kept for each topic by themselves, so that a proof of one consent shows no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.ledger.circumstances import Circumstances
from consent.ledger.fold import Cells
from consent.ledger.record import Act, Choice, Shown
from consent.ledger.vocabulary import EVERY_CHANNEL, Actor, Decision, Method, ObjectKind
from consent.preferences import sentences
from portal.organisation.schema import Basis, Organisation


@dataclass(frozen=True)
class Doing:
    """One person's doing on one page. ``proved``: they have shown that they read the address, by sign-in or by mail."""

    method: Method
    proved: bool
    circumstances: Circumstances

    def act(self, words: str = "") -> Act:
        """As the ledger takes it. ``words`` stood there for all choices; else each choice brings its own."""
        return Act(
            method=self.method,
            actor=Actor.PERSON,
            proved=self.proved,
            text=shown(words) if words else None,
            circumstances=self.circumstances,
        )


def language() -> str:
    """The language the page is in."""
    return get_language() or "en-gb"


def shown(words: str) -> Shown:
    """Words in the language they were shown in."""
    return Shown(language(), words)


def yes(organisation: Organisation, topic: str, channel: str, left_unticked: Sequence[str] = ()) -> Choice:
    """A yes in the person's own words is consent, whatever basis the purpose has besides.

    ``organisation`` is the version whose sentence stood beside the box. ``left_unticked`` are topics that stood
    beside it and were not taken; noted as evidence, and no refusal.
    """
    details = {"left_unticked": list(left_unticked)} if left_unticked else {}
    words = shown(str(organisation.topics[topic].wording))
    return Choice(ObjectKind.TOPIC, topic, channel, Decision.GRANTED, Basis.CONSENT, details=details, text=words)


def no(organisation: Organisation, topic: str, channel: str, cells: Cells) -> Choice:
    """A stop of one topic: consent withdrawn (Article 7(3)), or an objection (Article 21(2)) where there was none.

    ``cells`` tell what the person had said: a yes of theirs is what they take back, whatever basis the purpose has
    besides. A topic that left the file can still be stopped.
    """
    entry = organisation.topics.get(topic)
    by_consent = entry is not None and organisation.purposes[entry.purpose].basis is Basis.CONSENT
    if by_consent or _consented(cells, topic, channel):
        return Choice(ObjectKind.TOPIC, topic, channel, Decision.WITHDRAWN, Basis.CONSENT)
    return Choice(ObjectKind.TOPIC, topic, channel, Decision.OBJECTED)


def _consented(cells: Cells, topic: str, channel: str) -> bool:
    """Whether the person said yes to the topic, on this channel or, for a stop on all of them, on any."""
    own = (cell for key, cell in cells.items() if key[:2] == (ObjectKind.TOPIC, topic) and channel in {"", key.channel})
    return any(grant is not None for cell in own for grant in (cell.consent, cell.pending))


def no_marketing() -> Choice:
    """All marketing stopped, in every way, and profiling for it (Article 21(3))."""
    return Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.OBJECTED)


def words_of_switch_off(title: str, channels: Sequence[str]) -> Shown:
    """What a switch said that was turned off."""
    ways = ", ".join(sentences.by(channel) for channel in channels)
    return shown(_("%(topic)s, %(ways)s: off") % {"topic": title, "ways": ways})
