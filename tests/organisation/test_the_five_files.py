"""The five files that ship: whole, different from each other, and kept as they were written."""

import itertools
import json
import re

import pytest

from portal.organisation import loader, rules
from portal.organisation.difference import content
from portal.organisation.schema import (
    Basis,
    ChannelName,
    Organisation,
    PurposeKind,
    RightName,
)
from portal.subjects.models import Channel

SLUGS = ("open-e", "open-ecx", "opencontact", "openitio", "openmarket")
ALL = {slug: loader.read(slug) for slug in SLUGS}
PAIRS = list(itertools.combinations(ALL.values(), 2))


def test_five_organisations_ship() -> None:
    assert tuple(loader.shipped()) == SLUGS


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_what_is_stored_is_what_was_read(organisation: Organisation) -> None:
    stored = json.dumps(content(organisation))
    assert Organisation.model_validate_json(stored) == organisation


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_the_order_of_the_file_survives_storing(organisation: Organisation) -> None:
    stored = Organisation.model_validate_json(json.dumps(content(organisation)))
    assert list(stored.topics) == list(organisation.topics)
    assert list(stored.purposes) == list(organisation.purposes)


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_every_topic_can_be_understood_and_chosen(organisation: Organisation) -> None:
    for topic in organisation.topics.values():
        assert all(str(words).strip() for words in (topic.title, topic.sentence, topic.wording, topic.frequency))
        assert topic.channels
        assert topic.confirmation
        assert str(topic.wording).startswith("Yes, ")


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_every_right_of_the_law_is_offered_and_answered_in_time(organisation: Organisation) -> None:
    assert set(organisation.rights.offered) == set(RightName)
    assert organisation.rights.response.as_written() == "28 days"


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_every_category_is_covered_by_a_retention_rule(organisation: Organisation) -> None:
    covered = {code for rule in organisation.retention.values() for code in rule.data}
    assert covered == set(organisation.data_categories)


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_every_category_has_a_use(organisation: Organisation) -> None:
    used = {code for purpose in organisation.purposes.values() for code in purpose.data}
    shown = set(organisation.profile.data) | used
    assert shown == set(organisation.data_categories)


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_every_cookie_category_has_cookies(organisation: Organisation) -> None:
    cookies = organisation.cookies
    assert {cookie.category for cookie in cookies.cookies.values()} == set(cookies.categories)


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_the_portals_own_cookies_are_in_the_register(organisation: Organisation) -> None:
    names = {cookie.name for cookie in organisation.cookies.cookies.values()}
    assert {"__Host-session", "__Host-csrf"} <= names
    assert "__Host-language" not in names, "nothing sets it"


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_there_is_a_form_to_subscribe_and_an_account_to_choose_in(organisation: Organisation) -> None:
    assert organisation.forms["subscribe"].topics
    assert organisation.contexts["website"].marketing
    assert organisation.contexts["account"].marketing


@pytest.mark.parametrize("organisation", ALL.values(), ids=SLUGS)
def test_sentences_are_short_and_plain(organisation: Organisation) -> None:
    for place, words in rules._words(organisation, ()):
        for sentence in re.split(r"(?<=[.?!:;]) ", str(words)):
            assert len(sentence.split()) <= 25, (place, sentence)


def test_channels_are_those_people_can_be_reached_by() -> None:
    assert {channel.value for channel in ChannelName} == set(Channel.values)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda organisation: organisation.slug)
def test_two_organisations_differ_in_topics_bases_words_and_colour(one: Organisation, other: Organisation) -> None:
    def said(organisation: Organisation) -> set[str]:
        return {str(words) for words in (topic.wording for topic in organisation.topics.values())}

    def bases(organisation: Organisation) -> dict[str, Basis]:
        return {str(purpose.title): purpose.basis for purpose in organisation.purposes.values()}

    assert set(one.topics) != set(other.topics)
    assert not said(one) & said(other)
    assert bases(one) != bases(other)
    assert one.look.brand != other.look.brand
    assert str(one.marketing.sentence) != str(other.marketing.sentence)
    assert not {str(f.sentence) for f in one.forms.values()} & {str(f.sentence) for f in other.forms.values()}


def test_marketing_rests_on_different_bases_in_different_organisations() -> None:
    bases = {
        slug: frozenset(p.basis for p in one.purposes.values() if p.kind is PurposeKind.MARKETING)
        for slug, one in ALL.items()
    }
    assert bases["open-e"] == {Basis.CONSENT}
    assert bases["open-ecx"] == {Basis.LEGITIMATE_INTERESTS, Basis.CONSENT}
