"""What is done with cookie choices: kept, counted, linked to a person, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import FilteredRelation, Q
from django.utils.crypto import constant_time_compare

from consent.cookies import register
from consent.cookies.choice_cookie import Credentials, Remembered, new_key
from consent.cookies.models import Browser, Choice, Refusals, Removal
from consent.cookies.vocabulary import Means, Method
from consent.ledger import texts
from consent.ledger.texts import Shown
from portal.database import ClockTimestamp, Compiled, database_now, locked
from portal.holds import standing
from portal.organisation import versions
from portal.personal_data import registry
from portal.subjects.models import Subject

# Asked with every save: the hash of the browser's secret, and what the same press left before.
_SECRET_HASH = Compiled(lambda: Browser.objects.filter(pk=".").values_list("secret_hash"))
_PRESS = Compiled(
    lambda: (
        Browser.objects.annotate(press=FilteredRelation("choices", condition=Q(choices__key=".")))
        .filter(pk=".")
        .values_list("secret_hash", "press__organisation_version_id", "press__allowed", "press__recorded_at")
    )
)
_COUNTED_FOR = 600  # seconds for which a refusal sent again under the same key is not counted again


class NotYours(Exception):
    """The reference is not known, or the secret is not its own: nobody is told which."""


class Held(Exception):
    """Nothing of the record may be deleted now: a legal hold, or an open request of whoever it is linked to."""


class UnknownCategory(ValueError):
    """A yes to a category that the site does not offer."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a press left: a row of a browser. ``is_new`` says that this press came for the first time."""

    reference: str
    version_id: int
    allowed: list[str]
    recorded_at: datetime
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """One press in a banner or on the settings page.

    ``choices`` says yes or no for optional categories of the site; what it leaves out counts as no. ``version`` is
    the number of the organisation file that was on the screen, ``key`` names the press, so that sending it again
    changes nothing, and ``signal`` says whether the browser sent Global Privacy Control.
    """

    site: str
    version: int
    choices: Mapping[str, bool]
    means: Means
    key: str
    path: str = ""
    language: str = "en-gb"
    signal: bool = False
    by_signal: bool = False
    credentials: Credentials | None = None


def save(press: Save) -> Remembered:
    """Keep one press as :func:`keep` does; returns what the browser's cookie is to say: what is kept, never more."""
    who = press.credentials or Credentials.drawn()
    left = keep(replace(press, credentials=who))
    if left is None or not left.allowed:
        return Remembered(press.version, under_gpc=press.signal)
    return Remembered(press.version, frozenset(left.allowed), who, press.signal)


def keep(press: Save) -> Left | None:
    """Keep one press; returns the row that it left, now or when it came before, and None for one that was counted.

    Something optional allowed: one :class:`Choice` of the browser, of a new one where ``press.credentials`` are not
    known yet (``consent.js`` draws its own, so that leaving the page at once loses nothing). Nothing allowed: a browser
    that had chosen gets a row that it withdrew; of any other only the number goes up. Raises UnknownSite,
    :class:`UnknownCategory`, OrganisationVersion.DoesNotExist for a version that never was, and :class:`NotYours`
    where the reference exists and the secret is not its own.
    """
    version = versions.numbered(press.version)
    offered = register.optional(version.organisation, press.site)
    # A no to what was not offered says nothing: a save repeated under a later register names its new categories too.
    if unknown := sorted(code for code, yes in press.choices.items() if yes and code not in offered):
        raise UnknownCategory(unknown[0])
    allowed = [code for code in offered if press.choices.get(code)]
    refused = [code for code in offered if code not in allowed]
    try:
        return _kept(press, version, allowed, refused)
    except IntegrityError:
        # The browser was taken out between the two looks at it: then this press is the first of a new one.
        return _kept(press, version, allowed, refused)


def _kept(press: Save, version: versions.Current, allowed: list[str], refused: list[str]) -> Left | None:
    who = press.credentials
    known, earlier = _looked_up(who, press.key) if who else (False, None)
    if earlier is not None:
        return earlier
    if who is None or not (allowed or known):
        if allowed:
            raise NotYours
        _count(press, version)
        return None
    text = register.shown(version, press.site, signal=press.signal)
    with transaction.atomic():
        texts.keep([text])
        if not known:
            _begin(who)
        recorded_at = Choice.objects.add(_row(press, version, who, text, allowed, refused))
    if recorded_at is None:  # the same press was quicker, by another way
        return _looked_up(who, press.key)[1]
    return Left(who.reference, version.id, allowed, recorded_at, is_new=True)


def latest(credentials: Credentials) -> Choice:
    """The choice in force in a browser. Raises :class:`NotYours`, for a stranger's as for an unknown reference."""
    choice = Choice.objects.latest_of(credentials.reference) if _is_known(credentials) else None
    if choice is None:
        raise NotYours
    return choice


def key_for(credentials: Credentials, key: str, allowed: set[str]) -> str:
    """The key to save a press of a page under: its own, for the first save and for the same press sent again.

    A page that was gone back to bears an old key; what is chosen there now is another choice.
    """
    if Choice.objects.of_press(credentials.reference, key) is None:
        return key
    latest = Choice.objects.latest_of(credentials.reference)
    return latest.key if latest is not None and set(latest.allowed) == allowed else new_key()


def may_go_on(credentials: Credentials, subject: Subject | None) -> bool:
    """Whether a save goes on under these: they are nobody's yet, or this browser's own and not somebody else's.

    ``subject`` is whoever is signed in: a browser that is linked to another person starts anew for them.
    """
    browser = Browser.objects.filter(pk=credentials.reference).first()
    if browser is None:
        return True
    if not constant_time_compare(browser.secret_hash, credentials.secret_hash):
        return False
    return subject is None or browser.subject_id is None or browser.subject_id in subject.family()


