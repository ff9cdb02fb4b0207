"""The conversation about a request: messages both ways, files both ways, notes that staff keep to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import addresses
from accounts.models import User
from dsar import letters
from dsar.files import vault
from dsar.files.inspection import Inspected
from dsar.files.limits import MOST_FILES_OF_REQUEST
from dsar.flows import steps
from dsar.flows.steps import PERSON, Refused
from dsar.models import Attachment, Event, Request
from dsar.transitions import Step
from dsar.vocabulary import Happening, Party, State
from portal.outbox import flows as outbox
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint

LONGEST = 10_000
"""Characters of a message."""
DESK: Final = "desk"
"""Where an address of the organisation's own is known from; no file lists it, so no marketing may go there."""


def write(request: Request, words: str, files: Sequence[Inspected] = ()) -> Event:
    """The person writes. While we wait for an explanation, this is it. Raises :class:`Refused` once it is over."""
    _refuse_empty(words, files)
    with transaction.atomic():
        steps.lock(request)
        if not steps.is_open(request):
            raise Refused(_("This request is closed. Make a new one, or complain about the answer."))
        if request.state == State.CLARIFICATION_PAUSED:
            event = steps.take(request, Step.CLARIFY, PERSON, words=words)
        else:
            event = steps.note(request, Happening.LETTER, PERSON, words=words)
        attach(request, event, files, Party.PERSON)
        if request.assignee is not None:
            write_to_staff("answered", request.assignee, request, event)
    return event


def reply(request: Request, user: User, words: str, files: Sequence[Inspected] = ()) -> Event:
    """Staff write to the person, who is mailed that there is a message, and what it says.

    Raises :class:`Refused` where nobody showed that they read the address: it may be a stranger's.
    """
    _refuse_empty(words, files)
    with transaction.atomic():
        steps.lock(request)
        if request.verified_at is None:
            raise Refused(_("Nobody has shown yet that they read this address, so nothing is written to it."))
        event = steps.note(request, Happening.LETTER, steps.staff(user), words=words)
        attach(request, event, files, Party.STAFF)
        steps.tell(request, "message", event)
    return event


def keep_note(request: Request, user: User, words: str, files: Sequence[Inspected] = ()) -> Event:
    """Staff write something down that the person is not shown here. It is personal data all the same."""
    _refuse_empty(words, files)
    with transaction.atomic():
        event = steps.note(request, Happening.NOTE, steps.staff(user), words=words, shown=False)
        attach(request, event, files, Party.STAFF, shown=False)
    return event


def attach(
    request: Request, event: Event, files: Sequence[Inspected], party: Party, *, shown: bool = True
) -> list[Attachment]:
    """Keep files with what they came with, in the caller's transaction. Raises :class:`Refused` for too many.

    A transaction that fails later leaves encrypted bytes that nothing names; :func:`sweep_files` takes them away.
    """
    if Attachment.objects.filter(request=request).count() + len(files) > MOST_FILES_OF_REQUEST:
        raise Refused(_("There are too many files with this request already."))
    return [
        Attachment.objects.create(
            request=request, event=event, party=party, shown=shown, name=file.name, content_type=file.content_type,
            size=len(file.data), stored_as=vault.keep(vault.Area.ATTACHMENTS, file.data),
        )
        for file in files
    ]  # fmt: skip


def download(attachment: Attachment, by: steps.By) -> bytes:
    """The bytes of a file; each download is on the timeline, and the person is told by mail of one in their name.

    Raises :class:`dsar.files.vault.Gone` and :class:`dsar.files.vault.Unreadable`.
    """
    data = vault.read(vault.Area.ATTACHMENTS, attachment.stored_as)
    facts = {"file": str(attachment.pk), "name": attachment.name}
    theirs = by.party is Party.PERSON
    with transaction.atomic():
        event = steps.note(attachment.request, Happening.DOWNLOADED, by, facts=facts, shown=theirs)
        if theirs:
            steps.tell(attachment.request, "downloaded", event)
    return data


def sweep_files() -> int:
    """Take away bytes that no attachment names, left by a transaction that failed; returns how many files."""
    return vault.sweep(vault.Area.ATTACHMENTS, set(Attachment.objects.values_list("stored_as", flat=True)))


def write_to_staff(letter: str, to: User, request: Request, event: Event) -> None:
    """A mail to a member of staff about a request, in the caller's transaction; it names the reference alone."""
    point = addresses.contact_point_of(to)
    if point is not None:
        outbox.enqueue(letters.kind_code(letter), point, params={"request": str(request.pk), "event": event.pk})


def write_to_desks(letter: str, request: Request, mails: Sequence[tuple[str, Event]]) -> None:
    """The same to addresses that the organisation file names, each about an event; in as many statements for many.

    Each becomes a contact point like any written to.
    """
    desks = _desks({address for address, _event in mails})
    about = [(desks[address], {"request": str(request.pk), "event": event.pk}) for address, event in mails]
    outbox.enqueue_each(letters.kind_code(letter), about)


def _desks(addresses: set[str]) -> dict[str, ContactPoint]:
    identities = {address: people.identity_of(Channel.EMAIL, address) for address in sorted(addresses)}
    found = ContactPoint.objects.current().filter(channel=Channel.EMAIL, identity__in=identities.values())
    known = {point.identity: point for point in found.select_related("subject")} if addresses else {}
    return {
        address: known.get(identity) or people.reach(Channel.EMAIL, address, context=DESK, source=DESK)
        for address, identity in identities.items()
    }


def _refuse_empty(words: str, files: Sequence[Inspected]) -> None:
    if not words.strip() and not files:
        raise Refused(_("Write something, or add a file."))
    if len(words) > LONGEST:
        raise Refused(_("Write at most 10,000 characters, and the rest in a file."))
