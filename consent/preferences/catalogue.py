"""What an organisation offers, as pages show it: topics by purpose, with the words beside each box.

Everything here comes from the organisation file; what a person chose is joined to it in ``overview``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from consent.preferences import sentences
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.schema import (
    Basis,
    ChannelName,
    CollectionForm,
    Organisation,
    Period,
    Purpose,
    PurposeKind,
    TopicEntry,
)

_ASKED_FOR = frozenset({Basis.CONSENT, Basis.LEGITIMATE_INTERESTS})


@dataclass(frozen=True)
class OfferedTopic:
    """A topic with its words in the active language."""

    code: str
    title: str
    sentence: str
    wording: str
    frequency: str


@dataclass(frozen=True)
class OfferedSection:
    """The topics of one purpose."""

    code: str
    title: str
    note: str
    topics: tuple[OfferedTopic, ...]


FORM = "subscribe"
"""The form of the organisation file that this portal shows itself."""


def form_of(organisation: Organisation) -> CollectionForm | None:
    """What the file says of the sign-up form; None where it names none."""
    return organisation.forms.get(FORM)


def offered(organisation: Organisation) -> list[OfferedSection]:
    """The topics the sign-up form offers, as far as they come by e-mail, by purpose, in the order of the file.

    A file without that form offers what may be asked for at all: what belongs to a contract is switched there.
    """
    form = form_of(organisation)
    sections = []
    for code, purpose in organisation.purposes.items():
        topics = tuple(
            shown(topic_code, topic)
            for topic_code, topic in topics_of(organisation, code)
            if ChannelName.EMAIL in topic.channels
            and (topic_code in form.topics if form else purpose.basis in _ASKED_FOR)
        )
        if topics:
            sections.append(OfferedSection(code, str(purpose.title), note_on_form(purpose), topics))
    return sections


def topics_of(organisation: Organisation, purpose: str) -> Iterator[tuple[str, TopicEntry]]:
    """The topics of a purpose, by code."""
    return ((code, topic) for code, topic in organisation.topics.items() if topic.purpose == purpose)


def shown(code: str, topic: TopicEntry) -> OfferedTopic:
    """A topic as a page shows it."""
    frequency = sentences.ended(str(topic.frequency)) if topic.frequency else ""
    return OfferedTopic(code, str(topic.title), str(topic.sentence), str(topic.wording), frequency)


def left_unticked(organisation: Organisation, taken: Collection[str]) -> list[str]:
    """Topics the form offered that were not taken, where the file has that recorded too."""
    form = form_of(organisation)
    return [code for code in form.topics if code not in taken] if form and form.records_untaken else []


def titled(organisation: Organisation, codes: Iterable[str]) -> list[OfferedTopic]:
    """The topics with these codes that are still offered, in the order of the file."""
    wanted = set(codes)
    return [shown(code, topic) for code, topic in organisation.topics.items() if code in wanted]


def note(purpose: Purpose) -> str:
    """Why, and on what lawful basis, in words: the note in the margin of a purpose."""
    return f"{purpose.sentence} {_kind_in_words(purpose)}"


def note_on_form(purpose: Purpose) -> str:
    """The same where people tick: a tick is consent, whatever basis the purpose has besides."""
    if purpose.kind is PurposeKind.NOTICE:
        return note(purpose)
    return f"{purpose.sentence} {_('Marketing: only if you say yes.')}"


def _kind_in_words(purpose: Purpose) -> str:
    if purpose.kind is PurposeKind.NOTICE:
        return _("Not marketing: “Stop all marketing” leaves it alone.")
    if purpose.basis is Basis.CONSENT:
        return _("Marketing: only if you say yes.")
    if purpose.soft_opt_in:
        return _(
            "Marketing: on your yes where you gave one; to customers about our own products on our legitimate "
            "interests too, until you say stop."
        )
    return _("Marketing: on your yes where you gave one, else on our legitimate interests, until you say stop.")


def is_marketing(organisation: Organisation, topic: str) -> bool:
    """Whether the topic obeys “stop all marketing”; raises ``KeyError`` for one that is not offered."""
    return organisation.purposes[organisation.topics[topic].purpose].kind is PurposeKind.MARKETING


def same_words(version_id: int, now: versions.Current, codes: Iterable[str]) -> bool:
    """Whether the words of these topics are still those of the version a page was made from."""
    if version_id == now.id:
        return True
    try:
        before = versions.get(version_id).organisation.topics
    except OrganisationVersion.DoesNotExist:
        return False
    topics = now.organisation.topics
    return all(code in before and before[code].wording == topics[code].wording for code in codes)


def way_in(organisation: Organisation) -> tuple[str, str]:
    """The context and source to note for an address typed into a form of ours.

    Those of the file's own sign-up form; without one, any context that allows marketing.
    """
    form = form_of(organisation)
    if form is not None:
        return form.context, form.source
    context_code = next(code for code, context in organisation.contexts.items() if context.marketing and context.kept)
    source_code = next(code for code, source in organisation.sources.items() if source.person)
    return context_code, source_code


def end_of(period: Period, start: datetime) -> datetime:
    """When a period that began at ``start`` (aware) is over; months and years by the calendar."""
    if period.unit in {"month", "year"}:
        return datetime.combine(period.after(start.date()), start.timetz())
    return start + period.as_timedelta()
