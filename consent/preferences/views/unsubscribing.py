"""What the unsubscribe pages say: what each button does, why the mail came, what still comes afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.ledger.rules import Answer
from consent.ledger.vocabulary import ALL_MARKETING
from consent.preferences import catalogue, overview, sentences, switches
from consent.preferences.flows.choosing import Saved
from consent.preferences.flows.stopping import Stopped
from consent.preferences.switches import Board, parts
from portal.organisation import versions
from portal.organisation.models import Topic
from portal.organisation.schema import Organisation
from portal.subjects.masking import masked
from portal.subjects.models import ContactPoint, Subject


@dataclass(frozen=True)
class Fact:
    """A label and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Why:
    """Why a mail came: the rule in a sentence, and the words agreed to."""

    sentence: str
    words: tuple[str, ...]


def stop_topic_label(topic: str) -> str:
    """What the button says."""
    return _("Stop %(topic)s") % {"topic": title_of(topic)}


def title_of(topic: str) -> str:
    """A topic's title, also of one that left the file."""
    entry = versions.current().organisation.topics.get(topic)
    if entry is not None:
        return str(entry.title)
    retired = Topic.objects.filter(pk=topic).values_list("title", flat=True).first()
    return retired or topic


def question(point: ContactPoint, person: Subject, topic: str) -> dict[str, Any]:
    """The page before anything is pressed."""
    current = versions.current()
    board = switches.board(person, current)
    stopped = bool(topic) and not any(parts(name)[0] == topic for name in board.on)
    all_stopped = _is_all_stopped(board)
    title = title_of(topic) if topic else ""
    return {
        **_about(point),
        "topic": topic,
        "topic_stopped": stopped,
        "stop_topic_label": stop_topic_label(topic) if topic else "",
        "all_stopped": all_stopped,
        "heading": _heading(title, stopped, all_stopped),
        "lead": _lead(title, stopped, all_stopped),
        "one_button": stopped or not topic or all_stopped,
        "effects": _effects(current.organisation, "" if stopped else title, all_stopped),
        "why": None if stopped or not topic else _why(board.at(point, topic)),
    }


def _is_all_stopped(board: Board) -> bool:
    """All marketing was stopped, and none of it was switched on again since."""
    cell = board.cells.get(ALL_MARKETING)
    organisation = board.current.organisation
    on = any(catalogue.is_marketing(organisation, parts(name)[0]) for name in board.on)
    return cell is not None and cell.stop is not None and not on


def _lead(title: str, stopped: bool, all_stopped: bool) -> str:
    if all_stopped and (stopped or not title):
        return _("No marketing comes to you, in any way. There is nothing left to press.")
    if stopped:
        return _("You get it no more. You can still stop everything else.")
    return _("One press, no sign-in, no questions. Nothing has changed yet.")


def _heading(title: str, stopped: bool, all_stopped: bool) -> str:
    if not title:
        return _("All marketing: already stopped") if all_stopped else _("Stop all marketing?")
    return (_("%(topic)s: already stopped") if stopped else _("Stop %(topic)s?")) % {"topic": title}


def _effects(organisation: Organisation, title: str, all_stopped: bool) -> list[Fact]:
    """What each button on the page does."""
    everything = sentences.listed(overview.marketing_titles(organisation))
    facts = (
        [
            Fact(
                _("Stop %(topic)s") % {"topic": title},
                _("Ends %(topic)s, in every way it comes. Whatever else you chose goes on.") % {"topic": title},
            )
        ]
        if title
        else []
    )
    if not all_stopped:
        facts.append(
            Fact(
                _("Stop all marketing"),
                _("Ends %(topics)s, in every way they come. We also stop using your data to decide what to offer you.")
                % {"topics": everything},
            )
        )
    afterwards = _("Either way") if len(facts) > 1 else _("Afterwards")
    return [*facts, Fact(afterwards, _still_in_words(organisation))]


def _still_in_words(organisation: Organisation) -> str:
    titles = sentences.listed([str(mail.title) for mail in organisation.service_mails.values()])
    return _("Some mails may still come, when you need them: %(titles)s. They never carry advertising.") % {
        "titles": titles
    }


def _why(answer: Answer | None) -> Why | None:
    if answer is None or not answer.allowed:
        return None
    return Why(answer.reason, overview.words_of(answer.text))


def answer(point: ContactPoint, topic: str, stopped: Stopped) -> dict[str, Any]:
    """The page after a press. What still comes is named by topic, without telling what else the person chose."""
    organisation = versions.current().organisation
    address = {"address": masked(point.address, point.channel), "topic": title_of(topic) if topic else ""}
    return {
        **_about(point),
        "heading": _("Done. No more %(topic)s.") % address if topic else _("Done. No more marketing."),
        "lead": _("%(topic)s no longer goes to %(address)s. It counts from now.") % address
        if topic
        else _("No marketing goes to %(address)s any more, in any way. It counts from now.") % address,
        "leaving": stopped.leaving,
        "offer_all": bool(topic) and any(_is_marketing(name, organisation) for name in stopped.still_on),
        "still": _what_still_comes(organisation, topic),
    }


def put_back(point: ContactPoint, undone: Saved | None) -> dict[str, Any]:
    """The page after an undo; what a pause still holds back is named with its end."""
    restored, resting = (undone.on, undone.resting) if undone else ((), {})
    topics = dict.fromkeys(title_of(parts(name)[0]) for name in restored)
    ends = [resting[name] for name in restored if name in resting]
    until = sentences.weekday(max(ends), versions.current().organisation) if ends else ""
    return {**_about(point), "topics": list(topics), "paused_until": until}


def always(organisation: Organisation) -> list[Fact]:
    """What no stop reaches."""
    facts = [Fact(str(mail.title), str(mail.sentence)) for mail in organisation.service_mails.values()]
    notices = overview.notice_titles(organisation)
    if notices:
        sentence = _("If you switched them on. They are not marketing and have switches of their own.")
        facts.append(Fact(sentences.listed(notices), sentence))
    return facts


def _what_still_comes(organisation: Organisation, topic: str) -> list[Fact]:
    if not topic:
        return always(organisation)
    return [Fact(_("Other topics"), _("Whatever else you chose goes on.")), *always(organisation)]


def _is_marketing(switch: str, organisation: Organisation) -> bool:
    return catalogue.is_marketing(organisation, parts(switch)[0])


def _about(point: ContactPoint) -> dict[str, Any]:
    return {"masked": masked(point.address, point.channel), "preferences_url": reverse("preferences")}
