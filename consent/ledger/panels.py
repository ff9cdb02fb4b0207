"""What the ledger knows of a person, on their page at the desk: may we write to them, what stops us, what they said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.ledger.bases import dropped
from consent.ledger.facts import fetch
from consent.ledger.fold import EMPTY, Cells, outranks
from consent.ledger.history import history
from consent.ledger.models import Event
from consent.ledger.projection import cells_of
from consent.ledger.rules import Question, decide
from consent.ledger.titles import Titles
from consent.ledger.vocabulary import Key, ObjectKind
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox.kinds import Category
from portal.subjects.flows import resolve
from portal.subjects.masking import masked
from portal.subjects.models import Channel, ContactPoint, Subject, Suppression
from portal.subjects.panels import Panel, Table
from portal.subjects.suppression import MARKETING, suppressions_of, topic_scope

LATEST: Final = 20


def may_we(subject: Subject) -> Table:
    """Each topic at each address it could come to: yes or no, by which rule, in the words the person reads."""
    columns = (_("topic"), _("way"), _("to"), _("may we?"), _("why"), _("rule"))
    try:
        current = versions.current()
    except versions.NoOrganisation:
        return Table(columns, [])
    points = ContactPoint.objects.current().filter(subject__in=subject.family()).select_related("subject")
    ordered = list(points.order_by("created_at", "pk"))
    rows = list(_answers(ordered, current)) if ordered else []
    return Table(columns, rows, note=_("As the rules answer now. The reason is what the person would read."))


def _answers(points: list[ContactPoint], current: versions.Current) -> Iterator[tuple[Any, ...]]:
    everything = list(zip(points, fetch(points, current.organisation), strict=True))
    for code, topic in current.organisation.topics.items():
        question = Question(current.organisation, Category.MARKETING, code, dropped(current, topic.purpose))
        for point, facts in everything:
            if point.channel in topic.channels:
                answer = decide(facts, question)
                said = _("Yes") if answer.allowed else _("No")
                address = masked(point.address, point.channel)
                yield str(topic.title), point.get_channel_display(), address, said, answer.reason, answer.rule


def stops(subject: Subject) -> Table:
    """Stops kept at the person's addresses, and whether a later yes of theirs lifted each."""
    columns = (_("since"), _("way"), _("what"), _("because of"), _("now"))
    cells, titles = cells_of(resolve(subject).pk), Titles()
    entries = suppressions_of(subject).order_by("created_at")
    return Table(columns, [_stop(entry, cells, titles) for entry in entries])


def _stop(entry: Suppression, cells: Cells, titles: Titles) -> tuple[Any, ...]:
    way = Channel(entry.channel).label
    if entry.scope == MARKETING:
        lifted = [str(titles.of(ObjectKind.TOPIC, code)) for code in _lifted_for(entry, cells, titles.organisation)]
        now = _("in force, but later lifted by their own yes for: %(topics)s") % {"topics": ", ".join(lifted)}
        return entry.created_at, way, _("all marketing"), entry.reason, now if lifted else _("in force")
    code = entry.scope.removeprefix(topic_scope(""))
    now = _("later lifted by their own yes") if _is_lifted(entry, cells, code) else _("in force")
    return entry.created_at, way, titles.of(ObjectKind.TOPIC, code), entry.reason, now


def _lifted_for(entry: Suppression, cells: Cells, organisation: Organisation | None) -> list[str]:
    topics = organisation.topics if organisation else {}
    return [code for code in topics if _is_lifted(entry, cells, code)]


def _is_lifted(entry: Suppression, cells: Cells, code: str) -> bool:
    consent = cells.get(Key(ObjectKind.TOPIC.value, code, entry.channel), EMPTY).consent
    return consent is not None and outranks(consent, entry.position)


def decisions(subject: Subject) -> Table:
    """The latest decisions, with the words that were shown, and the way to all of them."""
    columns = (_("when"), _("decision"), _("about"), _("way"), _("how"), _("who"), _("words shown"))
    titles = Titles()
    rows = [_decision(event, titles) for event in history(subject)[:LATEST]]
    found = urlencode({"q": str(resolve(subject).pk)})
    address = f"{reverse('admin:consent_ledger_event_changelist')}?{found}"
    more = (address, _("All decisions of this person in the ledger"))
    return Table(columns, rows, note=_("The latest 20, newest first."), more=more)


def _decision(event: Event, titles: Titles) -> tuple[Any, ...]:
    how = event.get_method_display()
    who = event.get_actor_display()
    about = titles.of(event.kind, event.code)
    words = event.text.body if event.text else ""
    way = event.get_channel_display() if event.channel else _("every way")
    return event.occurred_at, event.get_decision_display(), about, way, how, who, words


PANELS: Final = (
    Panel(
        gettext_lazy("May we write to them?"),
        may_we,
        "consent_ledger.view_event",
        gettext_lazy("There is no address of theirs that a topic could come to."),
        order=10,
    ),
    Panel(
        gettext_lazy("Stops at their addresses"),
        stops,
        "consent_ledger.view_event",
        gettext_lazy("Nothing was ever stopped at an address of theirs."),
        order=20,
    ),
    Panel(
        gettext_lazy("What they decided"),
        decisions,
        "consent_ledger.view_event",
        gettext_lazy("No decision of theirs is on record."),
        order=30,
    ),
)
