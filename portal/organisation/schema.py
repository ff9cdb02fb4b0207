"""The organisation file as types: what one controller promises, checked key by key.

Reading is strict: an unknown key, a wrong type or a reference to nothing is an error
(``portal.organisation.loader`` turns it into file, table, key and remedy). All texts that people read are
:class:`Words`: one sentence, or one per language.
"""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """Lawful bases: Article 6(1)(a) to (f) UK/EU GDPR, and (ea) of the UK GDPR since 2026."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    RECOGNISED_LEGITIMATE_INTERESTS = "recognised_legitimate_interests"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class PurposeKind(StrEnum):
    """What mails for a purpose are: ``marketing`` obeys every stop, ``notice`` has its own switch
    and survives "stop all marketing", ``service`` has none, ``internal`` sends nothing."""

    MARKETING = "marketing"
    NOTICE = "notice"
    SERVICE = "service"
    INTERNAL = "internal"
