"""On PostgreSQL, where several work at once: a hold waits for what is being deleted, and the next batch sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.directory import key_of
from accounts.models import User
from portal.holds import flows, standing
from portal.holds.models import Hold
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.holds.conftest import free, mail, terms_of

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def meanwhile(do: Callable[[], Any]) -> Iterator[threading.Thread]:
    """``do()`` in a thread with a connection of its own; joined at the end."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(20)
        assert not thread.is_alive()


def wait_for_the_gate() -> None:
    """Until the other one waits for us."""
    asked = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return


def test_a_hold_placed_during_a_batch_waits_and_then_finds_that_the_row_is_gone(
    joan: ContactPoint, priya: User
) -> None:
    row, said = mail(joan), []

    def place() -> None:
        try:
            flows.place(row, terms_of(priya), by=key_of(priya))
        except flows.Refused as refused:
            said.append(refused.message)

    with ExitStack() as after, transaction.atomic():
        standing.freeze()
        after.enter_context(meanwhile(place))
        wait_for_the_gate()
        assert free(Message) == {row.pk}
        Message.objects.filter(pk=row.pk).delete()
    assert said == ["It is not there any more: there is nothing left to hold."]


def test_a_batch_that_begins_while_a_hold_is_placed_waits_and_sees_it(joan: ContactPoint, priya: User) -> None:
    found: list[set[Any]] = []

    def batch() -> None:
        with transaction.atomic():
            standing.freeze()
            found.append(free(ContactPoint))

    with ExitStack() as after, transaction.atomic():
        flows.place(joan.subject, terms_of(priya), by=key_of(priya))
        after.enter_context(meanwhile(batch))
        wait_for_the_gate()
    assert joan.pk not in found[0]
    assert Hold.objects.count() == 1


def test_two_batches_do_not_wait_for_each_other(joan: ContactPoint) -> None:
    with transaction.atomic():
        standing.freeze()
        with meanwhile(batch_of_another_process):
            pass


def batch_of_another_process() -> None:
    with transaction.atomic():
        standing.freeze()


def test_who_deletes_without_a_transaction_is_told(joan: ContactPoint) -> None:
    with pytest.raises(TransactionManagementError):
        standing.freeze()
