"""The link of the confirmation mail: opening it changes nothing, one press counts once, and a later stop voids it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from consent.ledger.models import CircumstancesRecord, Event
from consent.preferences import mails
from consent.preferences.flows import forgetting, stopping
from consent.preferences.models import Confirmation
from portal.database import database_now
from portal.organisation.versions import Current
from portal.outbox import links
from portal.outbox.models import Message
from tests.preferences.conftest import (
    JOAN,
    MAREK,
    Visitor,
    asked,
    last_token,
    new_version,
    on,
    own_page,
    subjects_at,
    subscribed,
    without_topic,
)

pytestmark = pytest.mark.django_db


def url(token: str) -> str:
    return f"/subscribe/confirm/{token}/"


def test_the_page_says_what_will_be_confirmed_and_opening_it_changes_nothing(visitor: Visitor) -> None:
    asked(JOAN, "newsletter", "webinars")
    events = Event.objects.count()
    for method in (visitor.client.get, visitor.client.head, visitor.client.get):
        assert method(url(last_token(JOAN))).status_code == 200
    text = visitor.see(url(last_token(JOAN)))
    assert "Open-E Newsletter, by e-mail" in text
    assert "Webinar Invitations, by e-mail" in text
    assert "Yes, invite me to Open-E webinars." in text
    assert "j•••@example.org" in text
    assert JOAN not in text
    assert Event.objects.count() == events
    assert Confirmation.objects.get().used_at is None


def test_one_press_confirms_what_was_chosen_and_nothing_else(visitor: Visitor) -> None:
    asked(JOAN, "newsletter")
    page = visitor.client.post(url(last_token(JOAN)))
    assert "Done. You are on the list." in visitor.text(page)
    point = subjects_at(JOAN)
    assert on(point) == {"newsletter.email"}
    assert point.proved_at is not None
    confirmed = Event.objects.get(decision="confirmed")
    asked_for = Event.objects.get(decision="granted")
    assert (confirmed.method, confirmed.proved, confirmed.details) == (
        "confirmation_mail",
        True,
        {"grant": asked_for.pk},
    )
    assert confirmed.text == asked_for.text


def test_the_token_is_not_kept_anywhere(visitor: Visitor) -> None:
    confirmation = asked(JOAN, "newsletter")
    token = mails.token_of(confirmation)
    visitor.client.post(url(token))
    kept = [*Confirmation.objects.values(), *Message.objects.values(), *CircumstancesRecord.objects.values()]
    assert token not in str(kept)
    assert confirmation.token_hash == links.hashed(token)


def test_pressing_again_or_going_back_is_answered_alike_and_recorded_once(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    pages = [visitor.text(visitor.client.post(url(token))) for _press in range(3)]
    assert len(set(pages)) == 1
    assert "Done. You are on the list." in pages[0]
    assert Event.objects.filter(decision="confirmed").count() == 1


def test_a_used_link_says_so_when_it_is_opened(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    visitor.client.post(url(token))
    assert "You confirmed this already" in visitor.see(url(token))


def test_a_used_link_pressed_after_a_stop_does_not_bring_it_back(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    visitor.client.post(url(token))
    stopping.stop_everything(subjects_at(JOAN).subject, own_page())
    page = visitor.client.post(url(token))
    assert "You confirmed this already" in visitor.text(page)
    assert "newsletter.email" not in on(subjects_at(JOAN))


@pytest.mark.parametrize("everything", [True, False])
def test_a_stop_after_asking_voids_the_link(visitor: Visitor, everything: bool) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    subject = subjects_at(JOAN).subject
    if everything:
        stopping.stop_everything(subject, own_page(proved=False))
    else:
        stopping.stop_topic(subject, "newsletter", own_page(proved=False))
    for page in (visitor.client.get(url(token)), visitor.client.post(url(token))):
        assert page.status_code == 410
        assert "You stopped this after you asked for it" in visitor.text(page)
    assert "newsletter.email" not in on(subjects_at(JOAN))
    assert not Event.objects.filter(decision="confirmed").exists()


def test_of_two_topics_the_one_stopped_since_is_left_out_by_name(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter", "webinars"))
    stopping.stop_topic(subjects_at(JOAN).subject, "webinars", own_page(proved=False))
    page = visitor.client.post(url(token))
    assert "because you stopped them after you asked: Webinar Invitations." in visitor.text(page)
    assert on(subjects_at(JOAN)) == {"newsletter.email"}


def test_an_expired_link_offers_a_new_one_to_the_same_address(visitor: Visitor) -> None:
    confirmation = asked(JOAN, "newsletter")
    Confirmation.objects.update(expires_at=database_now() - timedelta(seconds=1))
    token = mails.token_of(confirmation)
    for page in (visitor.client.get(url(token)), visitor.client.post(url(token))):
        assert page.status_code == 410
        assert "This link is too old" in visitor.text(page)
        assert "Send me a new link" in visitor.text(page)
    assert not Event.objects.filter(decision="confirmed").exists()
    again = visitor.client.post(url(token), {"do": "again"})
    assert again["Location"] == "/subscribe/asked/"
    assert Message.objects.count() == 2
    assert last_token(JOAN) != token
    visitor.client.post(url(last_token(JOAN)))
    assert "newsletter.email" in on(subjects_at(JOAN))


def test_new_links_are_limited_like_the_form(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    codes = [visitor.client.post(url(token), {"do": "again"}).status_code for _time in range(6)]
    assert codes == [302] * 5 + [429]


@pytest.mark.parametrize("token", ["forged", "A" * 22, "x" * 500, "%00", "é", "..%2f.."])
def test_a_forged_link_has_a_page_with_a_way_on(visitor: Visitor, token: str) -> None:
    for page in (
        visitor.client.get(url(token)),
        visitor.client.post(url(token)),
        visitor.client.post(url(token), {"do": "again"}),
    ):
        assert page.status_code == 404
    assert "We do not know this link" in visitor.see(url("forged"))


def test_links_of_other_purposes_confirm_nothing(visitor: Visitor) -> None:
    asked(JOAN, "newsletter")
    point = subjects_at(JOAN)
    for token in (links.make("unsubscribe", str(point.pk), ""), links.make("preferences", str(point.pk))):
        assert visitor.client.post(url(token)).status_code == 404
    assert not Event.objects.filter(decision="confirmed").exists()


def test_two_mails_for_the_same_topic_both_lead_to_yes_once(visitor: Visitor) -> None:
    first, second = (mails.token_of(asked(JOAN, "newsletter")) for _time in range(2))
    assert "Done. You are on the list." in visitor.text(visitor.client.post(url(second)))
    assert "Done. You are on the list." in visitor.text(visitor.client.post(url(first)))
    assert Event.objects.filter(decision="confirmed").count() == 1


def test_who_stopped_everything_may_come_back_by_their_own_confirmed_act(visitor: Visitor) -> None:
    marek = subscribed(MAREK, "newsletter", "webinars")
    stopping.stop_everything(marek.subject, own_page())
    visitor.ask_for(MAREK, "newsletter")
    assert on(marek) == set()
    visitor.client.post(url(last_token(MAREK)))
    assert on(marek) == {"newsletter.email"}


def test_a_topic_that_left_the_file_meanwhile_is_said_to_be_gone(visitor: Visitor, organisation: Current) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    new_version(organisation, without_topic("newsletter"))
    for page in (
        visitor.client.get(url(token)),
        visitor.client.post(url(token)),
        visitor.client.post(url(token), {"do": "again"}),
    ):
        assert page.status_code == 410
        assert "This is no longer offered" in visitor.text(page)


def test_after_it_was_forgotten_the_link_is_unknown(visitor: Visitor) -> None:
    token = mails.token_of(asked(JOAN, "newsletter"))
    Confirmation.objects.update(expires_at=database_now() - timedelta(seconds=1))
    forgetting.forget_unconfirmed()
    assert visitor.client.get(url(token)).status_code == 404


def test_the_button_is_guarded_against_other_sites() -> None:
    assert Client(enforce_csrf_checks=True).post(url("forged")).status_code == 403


class TestTheWayOnToOnesChoices:
    """Who opened a confirmation link reads the address: no sign-in stands before what they receive."""

    def way_on(self, page: str) -> str:
        found = re.search(r'href="(/preferences/[^"]*)"', page.split("<main", 1)[1])
        assert found is not None
        return found[1]

    def test_a_link_used_twice_leads_to_the_choices_of_its_reader(self, visitor: Visitor) -> None:
        link = f"/subscribe/confirm/{mails.token_of(asked(JOAN, 'newsletter'))}/"
        done = visitor.client.post(link).content.decode()
        again = visitor.client.get(link).content.decode()
        assert "You confirmed this already" in again
        for page in (done, again):
            text = visitor.see(self.way_on(page))
            assert "j•••@example.org" in text
            assert "Open-E Newsletter" in text

    def test_an_old_one_opens_nothing_any_more(self, visitor: Visitor) -> None:
        link = f"/subscribe/confirm/{mails.token_of(asked(JOAN, 'newsletter'))}/"
        visitor.client.post(link)
        Confirmation.objects.update(created_at=database_now() - timedelta(days=91))
        assert self.way_on(visitor.client.get(link).content.decode()) == "/preferences/"
