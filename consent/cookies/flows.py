"""What is done with cookie choices: kept, counted, linked to a person, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.core.cache import cache
from django.db import transaction
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

# Asked up to three times with every save.
_SECRET_HASH = Compiled(lambda: Browser.objects.filter(pk=".").values_list("secret_hash"))
_COUNTED_FOR = 600  # seconds for which a refusal sent again under the same key is not counted again


class NotYours(Exception):
    """The reference is not known, or the secret is not its own: nobody is told which."""


class Held(Exception):
    """Nothing of the record may be deleted now: a legal hold, or an open request of whoever it is linked to."""


class UnknownCategory(ValueError):
    """A choice about a category that the site does not offer."""


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
    """Keep one press; returns what the browser's cookie is to say.

    Something optional allowed: one :class:`Choice` of the browser, of a new one where ``press.credentials`` are None
    or not known yet (``consent.js`` draws its own, so that leaving the page at once loses nothing). Nothing allowed:
    a browser that had chosen gets a row that it withdrew; of any other only the number goes up. Raises UnknownSite,
    :class:`UnknownCategory`, OrganisationVersion.DoesNotExist for a version that never was, and :class:`NotYours`
    where the reference exists and the secret is not its own.
    """
    version = versions.numbered(press.version)
    offered = register.optional(version.organisation, press.site)
    if unknown := sorted(set(press.choices) - set(offered)):
        raise UnknownCategory(unknown[0])
    allowed = [code for code in offered if press.choices.get(code)]
    known = press.credentials is not None and _is_known(press.credentials)
    if not allowed and not known:
        _count(press, version)
        return Remembered(press.version, under_gpc=press.signal)
    credentials = press.credentials or Credentials.drawn()
    text = register.shown(version.organisation, press.site)
    with transaction.atomic():
        texts.keep([text])
        if not known:
            _begin(credentials)
        row = _row(press, version, credentials, text, allowed, [code for code in offered if code not in allowed])
        Choice.objects.bulk_create([row], ignore_conflicts=True)
    if not allowed:
        return Remembered(press.version, under_gpc=press.signal)
    return Remembered(press.version, frozenset(allowed), credentials, press.signal)


def earlier(credentials: Credentials, key: str) -> Choice | None:
    """What the same press left when it came before. Raises :class:`NotYours`."""
    return Choice.objects.of_press(credentials.reference, key) if _is_known(credentials) else None


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
        if browser is None or browser.secret_hash != credentials.secret_hash:
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
        removal = Removal.objects.create(reference=reference, reason=reason)
        gone, _by_model = Choice.objects.filter(browser_id=reference).delete()
        Browser.objects.filter(pk=reference).delete()
        Removal.objects.filter(pk=removal.pk).update(reference="", choices=gone)
    return gone


def _is_known(credentials: Credentials) -> bool:
    """Whether there is such a browser; raises NotYours if there is, with another secret."""
    stored = next(_SECRET_HASH.rows(credentials.reference), None)
    if stored is not None and not constant_time_compare(stored[0], credentials.secret_hash):
        raise NotYours
    return stored is not None


def _begin(credentials: Credentials) -> None:
    browser = Browser(reference=credentials.reference, secret_hash=credentials.secret_hash)
    Browser.objects.bulk_create([browser], ignore_conflicts=True)
    # Somebody may have been quicker under the same name: their own save in another tab, or a stranger.
    _is_known(credentials)


def _row(
    press: Save, version: versions.Current, who: Credentials, text: Shown, allowed: list[str], refused: list[str]
) -> Choice:
    return Choice(
        browser_id=who.reference,
        key=press.key,
        site=press.site,
        organisation_version_id=version.id,
        text_id=text.digest,
        allowed=allowed,
        refused=refused,
        method=_method(press, allowed, refused),
        means=press.means,
        signal=press.signal,
        path=press.path.partition("?")[0].partition("#")[0][:200],
        language=text.language,
    )


def _method(press: Save, allowed: list[str], refused: list[str]) -> Method:
    if press.by_signal:
        return Method.GPC
    if not allowed:
        return Method.WITHDRAWN
    return Method.CHOSEN if refused else Method.ACCEPT_ALL


def _count(press: Save, version: versions.Current) -> None:
    # The key is of this press alone and forgotten in minutes: it keeps a repeat from counting twice, nothing else.
    if cache.add(f"cookies:refused:{press.key}", 1, _COUNTED_FOR):
        method = Method.GPC if press.by_signal else Method.REFUSED
        Refusals.objects.count_one(press.site, database_now().date(), version.id, method)
