"""Each rule of permission(), with nothing but facts: no database is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from consent.ledger.fold import Cell, Established, Grant, Mark, Pause, Stop
from consent.ledger.rules import Answer, Facts, Question, Suppressed, decide
from consent.ledger.vocabulary import ALL_MARKETING, Key
from portal.organisation import loader
from portal.organisation.schema import Organisation

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
THEN = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
NEWSLETTER = Key("topic", "newsletter", "email")
YES = Cell(consent=Grant(10, THEN, own=True, basis="consent", text="a" * 64))
SALE = {"source": "you", "collected_in": "sale", "similar_products": True, "refusal_offered": True}


@cache
def organisation(slug: str) -> Organisation:
    return loader.read(slug)


def unconfirmed(slug: str) -> Organisation:
    """The same organisation, were it to ask for no confirmation by mail."""
    file = organisation(slug)
    topics = {code: topic.model_copy(update={"confirmation": False}) for code, topic in file.topics.items()}
    return file.model_copy(update={"topics": topics})


def facts(**changes: Any) -> Facts:
    return replace(Facts("email", NOW, contexts=("website",)), **changes)


def asked(
    facts: Facts, topic: str = "newsletter", category: str = "marketing", slug: str = "open-e", **rest: Any
) -> Answer:
    return decide(facts, Question(organisation(slug), category, topic, **rest))


def said(answer: Answer) -> tuple[bool, str]:
    return answer.allowed, answer.rule


def established(details: dict[str, Any], basis: str = "legitimate_interests") -> Cell:
    return Cell(established=Established(5, THEN, basis, details))


def test_a_confirmed_yes_is_a_yes_with_its_wording_and_date() -> None:
    answer = asked(facts(cells={NEWSLETTER: YES}))
    assert said(answer) == (True, "consent")
    assert (answer.since, answer.event_id, answer.text) == (THEN, 10, "a" * 64)
    # Open-E keeps Berlin's time: half past eleven at night in UTC is the next day there.
    assert answer.reason == "You said yes to this on 16 January 2026."


@pytest.mark.parametrize("category", ["rights", "security", "breach", "confirmation", "service", "notice", "marketing"])
def test_nothing_goes_to_somebody_who_was_erased(category: str) -> None:
    answer = asked(facts(erased_at=THEN, cells={NEWSLETTER: YES}), category=category)
    assert said(answer) == (False, "erased")


def test_nothing_goes_to_an_address_that_was_given_up() -> None:
    assert said(asked(facts(retired_at=THEN, cells={NEWSLETTER: YES}), category="security")) == (
        False,
        "address-given-up",
    )


@pytest.mark.parametrize("category", ["rights", "security", "breach", "confirmation"])
def test_mail_about_rights_and_security_goes_whatever_was_stopped(category: str) -> None:
    everything = facts(
        cells={ALL_MARKETING: Cell(stop=Stop(3, THEN, "objected"))}, restricted_at=THEN, under_age=True, contexts=()
    )
    assert said(asked(everything, category=category)) == (True, "always-sent")


def test_service_mail_ignores_marketing_stops() -> None:
    stopped = facts(cells={ALL_MARKETING: Cell(stop=Stop(3, THEN, "objected"))})
    assert said(asked(stopped, topic="", category="service")) == (True, "always-sent")


def test_calling_a_newsletter_a_service_message_does_not_make_it_one() -> None:
    stopped = facts(cells={ALL_MARKETING: Cell(stop=Stop(30, THEN, "objected")), NEWSLETTER: YES})
    assert said(asked(stopped, category="service")) == (False, "stopped")
    assert said(asked(stopped, category="notice")) == (False, "stopped")


def test_an_applicants_opt_out_ends_all_communication() -> None:
    applicant = facts(contexts=("applications",), cells={ALL_MARKETING: Cell(stop=Stop(3, THEN, "objected"))})
    assert said(asked(applicant, "", "service", "opencontact")) == (False, "stopped-everything")
    assert said(asked(applicant, "", "rights", "opencontact")) == (True, "always-sent")


def test_a_client_who_also_applied_still_gets_service_mail() -> None:
    both = facts(contexts=("applications", "client"), cells={ALL_MARKETING: Cell(stop=Stop(3, THEN, "objected"))})
    assert said(asked(both, "", "service", "opencontact")) == (True, "always-sent")


def test_an_applicant_who_did_not_opt_out_gets_service_mail() -> None:
    assert said(asked(facts(contexts=("applications",)), "", "service", "opencontact")) == (True, "always-sent")


def test_a_companys_opt_out_does_not_end_an_applicants_service_mail() -> None:
    suppressed = (Suppressed("marketing", 9, THEN, company=True),)
    applicant = facts(contexts=("applications",), suppressed=suppressed)
    assert said(asked(applicant, "", "service", "opencontact")) == (True, "always-sent")


@pytest.mark.parametrize(("topic", "rule"), [("", "no-topic"), ("long-gone", "unknown-topic")])
def test_marketing_without_a_topic_of_the_file_never_goes(topic: str, rule: str) -> None:
    assert said(asked(facts(cells={NEWSLETTER: YES}), topic=topic)) == (False, rule)


def test_a_topic_goes_only_the_ways_it_offers() -> None:
    assert said(asked(facts(channel="post"))) == (False, "channel-not-offered")


class TestNotices:
    """Optional notices have a switch of their own."""

    ALERTS = Key("topic", "product-alerts", "email")

    def asked(self, slug: str = "openmarket", topic: str = "product-alerts", **changes: Any) -> Answer:
        return asked(facts(**changes), topic, "notice", slug)

    def test_they_survive_a_stop_of_all_marketing(self) -> None:
        stopped = {ALL_MARKETING: Cell(stop=Stop(30, THEN, "objected")), self.ALERTS: YES}
        answer = self.asked(cells=stopped, suppressed=(Suppressed("marketing", 30, THEN),))
        assert said(answer) == (True, "notice-switch")

    @pytest.mark.parametrize("key", [Key("topic", "product-alerts", ""), Key("purpose", "alerts", "email")])
    def test_they_stop_by_their_own_switch(self, key: Key) -> None:
        answer = self.asked(cells={self.ALERTS: YES, key: Cell(stop=Stop(30, THEN, "refused"))})
        assert said(answer) == (False, "notice-switch")
        assert answer.reason == "This is switched off."

    def test_the_latest_word_counts(self) -> None:
        cells = {self.ALERTS: YES, Key("topic", "product-alerts", ""): Cell(stop=Stop(3, THEN, "refused"))}
        assert said(self.asked(cells=cells)) == (True, "notice-switch")

    def test_they_rest_while_paused(self) -> None:
        resting = replace(YES, pause=Pause(12, NOW + timedelta(days=3)))
        assert said(self.asked(cells={self.ALERTS: resting})) == (False, "paused")

    def test_those_by_consent_need_a_yes(self) -> None:
        assert said(self.asked()) == (False, "notice-not-asked")
        assert self.asked().reason == "You have not asked for this."

    def test_a_pause_hides_neither_a_stop_nor_that_nobody_asked(self) -> None:
        pause = Pause(12, NOW + timedelta(days=3))
        assert said(self.asked(cells={self.ALERTS: Cell(pause=pause)})) == (False, "notice-not-asked")
        stopped = Cell(stop=Stop(11, THEN, "withdrawn"), pause=pause)
        assert said(self.asked(cells={self.ALERTS: stopped})) == (False, "notice-switch")

    def test_those_that_belong_to_a_contract_come_until_switched_off(self) -> None:
        assert said(self.asked("open-e", "forum-answers", contexts=("forum",))) == (True, "notice-on")

    def test_they_do_not_come_to_those_who_never_joined_what_they_belong_to(self) -> None:
        assert said(self.asked("open-e", "forum-answers", contexts=("website",))) == (False, "notice-not-asked")

    def test_a_yes_on_a_form_is_enough_where_the_file_asks_for_no_confirmation(self) -> None:
        waiting = facts(cells={self.ALERTS: Cell(pending=Grant(8, THEN, own=True))})
        assert said(asked(waiting, "product-alerts", "notice", "openmarket")) == (False, "notice-not-asked")
        assert said(decide(waiting, Question(unconfirmed("openmarket"), "notice", "product-alerts"))) == (
            True,
            "notice-switch",
        )


@pytest.mark.parametrize(
    ("changes", "rule"), [({"restricted_at": THEN}, "restricted"), ({"under_age": True}, "under-age")]
)
def test_a_yes_is_not_enough_for_somebody_protected(changes: dict[str, Any], rule: str) -> None:
    assert said(asked(facts(cells={NEWSLETTER: YES}, **changes))) == (False, rule)


@pytest.mark.parametrize("contexts", [("forum",), ("forum", "blog"), (), ("never-heard-of",)])
def test_an_address_known_only_from_a_forum_is_never_marketed_to(contexts: tuple[str, ...]) -> None:
    assert said(asked(facts(contexts=contexts, cells={NEWSLETTER: YES}))) == (False, "context-forbids-marketing")


def test_an_address_known_from_elsewhere_too_may_be() -> None:
    assert asked(facts(contexts=("forum", "account"), cells={NEWSLETTER: YES})).allowed


class TestStops:
    """The latest own act among "stop everything", "stop here" and "yes here" decides."""

    @pytest.mark.parametrize(
        ("key", "rule"),
        [
            (ALL_MARKETING, "stopped"),
            (Key("marketing", "", "email"), "stopped"),
            (Key("purpose", "news", ""), "stopped-here"),
            (Key("purpose", "news", "email"), "stopped-here"),
            (Key("topic", "newsletter", ""), "stopped-here"),
            (Key("topic", "newsletter", "email"), "stopped-here"),
        ],
    )
    def test_a_later_stop_that_reaches_the_topic_outranks_the_yes(self, key: Key, rule: str) -> None:
        stop = Stop(11, NOW, "objected")
        cells = {NEWSLETTER: YES} | {key: replace(YES if key == NEWSLETTER else Cell(), stop=stop)}
        answer = asked(facts(cells=cells))
        assert said(answer) == (False, rule)
        assert (answer.since, answer.event_id) == (NOW, 11)

    @pytest.mark.parametrize(
        "key",
        [Key("marketing", "", "sms"), Key("purpose", "offers", ""), Key("topic", "webinars", "email"), ALL_MARKETING],
    )
    def test_stops_of_others_and_earlier_stops_leave_the_yes(self, key: Key) -> None:
        position = 9 if key == ALL_MARKETING else 11
        assert asked(facts(cells={NEWSLETTER: YES, key: Cell(stop=Stop(position, THEN, "objected"))})).allowed

    def test_a_yes_the_person_did_not_give_lifts_nothing(self) -> None:
        listed = Cell(consent=Grant(10, THEN, own=False))
        assert asked(facts(cells={NEWSLETTER: listed})).allowed
        stopped = {NEWSLETTER: listed, ALL_MARKETING: Cell(stop=Stop(3, THEN, "objected"))}
        assert said(asked(facts(cells=stopped))) == (False, "stopped")

    def test_a_yes_that_waits_lifts_nothing(self) -> None:
        waiting = Cell(stop=Stop(3, THEN, "withdrawn"), pending=Grant(10, THEN, own=True))
        assert said(asked(facts(cells={NEWSLETTER: waiting}))) == (False, "stopped-here")

    @pytest.mark.parametrize(("scope", "position"), [("marketing", 11), ("topic:newsletter", 10)])
    def test_a_suppression_is_a_stop_of_its_position(self, scope: str, position: int) -> None:
        answer = asked(facts(cells={NEWSLETTER: YES}, suppressed=(Suppressed(scope, position, NOW),)))
        assert said(answer) == (False, "suppressed")
        assert answer.since == NOW

    def test_a_list_of_stops_taken_over_before_the_first_decision_counts(self) -> None:
        listed = Cell(consent=Grant(10, THEN, own=False))
        answer = asked(facts(cells={NEWSLETTER: listed}, suppressed=(Suppressed("marketing", 0, THEN),)))
        assert said(answer) == (False, "suppressed")

    @pytest.mark.parametrize(("scope", "position"), [("marketing", 9), ("topic:webinars", 11)])
    def test_an_earlier_suppression_or_one_of_another_topic_is_not(self, scope: str, position: int) -> None:
        assert asked(facts(cells={NEWSLETTER: YES}, suppressed=(Suppressed(scope, position, NOW),))).allowed

    def test_a_companys_stop_covers_its_people_until_they_say_yes_themselves(self) -> None:
        company = (Suppressed("marketing", 11, NOW, company=True),)
        assert said(asked(facts(cells={NEWSLETTER: YES}, suppressed=company))) == (False, "company-opted-out")
        later = Cell(consent=Grant(12, NOW, own=True))
        assert asked(facts(cells={NEWSLETTER: later}, suppressed=company)).allowed


class TestPauses:
    """A pause holds whatever it reaches until its end, and forgets nothing."""

    @pytest.mark.parametrize("key", [ALL_MARKETING, Key("purpose", "news", ""), NEWSLETTER])
    def test_nothing_goes_until_the_last_pause_ends(self, key: Key) -> None:
        until = datetime(2026, 6, 1, tzinfo=UTC)
        cells = {NEWSLETTER: YES} | {key: replace(YES if key == NEWSLETTER else Cell(), pause=Pause(12, until))}
        answer = asked(facts(cells=cells))
        assert said(answer) == (False, "paused")
        assert answer.reason == "You paused this until 1 June 2026."
        assert asked(facts(cells=cells, now=until)).allowed

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({}, "no-basis"),
            ({NEWSLETTER: Cell(pending=Grant(8, THEN, own=True))}, "unconfirmed"),
            ({NEWSLETTER: Cell(lapsed=Mark(9, THEN, "lapsed"))}, "lapsed"),
            ({NEWSLETTER: Cell(stop=Stop(9, THEN, "withdrawn"))}, "stopped-here"),
        ],
    )
    def test_what_would_not_come_without_the_pause_is_not_said_to_rest(
        self, changes: dict[Key, Cell], rule: str
    ) -> None:
        cells = {ALL_MARKETING: Cell(pause=Pause(12, NOW + timedelta(days=3))), **changes}
        assert said(asked(facts(cells=cells))) == (False, rule)

    def test_what_is_always_sent_does_not_rest(self) -> None:
        paused = facts(cells={ALL_MARKETING: Cell(pause=Pause(12, NOW + timedelta(days=3)))})
        assert said(asked(paused, topic="", category="service")) == (True, "always-sent")


class TestConsent:
    """By consent only if it was given, confirmed, and has not lapsed."""

    @pytest.mark.parametrize(
        ("cell", "rule"),
        [
            (Cell(), "no-basis"),
            (Cell(pending=Grant(8, THEN, own=True)), "unconfirmed"),
            (Cell(lapsed=Mark(9, THEN, "lapsed")), "lapsed"),
            (established({"source": "you"}), "no-basis"),
        ],
    )
    def test_anything_less_is_a_no(self, cell: Cell, rule: str) -> None:
        assert said(asked(facts(cells={NEWSLETTER: cell}, address_kind="business"))) == (False, rule)

    def test_a_basis_that_was_given_up_since_counts_no_longer(self) -> None:
        old, new = replace(YES.consent, version=1), replace(YES.consent, version=2)  # type: ignore[type-var]  # not None
        for grant, rule in ((old, "basis-changed"), (new, "consent")):
            answer = asked(facts(cells={NEWSLETTER: Cell(consent=grant)}), dropped=((2, "consent"),))
            assert answer.rule == rule


class TestOtherBases:
    """Without consent: source and conditions on record, and the law of the channel."""

    NEWS = Key("purpose", "marketing", "email")

    def asked(self, cell: Cell | None, topic: str = "product-news", slug: str = "open-ecx", **changes: Any) -> Answer:
        channel = changes.get("channel", "email")
        key = Key("purpose", organisation(slug).topics[topic].purpose, channel)
        return asked(facts(cells={key: cell} if cell else {}, **changes), topic, slug=slug)

    def test_nothing_on_record_is_no_basis(self) -> None:
        assert said(self.asked(None)) == (False, "no-basis")

    def test_the_soft_opt_in_reaches_people_after_a_sale(self) -> None:
        answer = self.asked(established(SALE))
        assert said(answer) == (True, "soft-opt-in")
        assert (answer.event_id, answer.since) == (5, THEN)

    @pytest.mark.parametrize(
        "lacking",
        [{"collected_in": "enquiry"}, {"similar_products": False}, {"refusal_offered": False}, {"refusal_offered": 1}],
    )
    def test_a_condition_missing_reaches_companies_only(self, lacking: dict[str, Any]) -> None:
        assert said(self.asked(established(SALE | lacking))) == (False, "channel-law")
        answer = self.asked(established(SALE | lacking), subscriber_kind="corporate")
        assert said(answer) == (True, "legitimate-interests")

    def test_a_basis_recorded_for_the_topic_itself_counts_too(self) -> None:
        key = Key("topic", "product-news", "email")
        assert said(asked(facts(cells={key: established(SALE)}), "product-news", slug="open-ecx")) == (
            True,
            "soft-opt-in",
        )

    @pytest.mark.parametrize(
        ("screened_on", "expected"),
        [
            ("2026-02-02", (True, "legitimate-interests")),
            ("2026-02-01", (False, "not-screened")),
            ("2026-03-03", (False, "not-screened")),
            ("soon", (False, "not-screened")),
            (None, (False, "not-screened")),
        ],
    )
    def test_a_number_is_called_within_28_days_of_its_screening(self, screened_on: str | None, expected: Any) -> None:
        answer = self.asked(established(SALE | {"screened_on": screened_on}), channel="phone")
        assert said(answer) == expected

    def test_a_letter_needs_only_the_basis(self) -> None:
        assert said(self.asked(established({"source": "you"}), channel="post")) == (True, "legitimate-interests")

    def test_partners_products_need_consent_whatever_is_on_record(self) -> None:
        assert said(self.asked(established(SALE), "partner-products")) == (False, "no-basis")

    def test_a_private_address_needs_consent_where_the_file_says_so(self) -> None:
        sale = established(SALE)
        answer = self.asked(sale, "service-news", "opencontact", subscriber_kind="corporate")
        assert said(answer) == (False, "personal-address")
        answer = self.asked(sale, "service-news", "opencontact", subscriber_kind="corporate", address_kind="business")
        assert said(answer) == (True, "legitimate-interests")

    def test_a_recorded_basis_given_up_since_counts_no_longer(self) -> None:
        key = Key("purpose", "marketing", "email")
        question = Question(organisation("open-ecx"), "marketing", "product-news", ((2, "legitimate_interests"),))
        assert said(decide(facts(cells={key: established(SALE)}), question)) == (False, "basis-changed")
