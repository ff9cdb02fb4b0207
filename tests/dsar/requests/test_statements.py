"""How many statements a request costs, at most: nothing is asked of the database twice.

SAVEPOINT and RELEASE count: without a test around it they are BEGIN and COMMIT.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dsar import codes
from dsar.flows import asking, tasks
from dsar.flows.asking import Wish
from dsar.models import Challenge, Request, Task
from dsar.vocabulary import Happening, Matter
from portal.organisation.versions import Current
from tests.dsar.requests.conftest import MAREK, as_guest, proved

pytestmark = pytest.mark.django_db


@contextmanager
def at_most(most: int) -> Iterator[None]:
    """No more than so many statements inside; says all of them where there are more."""
    with CaptureQueriesContext(connection) as statements:
        yield
    said = [statement["sql"][:150] for statement in statements.captured_queries]
    assert len(said) <= most, "\n".join(said)


@pytest.fixture(autouse=True)
def _owners_were_written_to_before(organisation: Current) -> None:
    """The addresses of other systems are contact points since the first request, which is not this one."""
    proved(as_guest(Matter.ERASURE, "kim.green@example.net"))


def test_a_guests_request_with_its_code_costs_little_more_than_forty(organisation: Current) -> None:
    with at_most(14):
        request = asking.ask_as_guest(MAREK, Wish(Matter.ACCESS))
    code = codes.derive(Challenge.objects.get(request=request))
    with at_most(29):
        assert asking.enter_code(request, code)
    assert request.promised_due is not None
    assert Task.objects.filter(request=request).exists()


def test_asking_signed_in(joan: User) -> None:
    with at_most(28):
        asking.ask_signed_in(joan, Wish(Matter.ACCESS))


@pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)
def test_many_systems_are_asked_in_as_many_statements_as_one(organisation: Current) -> None:
    request = as_guest(Matter.ERASURE)
    with at_most(9):
        made = tasks.ask_systems(request)
    assert len(made) > 1
    lines = request.events.filter(kind=Happening.TASK_MADE)
    assert [line.facts for line in lines] == [{"task": task.pk, "code": task.code} for task in made]
    assert not tasks.ask_systems(request)
    assert Task.objects.filter(request=request).count() == len(made)


def test_what_was_just_asked_is_as_it_stands_in_the_database(organisation: Current) -> None:
    """Nothing is read back after it was written: what the database filled in came with it."""
    asked = as_guest(Matter.ACCESS, name="Marek Nowak")
    stored = Request.objects.get(pk=asked.pk)
    names = [field.attname for field in Request._meta.concrete_fields]
    assert {name: getattr(asked, name) for name in names} == {name: getattr(stored, name) for name in names}


def test_what_was_verified_is_as_it_stands_in_the_database(organisation: Current) -> None:
    asked = as_guest(Matter.ACCESS)
    assert asking.enter_code(asked, codes.derive(Challenge.objects.get(request=asked)))
    stored = Request.objects.get(pk=asked.pk)
    names = [field.attname for field in Request._meta.concrete_fields]
    assert {name: getattr(asked, name) for name in names} == {name: getattr(stored, name) for name in names}
