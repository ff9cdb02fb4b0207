"""A doubt is written down before anything is asked for, no more is asked than the file permits, proofs go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from dsar.files import vault
from dsar.files.inspection import Inspected
from dsar.flows import asking, identity
from dsar.flows.identity import Doubt
from dsar.flows.steps import Refused
from dsar.models import IdentityCheck, IdentityDocument, Request
from dsar.vocabulary import Matter, Outcome, State
from portal.database import database_now
from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Request]
Method = IdentityCheck.Method
PASSPORT = Inspected("passport.png", "image/png", b"not really a picture")


@pytest.fixture
def doubted(ask: Ask, priya: User) -> Request:
    """Open ECX permits two documents; here one is asked for."""
    request = ask(Matter.ACCESS)
    permitted = identity.permitted(request).documents
    identity.ask(request, priya, Doubt("Another name on the account.", Method.DOCUMENT, permitted[:1]))
    return request


@pytest.mark.parametrize("why", ["", "   "])
def test_without_a_reason_nothing_is_asked_for(ask: Ask, priya: User, why: str) -> None:
    request = ask(Matter.ACCESS)
    with pytest.raises(Refused):
        identity.ask(request, priya, Doubt(why, Method.IN_PERSON))
    request.refresh_from_db()
    assert request.state == State.ACTIVE
    assert not IdentityCheck.objects.exists()


@pytest.mark.parametrize("organisation", ["open-e", "openitio", "openmarket", "opencontact"], indirect=True)
@pytest.mark.parametrize("method", [Method.DOCUMENT, Method.POST])
def test_where_the_policy_lists_no_document_none_can_be_asked_for(ask: Ask, priya: User, method: Method) -> None:
    request = ask(Matter.ACCESS)
    with pytest.raises(Refused):
        identity.ask(request, priya, Doubt("Why", method, ["A passport"]))


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_certified_copies_by_post_where_the_policy_asks_for_them(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    documents = identity.permitted(request).documents
    check = identity.ask(request, priya, Doubt("Why", Method.POST, documents, certified=True))
    assert check.documents == list(documents)
    assert request.promised_due is None


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
@pytest.mark.parametrize("shown", [True, False])
def test_proofs_are_destroyed_when_the_check_is_settled(doubted: Request, priya: User, shown: bool) -> None:
    identity.hand_in(doubted, [PASSPORT])
    document = IdentityDocument.objects.get()
    assert vault.read(vault.Area.IDENTITY, document.stored_as) == PASSPORT.data
    identity.settle(doubted, priya, shown=shown)
    assert not IdentityDocument.objects.exists()
    with pytest.raises(vault.Gone):
        vault.read(vault.Area.IDENTITY, document.stored_as)
    check = IdentityCheck.objects.get()
    assert (check.verified_by, check.method, bool(check.received), bool(check.settled_at)) == (
        priya,
        "document",
        True,
        True,
    )
    assert doubted.outcome == ("" if shown else Outcome.NO_IDENTITY)


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_proofs_go_with_a_request_that_is_withdrawn(doubted: Request) -> None:
    identity.hand_in(doubted, [PASSPORT])
    name = IdentityDocument.objects.get().stored_as
    asking.take_back(doubted)
    assert not IdentityDocument.objects.exists()
    with pytest.raises(vault.Gone):
        vault.read(vault.Area.IDENTITY, name)


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_proofs_nobody_looks_at_go_after_the_set_time(doubted: Request) -> None:
    identity.hand_in(doubted, [PASSPORT])
    assert identity.destroy_old_documents(database_now()) == 0
    later = database_now() + identity.KEPT_AT_MOST + timedelta(minutes=1)
    assert identity.destroy_old_documents(later) == 1
    assert not IdentityDocument.objects.exists()


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_the_time_starts_with_what_arrived_not_with_the_look_at_it(doubted: Request, priya: User) -> None:
    identity.hand_in(doubted, [PASSPORT])
    doubted.refresh_from_db()
    counted = doubted.promised_due
    assert counted is not None
    identity.settle(doubted, priya, shown=True)
    assert doubted.promised_due == counted


def test_nobody_hands_in_what_was_not_asked_for(ask: Ask, organisation: Current) -> None:
    with pytest.raises(Refused):
        identity.hand_in(ask(Matter.ACCESS), [PASSPORT])
    assert not IdentityDocument.objects.exists()
