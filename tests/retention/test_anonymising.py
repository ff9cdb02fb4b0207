"""A rule may say that rows become nobody's: what leads to the person goes for good, the rest stays."""

from datetime import datetime

import pytest

from consent.cookies.models import Browser, Choice
from consent.ledger.texts import Shown, keep
from portal.organisation import loader, versions
from portal.organisation.schema import RetentionAction
from portal.personal_data import registry
from portal.retention.models import Deletion, Part
from portal.subjects.models import Subject
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["open-e"], indirect=True)]


@pytest.fixture(autouse=True)
def _rule(organisation: versions.Current) -> None:
    """The choices of browsers are made anonymous."""
    file = organisation.organisation
    rule = file.retention["cookie_choices"].model_copy(update={"action": RetentionAction.ANONYMISE})
    loader.apply(file.model_copy(update={"retention": {**file.retention, "cookie_choices": rule}}))
    scene.approve("cookie_choices")


def browser(reference: str, chosen: datetime, whose: Subject) -> Browser:
    """A browser of somebody's that chose then."""
    text = Shown("en-gb", "May we?")
    keep([text])
    made = Browser.objects.create(
        reference=reference, secret_hash="e" * 64, subject=whose, linked_at=chosen, created_at=chosen
    )
    Choice.objects.create(
        browser=made, key="1", site="here", organisation_version_id=versions.current().id, text_id=text.digest,
        method="chosen", means="page", language="en-gb", recorded_at=chosen,
    )  # fmt: skip
    return made


def test_a_browser_becomes_nobodys_and_its_choices_stay_to_be_counted() -> None:
    joan = scene.person().subject
    old, young = browser("old", years_ago(9), joan), browser("young", years_ago(0), joan)
    scene.expire()
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.subject, old.linked_at, old.secret_hash) == (None, None, "")
    assert young.subject == joan
    assert Choice.objects.count() == 2
    holding = registry.holding_of(Browser)
    assert list(registry.rows_of(holding, joan)) == [young]


def test_it_is_done_once_and_on_record() -> None:
    browser("old", years_ago(9), scene.person().subject)
    scene.expire()
    assert Deletion.objects.get().action == "anonymise"
    scene.expire()
    assert list(Part.objects.filter(holding="consent_cookies.Browser").values_list("removed", flat=True)) == [1, 0]
