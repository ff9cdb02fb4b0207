"""A request whose time is over goes whole, its files on disk with it; one that is gone already hinders nothing."""

import pytest

from dsar.files import vault
from dsar.models import Attachment, Event, Request
from dsar.vocabulary import Happening, Matter, Outcome, Party, State
from portal.organisation import versions
from portal.retention.models import Part
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]


@pytest.fixture
def attached(organisation: versions.Current) -> Attachment:
    """A letter in a request that was closed seven years ago; such are kept for six."""
    scene.approve("requests")
    closed = years_ago(7)
    request = Request.objects.create(
        matter=Matter.ACCESS, state=State.CLOSED, outcome=Outcome.FULFILLED, subject=scene.person().subject,
        organisation_version_id=organisation.id, closed_at=closed, received_at=closed,
    )  # fmt: skip
    event = request.events.create(kind=Happening.RECEIVED, party=Party.PERSON, at=closed, recorded_at=closed)
    stored_as = vault.keep(vault.Area.ATTACHMENTS, b"Dear all")
    return Attachment.objects.create(
        request=request, event=event, party=Party.PERSON, name="letter.txt", content_type="text/plain", size=8,
        stored_as=stored_as,
    )  # fmt: skip


def test_the_file_is_destroyed_once_the_rows_are_gone(attached: Attachment) -> None:
    scene.expire()
    assert [model.objects.count() for model in (Request, Event, Attachment)] == [0, 0, 0]
    with pytest.raises(vault.Gone):
        vault.read(vault.Area.ATTACHMENTS, attached.stored_as)
    counts = Part.objects.get(holding="dsar.Request", rule="requests").counts
    assert counts == {"dsar.Request": 1, "dsar.Event": 1, "dsar.Attachment": 1}


def test_a_file_that_is_gone_already_hinders_nothing(attached: Attachment) -> None:
    vault.destroy(vault.Area.ATTACHMENTS, attached.stored_as)
    scene.expire()
    assert not Request.objects.exists()


def test_a_request_on_hold_keeps_its_letters(attached: Attachment) -> None:
    scene.hold(attached.request)
    scene.expire()
    assert vault.read(vault.Area.ATTACHMENTS, attached.stored_as) == b"Dear all"
    assert Part.objects.get(holding="dsar.Request", rule="requests").held == 1


def test_so_does_a_letter_on_hold(attached: Attachment) -> None:
    scene.hold(attached)
    scene.expire()
    assert Request.objects.exists()
