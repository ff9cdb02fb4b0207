"""Joan, a customer, and Marek, a prospect, as the ledger meets them: by mail, from the website."""

import pytest

from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import JOAN, MAREK, reach


@pytest.fixture
def joans_mail(organisation: Current) -> ContactPoint:
    return reach(JOAN, "website")


@pytest.fixture
def joan(joans_mail: ContactPoint) -> Subject:
    return joans_mail.subject


@pytest.fixture
def mareks_mail(organisation: Current) -> ContactPoint:
    return reach(MAREK, "website")


@pytest.fixture
def marek(mareks_mail: ContactPoint) -> Subject:
    return mareks_mail.subject
