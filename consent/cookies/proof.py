"""The proof of one browser's choices: each with the words and the register that were on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from consent.cookies import register, wording
from consent.cookies.models import Browser, Choice
from consent.cookies.page import Row
from consent.ledger.texts import digest_of
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.schema import CookieCategory, Organisation


@dataclass(frozen=True, slots=True)
class Asked:
    """A category as it was offered, what was answered, and the cookies it stood for."""

    category: CookieCategory
    note: str
    allowed: bool
    cookies: list[Row]


@dataclass(frozen=True, slots=True)
class Proven:
    """One choice. ``site`` is the name the site had then.

    ``unaltered`` says that the stored words still have the fingerprint that the choice names, and ``same_register``
    that the version has the one it was applied with.
    """

    choice: Choice
    version: OrganisationVersion
    site: str
    asked: list[Asked]
    unaltered: bool
    same_register: bool


def of(browser: Browser) -> list[Proven]:
    """Everything that is kept about a browser, the latest choice first."""
    rows = browser.choices.select_related("text", "organisation_version").order_by("-id")
    return [_proven(choice) for choice in rows]


def _proven(choice: Choice) -> Proven:
    text: Any = choice.text
    version: OrganisationVersion = choice.organisation_version
    organisation = versions.get(version.pk).organisation
    return Proven(
        choice=choice,
        version=version,
        site=register.title(organisation, choice.site),
        asked=_asked(choice, organisation),
        unaltered=digest_of(text.language, text.body) == choice.text_id,
        same_register=sha256(version.content.encode()).hexdigest() == version.digest,
    )


def _asked(choice: Choice, organisation: Organisation) -> list[Asked]:
    cookies = organisation.cookies.cookies.values()
    return [
        Asked(
            one,
            wording.rule_note(one),
            code in choice.allowed,
            [Row.of(each) for each in cookies if each.category == code],
        )
        for code, one in register.optional(organisation, choice.site).items()
    ]
