"""What the next page says about what was just done, and the way back from it. Both wait in the session."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from consent.preferences import sentences, switches
from consent.preferences.flows.choosing import Paused, Saved
from consent.preferences.flows.stopping import Stopped
from portal.organisation.schema import Organisation

UNDO_SECONDS: Final = 15 * 60
_SAID: Final = "preferences-said"
_UNDO: Final = "preferences-undo"


@dataclass(frozen=True)
class Said:
    """One message: a headline and sentences, in the tone ``ok`` or plain; ``undo`` is the label of the way back."""

    headline: str
    sentences: tuple[str, ...] = ()
    tone: str = "ok"
    undo: str = ""


@dataclass(frozen=True)
class WayBack:
    """What would undo an act: switches to put on again, switches to take off, and the ledger's last event after it;
    or the pause it was, in words JSON has."""

    subject: str
    restore: list[str] = field(default_factory=list)
    take: list[str] = field(default_factory=list)
    pause: dict[str, Any] | None = None
    position: int = 0
    until: float = 0.0


def say(request: HttpRequest, said: Said) -> None:
    """For the next page of this browser, once."""
    request.session[_SAID] = asdict(said)


def heard(request: HttpRequest) -> Said | None:
    """What there is to say; after that it is said."""
    said = request.session.pop(_SAID, None)
    return Said(**{**said, "sentences": tuple(said["sentences"])}) if said else None


def offer_undo(request: HttpRequest, way_back: WayBack) -> None:
    """This browser may undo it for fifteen minutes; only the latest act can be undone."""
    request.session[_UNDO] = {**asdict(way_back), "until": time.time() + UNDO_SECONDS}


def way_back(request: HttpRequest, subject_id: object) -> WayBack | None:
    """The open way back for this person, if this browser has one."""
    kept: dict[str, Any] | None = request.session.get(_UNDO)
    if not kept or kept["until"] < time.time() or kept["subject"] != str(subject_id):
        return None
    return WayBack(**kept)


def forget_undo(request: HttpRequest) -> None:
    """It was used, or something else was done since."""
    request.session.pop(_UNDO, None)


def tell_saved(request: HttpRequest, subject_id: object, saved: Saved, organisation: Organisation) -> None:
    """Exactly what saving changed, what it left alone and why, and undo for what changed."""
    changed = len(saved.changed)
    parts = _switched(saved, organisation)
    parts += _left(saved, organisation) + _waiting(saved, organisation) + leaving(saved.leaving)
    if changed:
        back = WayBack(str(subject_id), restore=list(saved.off), take=list(saved.on), position=saved.position)
        offer_undo(request, back)
    headline = f"{_('Saved.')} {sentences.count_of_changes(changed)}" if changed else sentences.count_of_changes(0)
    tone = "ok" if changed and not saved.left else ""
    say(request, Said(headline, tuple(parts), tone, sentences.undo_label(changed) if changed else ""))


def tell_undone(request: HttpRequest, saved: Saved, organisation: Organisation) -> None:
    """What the undo put back."""
    forget_undo(request)
    parts = _switched(saved, organisation)
    parts += _left(saved, organisation) + leaving(saved.leaving)
    headline = _("Undone.") if saved.changed else _("There was nothing to undo.")
    say(request, Said(headline, tuple(parts), "ok" if saved.changed else ""))


def tell_stopped(request: HttpRequest, stopped: Stopped) -> None:
    """All marketing is stopped."""
    back = WayBack(str(stopped.subject_id), restore=list(stopped.was_on), position=stopped.position)
    if stopped.was_on:
        offer_undo(request, back)
    parts = [_("No more marketing to you, in any way."), *leaving(stopped.leaving)]
    say(request, Said(_("Done."), tuple(parts), undo=_("Undo this") if stopped.was_on else ""))


def leaving(count: int) -> list[str]:
    """The warning that a mail which was leaving already may still arrive."""
    return [_("One mail was already leaving. It may still reach you in the next minute.")] if count else []


def tell_paused(request: HttpRequest, paused: Paused, organisation: Organisation, *, by_link: bool) -> None:
    """Until when, and undo; or that it was paused already, which a link makes no shorter."""
    day = {"day": sentences.weekday(paused.until, organisation)}
    if not paused.event_id:
        words = [_("Marketing is paused until %(day)s already.") % day]
        words += [_("To make that shorter, sign in.")] if by_link else []
        say(request, Said(_("Nothing changed."), tuple(words), ""))
        return
    before = paused.before.isoformat() if paused.before else ""
    kept = {"until": paused.until.isoformat(), "before": before, "event_id": paused.event_id}
    offer_undo(request, WayBack(str(paused.subject_id), pause=kept))
    say(request, Said(_("Paused."), (_("No marketing until %(day)s.") % day,), undo=_("Undo this")))


def pause_of(back: WayBack) -> Paused | None:
    """The pause this way back leads back from."""
    if back.pause is None:
        return None
    until, before = back.pause["until"], back.pause["before"]
    return Paused(
        UUID(back.subject),
        datetime.fromisoformat(until),
        datetime.fromisoformat(before) if before else None,
        back.pause["event_id"],
    )


def tell_pause_undone(request: HttpRequest, *, undone: bool) -> None:
    """The pause is as it was; or it was changed again meanwhile."""
    forget_undo(request)
    words = (_("Your pause is as it was before."),) if undone else ()
    say(request, Said(_("Undone.") if undone else _("There was nothing to undo."), words, "ok" if undone else ""))


def _switched(saved: Saved, organisation: Organisation) -> list[str]:
    """A sentence for each switch that changed."""
    return [_one_switched(name, saved, organisation, on=name in saved.on) for name in saved.changed]


def _one_switched(name: str, saved: Saved, organisation: Organisation, *, on: bool) -> str:
    topic, channel = switches.parts(name)
    until = saved.resting.get(name)
    starts = sentences.weekday(until, organisation) if until else ""
    return sentences.switched(str(organisation.topics[topic].title), channel, on=on, starts=starts)


def _waiting(saved: Saved, organisation: Organisation) -> list[str]:
    titles = dict.fromkeys(str(organisation.topics[switches.parts(name)[0]].title) for name in saved.waiting)
    if not titles:
        return []
    words = _("We noted your yes to %(topics)s, and may not act on it for now: the reason stands beside it.")
    return [words % {"topics": sentences.listed(list(titles))}]


def _left(saved: Saved, organisation: Organisation) -> list[str]:
    titles = dict.fromkeys(str(organisation.topics[switches.parts(name)[0]].title) for name in saved.left)
    if not titles:
        return []
    return [
        _("Left as it was, because it changed while the page was open: %(topics)s. Look again, then save.")
        % {"topics": ", ".join(titles)}
    ]
