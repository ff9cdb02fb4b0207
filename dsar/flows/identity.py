"""Who asks? Doubted only for a reason that is written down first (Article 12(6)); proofs go when it is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar.files import vault
from dsar.files.inspection import Inspected
from dsar.files.limits import MOST_FILES_OF_REQUEST
from dsar.flows import effects, steps
from dsar.flows.steps import By, Refused
from dsar.models import IdentityCheck, IdentityDocument, Request
from dsar.transitions import Step
from dsar.vocabulary import Happening, Party
from portal.database import ClockTimestamp
from portal.organisation import versions
from portal.organisation.schema import Identity

KEPT_AT_MOST: Final = timedelta(days=30)
"""After this the documents of a check go whatever became of it: who looks at them has had the time."""
Method = IdentityCheck.Method


@dataclass(frozen=True)
class Doubt:
    """Why staff doubt, and how it may be settled. ``documents`` are among those that the organisation file permits."""

    why: str
    method: IdentityCheck.Method
    documents: Sequence[str] = ()
    certified: bool = False


def permitted(request: Request) -> Identity:
    """What the organisation's policy lets be asked for."""
    return versions.get(request.organisation_version_id).organisation.rights.identity


def ask(request: Request, user: User, doubt: Doubt) -> IdentityCheck:
    """Record the doubt, then ask. Raises :class:`Refused` without a reason, or for more than is permitted."""
    _refuse_too_much(doubt, permitted(request))
    with transaction.atomic():
        steps.lock_for(request, Step.ASK_IDENTITY, steps.staff(user))
        check = _opened(request, user, doubt, IdentityCheck.About.IDENTITY)
        facts = {"check": check.pk, "method": doubt.method, "documents": list(doubt.documents)}
        steps.take(request, Step.ASK_IDENTITY, steps.staff(user), facts=facts)
    return check


def ask_authority(request: Request, by: By) -> IdentityCheck:
    """Ask who acts for somebody to show that they may; the person's own identity is another question."""
    doubt = Doubt(_("Asks for somebody else."), Method.DOCUMENT)
    with transaction.atomic():
        steps.lock_for(request, Step.ASK_AUTHORITY, by)
        check = _opened(request, by.staff, doubt, IdentityCheck.About.AUTHORITY)
        steps.take(request, Step.ASK_AUTHORITY, by, facts={"check": check.pk, "method": doubt.method})
    return check


def hand_in(request: Request, files: Sequence[Inspected]) -> None:
    """The person uploads what was asked for. The time starts with it, not with staff's look at it.

    Raises :class:`Refused` where nothing is asked for, or no document is.
    """
    if not files:
        raise Refused(_("Choose a file."))
    with transaction.atomic():
        steps.lock(request)
        check = open_check(request)
        if check is None or check.method != Method.DOCUMENT:
            raise Refused(_("We do not need a document from you."))
        _keep(check, files)
        _arrived(request, check, steps.PERSON, _("Uploaded here"), None)


def answer(request: Request, words: str) -> None:
    """The person answers what only they can answer. The answer is a proof: kept as one, and destroyed as one.

    Raises :class:`Refused` where nothing is asked, and without words.
    """
    if not words.strip():
        raise Refused(_("Write your answer."))
    with transaction.atomic():
        steps.lock(request)
        check = open_check(request)
        if check is None or check.method != Method.QUESTION:
            raise Refused(_("We have no question for you."))
        _keep(check, [Inspected("answer.txt", "text/plain", words.encode())])
        _arrived(request, check, steps.PERSON, _("Answered here"), None)


def arrived(request: Request, user: User, what: str, at: datetime | None = None) -> None:
    """Staff record what came by post, or was shown in person, with its true moment."""
    with transaction.atomic():
        steps.lock(request)
        check = open_check(request)
        if check is None:
            raise Refused(_("Nothing was asked for."))
        _arrived(request, check, steps.staff(user), what, at)


def settle(request: Request, user: User, *, shown: bool, words: str = "") -> None:
    """Staff decide; the documents are destroyed with it. Not shown ends the request. Raises :class:`Refused`."""
    with transaction.atomic():
        steps.lock(request)
        check = open_check(request)
        if check is None:
            raise Refused(_("There is no open check."))
        if shown and check.received_at is None:
            raise Refused(_("Write down first what arrived, and when."))
        check.result, check.verified_by = (
            (IdentityCheck.Result.SHOWN if shown else IdentityCheck.Result.NOT_SHOWN),
            user,
        )
        check.settled_at = ClockTimestamp()
        check.save(update_fields=["result", "verified_by", "settled_at"])
        authority = check.about == IdentityCheck.About.AUTHORITY
        settled = Step.AUTHORITY_SHOWN if authority else Step.IDENTITY_SHOWN
        step = settled if shown else Step.IDENTITY_FAILED
        steps.take(request, step, steps.staff(user), facts={"check": check.pk}, words=words)
        if shown:
            effects.start(request)
        destroy_documents(check)
    effects.settle(request)


