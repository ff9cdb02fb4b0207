"""Registers and browsers as they seldom are: empty categories, objections, a signal that came later, strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from consent.cookies import browsers, choice_cookie, documents, flows
from consent.cookies.choice_cookie import Credentials
from consent.cookies.flows import NotYours
from consent.cookies.models import Browser
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.versions import Current
from tests.cookies.conftest import Visitor
from tests.preferences.conftest import new_version, person_of

pytestmark = pytest.mark.django_db
GPC = {"Sec-GPC": "1"}


def changed(current: Current, code: str, **keys: object) -> None:
    """A new version in which a category is another."""

    def change(content: dict[str, Any]) -> None:
        content["cookies"]["categories"][code].update(keys)

    new_version(current, change)


def without_cookies_of(code: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        kept = {name: one for name, one in content["cookies"]["cookies"].items() if one["category"] != code}
        content["cookies"]["cookies"] = kept

    return change


def test_a_category_without_cookies_says_so_on_the_page_and_in_the_files(
    visitor: Visitor, organisation: Current
) -> None:
    new_version(organisation, without_cookies_of("analytics"))

    assert "No cookies at present." in visitor.see()
    assert "No cookies at present." in documents.as_html(versions.current())
    assert len(documents.as_pdf(versions.current())) > 10_000


def test_storage_and_transfers_are_said_in_words(visitor: Visitor, organisation: Current) -> None:
    def change(content: dict[str, Any]) -> None:
        more = {"kind": "storage", "transfer": "Goes to the USA, under the standard clauses."}
        content["cookies"]["cookies"]["ads"].update(more)

    new_version(organisation, change)

    page = visitor.see()
    assert "_ads_id kept in the browser’s storage" in page
    assert "Goes to the USA, under the standard clauses." in page


def test_what_only_needs_a_way_to_object_is_on_is_said_and_can_be_switched_off(
    visitor: Visitor, organisation: Current
) -> None:
    changed(organisation, "analytics", rule="objection")

    assert visitor.is_asked("/")
    page = visitor.see()
    assert "You have not chosen on these pages yet. Until you object, this is on: Counting visits." in page
    assert "On unless you object." in page
    visitor.press("none", path="/")

    assert "You said no to everything optional." in visitor.see()


def test_where_the_signal_came_on_after_the_choice_nothing_may_be_left(visitor: Visitor) -> None:
    visitor.press("save", "sharing")

    assert "These pages use nothing optional in this browser." in visitor.see(**GPC)


def test_a_version_that_never_was_saves_nothing(visitor: Visitor, organisation: Current) -> None:
    new_version(organisation, lambda content: content["controller"].update(legal_name="Open-E GmbH"))
    OrganisationVersion.objects.filter(number=2).update(number=3)

    answer = visitor.press("all", version=2)

    assert answer.status_code == 400
    assert not Browser.objects.exists()


def test_a_stranger_can_do_nothing_with_a_reference_alone(visitor: Visitor, joan: User) -> None:
    visitor.press("all")
    reference = Browser.objects.get().pk
    forged = Credentials(reference, choice_cookie.new_key())

    for act in (flows.unlink, flows.keep_apart, flows.remove):
        with pytest.raises(NotYours):
            act(forged)
    with pytest.raises(NotYours):
        flows.link(forged, person_of(joan))
    with pytest.raises(NotYours):
        flows.link(Credentials.drawn(), person_of(joan))
    assert not flows.may_go_on(forged, None)
    assert not flows.is_nobodys(forged)

    browser = Browser.objects.get()
    assert (browser.reference, browser.subject_id, browser.kept_apart_at) == (reference, None, None)


def test_where_nothing_is_known_of_the_page_the_proof_names_none() -> None:
    assert browsers._nameless("/no/such/page?a=b#c") == ""
    assert browsers._nameless("") == ""
    assert browsers._nameless("/unsubscribe/?a=b#c") == "/unsubscribe/"
