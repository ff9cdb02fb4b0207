"""Addresses shown to somebody who may not be their owner: enough to recognise, too little to learn."""

from __future__ import annotations

from portal.subjects.models import Channel

DOTS = "•••"


def masked(address: str, channel: str | None = None) -> str:
    """``joan.archer@example.org`` → ``j•••@example.org``; of a number the last two digits; of a postal address nothing.

    Without ``channel`` an address with @ is taken for e-mail. Takes any string, valid address or not.
    """
    if channel is None:
        channel = Channel.EMAIL if "@" in address else Channel.PHONE
    match channel:
        case Channel.EMAIL:
            local_part, _at, domain = address.rpartition("@")
            initial = local_part[:1] if local_part[:1].isalnum() else ""
            return f"{initial}{DOTS}@{domain}" if domain.isprintable() and domain else DOTS
        case Channel.SMS | Channel.PHONE:
            digits = "".join(character for character in address if character.isdecimal())
            return f"{DOTS}{digits[-2:]}" if len(digits) > 6 else DOTS
        case _:
            return DOTS