def open_check(request: Request) -> IdentityCheck | None:
    """The check that is not settled yet."""
    return IdentityCheck.objects.filter(request=request, settled_at=None).first()


def look_at(document: IdentityDocument, user: User) -> bytes:
    """The bytes of a proof, for who checks it; that they looked is on the timeline, which the person is not shown.

    Raises :class:`dsar.files.vault.Gone` and :class:`dsar.files.vault.Unreadable`.
    """
    data = vault.read(vault.Area.IDENTITY, document.stored_as)
    facts = {"proof": str(document.pk), "check": document.check_of_id}
    steps.note(document.check_of.request, Happening.DOWNLOADED, steps.staff(user), facts=facts, shown=False)
    return data


def destroy_documents(check: IdentityCheck) -> int:
    """Destroy the documents of a check, rows and files; method, dates, verifier and result stay. Returns how many.

    The files go once the rows are gone for good: a file without a row is swept, a row without a file would lie.
    """
    documents = list(check.files.all())
    names = [document.stored_as for document in documents]
    check.files.all().delete()
    transaction.on_commit(lambda: [vault.destroy(vault.Area.IDENTITY, name) for name in names])
    return len(documents)


def destroy_old_documents(now: datetime) -> int:
    """Documents older than :data:`KEPT_AT_MOST`, or of a request that ended meanwhile; returns how many went."""
    gone = 0
    for check in IdentityCheck.objects.filter(files__isnull=False).distinct().select_related("request"):
        oldest = min(document.created_at for document in check.files.all())
        if check.settled_at is not None or check.request.closed_at is not None or oldest < now - KEPT_AT_MOST:
            with transaction.atomic():
                gone += destroy_documents(check)
    return gone


def sweep_files() -> int:
    """Take away bytes that no document names, left by a transaction that failed; returns how many files."""
    return vault.sweep(vault.Area.IDENTITY, set(IdentityDocument.objects.values_list("stored_as", flat=True)))


@steps.on_close
def abandon(request: Request) -> None:
    """A request that ends ends its check, and the documents go."""
    for check in IdentityCheck.objects.filter(request=request, settled_at=None):
        IdentityCheck.objects.filter(pk=check.pk).update(
            settled_at=ClockTimestamp(), result=IdentityCheck.Result.NOT_SHOWN
        )
        destroy_documents(check)


def _keep(check: IdentityCheck, files: Sequence[Inspected]) -> None:
    if check.files.count() + len(files) > MOST_FILES_OF_REQUEST:
        raise Refused(_("There are too many files with this request already."))
    for file in files:
        stored_as = vault.keep(vault.Area.IDENTITY, file.data)
        IdentityDocument.objects.create(
            check_of=check, name=file.name, content_type=file.content_type, size=len(file.data), stored_as=stored_as
        )


def _opened(request: Request, user: User | None, doubt: Doubt, about: IdentityCheck.About) -> IdentityCheck:
    if not doubt.why.strip():
        raise Refused(_("Write first why you doubt who asks."))
    return IdentityCheck.objects.create(
        request=request, about=about, doubt=doubt.why, method=doubt.method, documents=list(doubt.documents),
        certified=doubt.certified, opened_by=user,
    )  # fmt: skip


def _refuse_too_much(doubt: Doubt, policy: Identity) -> None:
    if doubt.documents and not set(doubt.documents) <= set(policy.documents):
        raise Refused(_("The policy does not permit this document to be asked for."))
    if doubt.method in {Method.DOCUMENT, Method.POST} and not doubt.documents:
        raise Refused(_("Choose which document, among those the policy permits."))
    if doubt.method == Method.POST and not policy.by_post:
        raise Refused(_("The policy does not ask for papers by post."))
    if doubt.certified and not policy.certified:
        raise Refused(_("The policy does not ask for certified copies."))


def _arrived(request: Request, check: IdentityCheck, by: By, what: str, at: datetime | None) -> None:
    authority = check.about == IdentityCheck.About.AUTHORITY
    step = Step.AUTHORITY_ARRIVED if authority else Step.IDENTITY_ARRIVED
    event = steps.take(
        request, step, by, at=at, facts={"check": check.pk}, words=what if by.party is Party.STAFF else ""
    )
    check.received = f"{check.received}\n{what}".strip()
    check.received_at = check.received_at or event.at
    check.save(update_fields=["received", "received_at"])
