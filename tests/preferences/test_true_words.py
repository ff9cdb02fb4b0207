"""What the pages say of law and of ourselves is so, whatever file is loaded."""

from __future__ import annotations

import re

import pytest

from consent.preferences import catalogue
from consent.preferences.flows import stopping
from portal.organisation.schema import Basis, PurposeKind
from portal.organisation.versions import Current
from portal.outbox import keeping
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import FIVE, Visitor, own_page, preferences_link, unsubscribe_link

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_form_where_one_ticks_speaks_of_consent_alone(organisation: Current, visitor: Visitor) -> None:
    text = visitor.see("/subscribe/")
    assert "On your consent, which you can withdraw at any time" in text
    offered = [
        organisation.organisation.purposes[one.code].basis for one in catalogue.offered(organisation.organisation)
    ]
    assert ("here only your yes counts, also for topics" in text) is (set(offered) != {Basis.CONSENT})
    assert "on our legitimate interests" not in text
    marketing = [one for one in organisation.organisation.purposes.values() if one.kind is PurposeKind.MARKETING]
    assert {catalogue.note_on_form(one).endswith("Marketing: only if you say yes.") for one in marketing} == {True}


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_typing_an_address_promises_no_mail_that_may_stop_too(organisation: Current, visitor: Visitor) -> None:
    text = visitor.see("/unsubscribe/")
    assert "about an order" not in text
    assert "What may still come, when you need it" in text


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
def test_what_comes_when_needed_is_not_called_unstoppable(organisation: Current, visitor: Visitor) -> None:
    assert "until you tell us to stop" in str(organisation.organisation.service_mails["applications"].sentence)


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_sign_up_page_says_who_asks_and_what_for(organisation: Current, visitor: Visitor) -> None:
    for path in ("/account/signup/", "/subscribe/"):
        text = visitor.see(path)
        for fact in ("Your data, in short", "Who we are", "What for", "How long", "Your rights"):
            assert fact in text
        controller = organisation.organisation.controller
        assert f"Who we are {', '.join((controller.legal_name, *controller.address))}. {controller.email}" in text


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_form_says_how_long_an_address_is_kept_as_the_mails_do(organisation: Current, visitor: Visitor) -> None:
    said = keeping.address(organisation.organisation, until_stopped=True)
    assert said.startswith("You get these mails until you stop them. We keep your address")
    assert str(organisation.organisation.retention["contacts"].reason) in said
    assert said in visitor.see("/subscribe/")


def test_an_account_promises_no_page_that_is_not_there(visitor: Visitor) -> None:
    assert "what we hold about you" not in visitor.see("/account/signup/")
    assert "see your data" not in visitor.see("/account/login/")
    assert visitor.see("/account/signup/").count("What may we send you?") == 1


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_our_choice_is_explained_where_it_is_said(organisation: Current, visitor: Visitor, marek: ContactPoint) -> None:
    for path in ("/", preferences_link(marek)):
        page = visitor.client.get(path).content.decode()
        said = page.count('href="#our-choice"')
        assert page.count('id="our-choice"') == (1 if said else 0)
        assert page.count("* Not from our policy") == (1 if said else 0)
        assert not re.search(r'class="star[^>]* title=', page)


def test_our_choice_is_said_somewhere(visitor: Visitor) -> None:
    assert 'href="#our-choice"' in visitor.client.get("/").content.decode()


def test_a_link_with_nothing_on_offers_nothing_to_switch_off(visitor: Visitor, marek: ContactPoint) -> None:
    stopping.stop_everything(marek.subject, own_page())
    stopping.stop_topic(marek.subject, "forum-answers", own_page())
    text = visitor.see(preferences_link(marek))
    assert "No topic comes to you, so there is nothing to switch off." in text
    assert "Switch off what you no longer want" not in text
    assert "Save my choices" not in text
    assert 'value="stop"' not in visitor.client.get(preferences_link(marek)).content.decode()


def test_where_all_marketing_is_stopped_nobody_is_asked_to_stop_it(visitor: Visitor, marek: ContactPoint) -> None:
    assert 'value="stop"' in visitor.client.get(preferences_link(marek)).content.decode()
    stopping.stop_everything(marek.subject, own_page())
    page = visitor.client.get(preferences_link(marek)).content.decode()
    assert "All marketing to you is stopped." in page
    assert "Save my choices" in page, "answers in the forum are no marketing, and still on"
    assert 'value="stop"' not in page
    assert "Both count at once." not in page


def test_the_link_that_stops_all_says_when_all_is_stopped(visitor: Visitor, marek: ContactPoint) -> None:
    for link in (unsubscribe_link(marek), unsubscribe_link(marek, "newsletter")):
        assert "Nothing has changed yet." in visitor.see(link)
    stopping.stop_everything(marek.subject, own_page())
    for link, heading in (
        (unsubscribe_link(marek), "All marketing: already stopped"),
        (unsubscribe_link(marek, "newsletter"), "Open-E Newsletter: already stopped"),
    ):
        text = visitor.see(link)
        assert heading in text
        assert "No marketing comes to you, in any way. There is nothing left to press." in text
        assert "Nothing has changed yet." not in text
        assert "What each button does" not in text
        assert "Choose topics again at any time, and confirm by mail." in text
        assert 'name="stop"' not in visitor.client.get(link).content.decode()


def test_a_notice_can_still_be_stopped_by_its_link(visitor: Visitor, marek: ContactPoint) -> None:
    stopping.stop_everything(marek.subject, own_page())
    page = visitor.client.get(unsubscribe_link(marek, "forum-answers"))
    assert 'value="topic"' in page.content.decode()
    assert 'value="marketing"' not in page.content.decode()
    assert "What the button does" in page.content.decode()


def test_what_the_buttons_do_is_said_of_as_many_as_there_are(visitor: Visitor, marek: ContactPoint) -> None:
    two, one = visitor.see(unsubscribe_link(marek, "newsletter")), visitor.see(unsubscribe_link(marek))
    assert "What each button does" in two
    assert "Either way" in two
    assert "What the button does" in one
    assert "Either way" not in one
    assert "Afterwards Some mails may still come" in one


def test_a_link_with_something_on_offers_to_save(visitor: Visitor, marek: ContactPoint) -> None:
    assert "Save my choices" in visitor.see(preferences_link(marek))


def test_a_notice_nobody_decided_about_is_not_called_switched_off(
    visitor: Visitor, marek: ContactPoint, organisation: Current
) -> None:
    from tests.preferences.conftest import subscribed

    stranger = subscribed("priya@staff.example", "newsletter")
    text = visitor.see(preferences_link(stranger))
    assert "You have not asked for this, so nothing comes." in text
    assert "This is switched off." not in text


def test_the_page_for_a_password_code_leads_to_another_code(visitor: Visitor) -> None:
    page = visitor.client.post("/account/password/reset/", {"email": "priya@staff.example"}, follow=True)
    assert "Ask for a new code" in visitor.text(page)
    assert 'href="/account/password/reset/"' in page.content.decode()
