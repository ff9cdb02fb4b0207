"""The organisation's published notices as pages show them: with their date, or as undated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.organisation.schema import DateMeans, Notice, NoticeKind, Organisation, Words


@dataclass(frozen=True)
class Change:
    """A line of a notice's list of changes, its date in words."""

    date: str
    sentence: Words


@dataclass(frozen=True)
class Dated:
    """A notice and its date in words; ``date`` and ``since`` are empty for an undated one."""

    notice: Notice
    date: str
    since: str
    iso: str

    @classmethod
    def of(cls, notice: Notice) -> Dated:
        if notice.date is None:
            return cls(notice, "", "", "")
        words = date_in_words(notice.date)
        since = {
            DateMeans.IN_FORCE: _("In force from %(date)s."),
            DateMeans.LAST_UPDATED: _("Last updated %(date)s."),
            DateMeans.RELEASED: _("Released %(date)s."),
        }[notice.date_means]
        return cls(notice, words, since % {"date": words}, notice.date)

    @property
    def is_privacy(self) -> bool:
        """Whether it is a privacy policy: what people look for the whole text of."""
        return self.notice.kind is NoticeKind.PRIVACY

    @property
    def changes(self) -> list[Change]:
        """What changed, newest first."""
        return [Change(date_in_words(change.date), change.sentence) for change in self.notice.changes]


def main_policy(organisation: Organisation) -> Dated | None:
    """The privacy policy; None where the organisation publishes none."""
    notices = _by_importance(organisation.notices)
    return Dated.of(notices[0]) if notices and notices[0].kind is NoticeKind.PRIVACY else None


def all_notices(organisation: Organisation) -> list[Dated]:
    """Every published notice, the privacy policy first."""
    return [Dated.of(notice) for notice in _by_importance(organisation.notices)]


def date_in_words(partial: str) -> str:
    """``2018-06-21`` as "21 June 2018", ``2020-02`` as "February 2020", ``2020`` as it is."""
    known = [int(part) for part in partial.split("-")]
    day = date(*[*known, 1, 1][:3])
    return date_format(day, {1: "Y", 2: "F Y", 3: "j F Y"}[len(known)])


def _by_importance(notices: Mapping[str, Notice]) -> list[Notice]:
    def rank(item: tuple[str, Notice]) -> tuple[bool, bool]:
        code, notice = item
        return (code != "privacy", notice.kind is not NoticeKind.PRIVACY)

    return [notice for _code, notice in sorted(notices.items(), key=rank)]