def whose(choice: Choice, subject: Subject | None) -> Literal["", "yours", "somebody_else"]:
    """Whom the browser of a choice is linked to, as told to ``subject``, who is signed in; None is nobody."""
    linked = choice.browser.subject_id
    if linked is None:
        return ""
    return "yours" if subject is not None and linked in subject.family() else "somebody_else"


def link(credentials: Credentials, subject: Subject) -> Literal["linked", "already", "somebody_else"]:
    """Note that a person chose in this browser: only after they were told and did not decline.

    A browser is linked once; for one that is somebody else's the caller begins a new one (:func:`forget`). Raises
    :class:`NotYours`.
    """
    with transaction.atomic():
        browser = locked(Browser.objects.filter(pk=credentials.reference)).first()
        if browser is None or not constant_time_compare(browser.secret_hash, credentials.secret_hash):
            raise NotYours
        if browser.subject_id is not None:
            return "already" if browser.subject_id in subject.family() else "somebody_else"
        Browser.objects.filter(pk=browser.pk).update(subject=subject, linked_at=ClockTimestamp(), kept_apart_at=None)
    return "linked"


def is_nobodys(credentials: Credentials) -> bool:
    """Whether this is a browser of ours that is linked to nobody, and whose user did not decline to link it."""
    own = {"pk": credentials.reference, "secret_hash": credentials.secret_hash}
    return Browser.objects.filter(**own, subject=None, kept_apart_at=None).exists()


def keep_apart(credentials: Credentials) -> None:
    """Note that this browser is not to be linked, so that nobody asks again. Raises :class:`NotYours`."""
    if not _is_known(credentials):
        raise NotYours
    Browser.objects.filter(pk=credentials.reference).update(kept_apart_at=ClockTimestamp())


def unlink(credentials: Credentials) -> None:
    """Take the person off a browser; its choices stay, and linking it is not offered again unasked.

    Raises :class:`NotYours`.
    """
    if not _is_known(credentials):
        raise NotYours
    apart = {"subject": None, "linked_at": None, "kept_apart_at": ClockTimestamp()}
    Browser.objects.filter(pk=credentials.reference).update(**apart)


def remove(credentials: Credentials) -> int:
    """Take out a browser and its choices at its user's wish; returns how many choices. Raises :class:`NotYours`, and
    :class:`Held` where something keeps them.

    What stays is a :class:`Removal` with a number and a date, which leads to nobody.
    """
    if not _is_known(credentials):
        raise NotYours
    with transaction.atomic():
        standing.freeze()
        mine = Browser.objects.filter(pk=credentials.reference)
        if not standing.free(registry.holding_of(Browser), mine).exists():
            raise Held
        return removed(credentials.reference, "visitor")


def removed(reference: str, reason: str) -> int:
    """Take out a browser, whoever asks for it; returns how many of its choices went."""
    with transaction.atomic():
        Browser.objects.filter(pk=reference).shut()
        removal = Removal.objects.create(reference=reference, reason=reason)
        gone, _by_model = Choice.objects.filter(browser_id=reference).delete()
        Browser.objects.filter(pk=reference).delete()
        Removal.objects.filter(pk=removal.pk).update(reference="", choices=gone)
    return gone


def _is_known(credentials: Credentials) -> bool:
    """Whether there is such a browser; raises NotYours if there is, with another secret."""
    stored = next(_SECRET_HASH.rows(credentials.reference), None)
    if stored is not None:
        _must_be(stored[0], credentials)
    return stored is not None


def _looked_up(credentials: Credentials, key: str) -> tuple[bool, Left | None]:
    """Whether there is such a browser, and what the press with this key left in it. Raises NotYours."""
    stored = next(_PRESS.rows(key, credentials.reference), None)
    if stored is None:
        return False, None
    secret_hash, version_id, allowed, recorded_at = stored
    _must_be(secret_hash, credentials)
    return True, None if version_id is None else Left(credentials.reference, version_id, allowed, recorded_at)


def _must_be(secret_hash: str, credentials: Credentials) -> None:
    if not constant_time_compare(secret_hash, credentials.secret_hash):
        raise NotYours


def _begin(credentials: Credentials) -> None:
    if not Browser.objects.begin(credentials.reference, credentials.secret_hash):
        # Somebody was quicker under the same name: their own save in another tab, or a stranger.
        _is_known(credentials)


def _row(
    press: Save, version: versions.Current, who: Credentials, text: Shown, allowed: list[str], refused: list[str]
) -> dict[str, object]:
    return {
        "browser_id": who.reference,
        "key": press.key,
        "site": press.site,
        "organisation_version_id": version.id,
        "text_id": text.digest,
        "allowed": allowed,
        "refused": refused,
        "method": _method(press, allowed, refused).value,
        "means": press.means.value,
        "signal": press.signal,
        "path": press.path.partition("?")[0].partition("#")[0][:200],
        "language": text.language,
    }


def _method(press: Save, allowed: list[str], refused: list[str]) -> Method:
    if press.by_signal:
        return Method.GPC
    if not allowed:
        return Method.WITHDRAWN
    return Method.CHOSEN if refused else Method.ACCEPT_ALL


def _count(press: Save, version: versions.Current) -> None:
    # The key is of this press alone and forgotten in minutes: it keeps a repeat from counting twice, nothing else.
    counted = f"cookies:refused:{press.key}"
    if not cache.add(counted, 1, _COUNTED_FOR):
        return
    method = Method.GPC if press.by_signal else Method.REFUSED
    try:
        Refusals.objects.count_one(press.site, database_now().date(), version.id, method)
    except DatabaseError:
        cache.delete(counted)  # it is sent again, and counts then
        raise
