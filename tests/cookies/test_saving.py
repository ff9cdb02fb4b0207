"""A press in the banner: kept for a browser that allowed something, counted for one that refused."""

import pytest

from consent.cookies import flows, register
from consent.cookies.choice_cookie import Credentials, new_key
from consent.cookies.flows import NotYours, Save, UnknownCategory, save
from consent.cookies.models import Browser, Choice, Refusals, Removal
from consent.cookies.vocabulary import Means, Method
from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db


def press(current: Current, **other: object) -> Save:
    values = {
        "site": "portal",
        "version": current.number,
        "choices": {"analytics": True},
        "means": Means.FORM,
        "key": new_key(),
        "path": "/subscribe/?mail=joan",
    }
    return Save(**{**values, **other})  # type: ignore[arg-type]  # the test's own values


def test_what_was_allowed_is_kept_with_the_words_and_the_register(organisation: Current) -> None:
    said = save(press(organisation))

    assert said.credentials
    choice = Choice.objects.get()
    assert choice.browser_id == said.credentials.reference
    assert (choice.allowed, choice.refused) == (["analytics"], ["functionality", "sharing"])
    assert choice.method == Method.CHOSEN
    assert choice.organisation_version_id == organisation.id
    assert str(organisation.organisation.cookies.sentence) in choice.text.body
    assert choice.path == "/subscribe/"
    assert said.credentials.secret not in str(vars(Browser.objects.get()))


def test_a_refuser_is_counted_and_leaves_no_row(organisation: Current) -> None:
    refusal = press(organisation, choices={})

    first, again = save(refusal), save(refusal)

    assert first == again
    assert first.credentials is None
    assert not Browser.objects.exists()
    assert sum(Refusals.objects.values_list("count", flat=True)) == 1


def test_the_same_press_sent_again_is_one_row(organisation: Current) -> None:
    twice = press(organisation, credentials=Credentials.drawn())

    assert save(twice) == save(twice)

    assert Choice.objects.count() == 1


def test_who_takes_everything_back_has_a_row_that_says_so_and_a_cookie_without_a_name(organisation: Current) -> None:
    chosen = save(press(organisation))

    withdrawn = save(press(organisation, choices={}, credentials=chosen.credentials))

    assert withdrawn.credentials is None
    assert list(Choice.objects.order_by("id").values_list("method", flat=True)) == [Method.CHOSEN, Method.WITHDRAWN]


def test_a_reference_with_another_secret_writes_nothing(organisation: Current) -> None:
    chosen = save(press(organisation)).credentials
    assert chosen
    forged = Credentials(chosen.reference, new_key())

    with pytest.raises(NotYours):
        save(press(organisation, credentials=forged))
    with pytest.raises(NotYours):
        flows.latest(forged)
    with pytest.raises(NotYours):
        flows.latest(Credentials.drawn())

    assert Choice.objects.count() == 1


def test_a_category_or_a_site_nobody_offers_is_refused(organisation: Current) -> None:
    with pytest.raises(UnknownCategory):
        save(press(organisation, choices={"essential": True}))
    with pytest.raises(register.UnknownSite):
        save(press(organisation, site="elsewhere"))

    assert not Browser.objects.exists()


def test_what_a_visitor_takes_out_is_gone_and_leaves_a_number(organisation: Current) -> None:
    chosen = save(press(organisation)).credentials
    assert chosen

    assert flows.remove(chosen) == 1

    assert not Choice.objects.exists()
    assert not Browser.objects.exists()
    removal = Removal.objects.get()
    assert (removal.reference, removal.choices) == ("", 1)
