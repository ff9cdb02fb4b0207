"""Registers and browsers as they seldom are: empty categories, objections, a signal that came later, strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import User
from consent.cookies import browsers, choice_cookie, documents, flows, register
from consent.cookies.choice_cookie import Credentials, Remembered, written
from consent.cookies.flows import NotYours, Save
from consent.cookies.models import Browser, Choice
from consent.cookies.vocabulary import Means
from consent.ledger.texts import Shown
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
    kept = OrganisationVersion.objects.get()
    kept.pk, kept.number = None, 3
    kept.save(force_insert=True)

    answer = visitor.press("all", version=2)

    assert answer.status_code == 400
    assert not Browser.objects.exists()


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
@pytest.mark.parametrize("name", ["_ga_(1)", "_ga_[1]", "_ga_a/b", "_ga_é", "_ga_a b", '_ga_"q'])
def test_a_cookie_whose_name_no_server_may_set_does_not_stop_a_refusal(visitor: Visitor, name: str) -> None:
    answer = visitor.client.post(
        "/cookies/", {"do": "none", **visitor.hidden()}, headers={"Cookie": f"{name}=1; _ga_2=1"}
    )

    assert answer.status_code == 302
    assert answer.cookies["choices"].value == "refused.1."
    assert answer.cookies["_ga_2"]["max-age"] == 0


def test_a_version_that_is_still_to_come_was_on_no_screen(visitor: Visitor) -> None:
    visitor.client.cookies["choices"] = written(Remembered(2, frozenset({"analytics"}), Credentials.drawn()))

    assert visitor.is_asked()


def test_who_reads_the_record_of_a_press_does_not_become_the_browser(visitor: Visitor) -> None:
    visitor.press("all")
    kept = Choice.objects.get()
    reader = Visitor()

    reader.client.post("/cookies/", {**reader.hidden(), "do": "all", "key": kept.key})

    assert reader.remembered
    assert reader.remembered.credentials
    assert reader.remembered.credentials.reference != kept.browser_id


@pytest.mark.django_db(transaction=True)
def test_a_press_while_its_browser_is_taken_out_begins_a_new_record(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, words = Credentials.drawn(), register.shown
    first = Save(site="portal", version=1, choices={"analytics": True}, means=Means.FORM, key="1", credentials=who)
    flows.save(first)

    def taken_out_meanwhile(current: Current, site: str, *, signal: bool) -> Shown:
        monkeypatch.undo()
        flows.remove(who)
        return words(current, site, signal=signal)

    monkeypatch.setattr(register, "shown", taken_out_meanwhile)
    flows.save(replace(first, key="2"))

    assert Choice.objects.get().key == "2"


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
