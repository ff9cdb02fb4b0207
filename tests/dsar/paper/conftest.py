"""Letters to set on paper: who writes them, and one that is written already."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from accounts import flows as accounts
from accounts.models import User
from dsar.flows import answering, asking, tasks
from dsar.flows.asking import Logged, Wish
from dsar.models import Event, Request, Task
from dsar.vocabulary import Arrival, Happening, Matter, Outcome
from portal.organisation.versions import Current

FIVE: Final = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


def last(request: Request, kind: Happening) -> Event:
    return request.events.filter(kind=kind).latest("pk")


@pytest.fixture
def priya(organisation: Current) -> User:
    """The privacy officer."""
    return accounts.open_account("priya@staff.example", staff=True, groups=("Privacy officer",))


@pytest.fixture
def refused(priya: User) -> Request:
    """Joan wrote a letter, and is refused."""
    wish = Wish(Matter.INFORMED, {"what": "Who sold you my name?"}, name="Joan Archer")
    how = Logged(Arrival.LETTER, date(2026, 3, 2), postal_address="1 High Street\nNorwich NR1 1AA")
    request = asking.log(priya, wish, how)
    for task in Task.objects.filter(request=request):
        tasks.answer(task, priya, "Nothing there.")
    said = answering.Answer(Outcome.REFUSED, "You asked last week.", ("excessive",), "Customer database")
    answering.refuse(request, priya, said)
    return request
