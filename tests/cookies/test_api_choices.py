"""A press on another site reaches the portal once, is answered with what is kept, and nobody else can read it."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consent.cookies.choice_cookie import Credentials, new_key, quoted
from consent.cookies.managers import RefusalsQuerySet
from consent.cookies.models import Browser, Choice, Refusals
from consent.cookies.vocabulary import Means, Method
from portal.database import database_now
from portal.organisation import loader
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from tests.cookies import asking

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan() -> Credentials:
    """Joan's browser."""
    return Credentials.drawn()


def test_a_choice_is_kept_with_site_page_and_words(organisation: Current, joan: Credentials) -> None:
    answer = asking.send(asking.body(joan, path="/shop/?mail=joan.archer@example.org"))

    assert answer.status_code == 201
    choice = Choice.objects.get()
    assert answer.json() | {"recorded_at": None} == {
        "reference": joan.reference,
        "version": 1,
        "allowed": ["analytics"],
        "recorded_at": None,
    }
    assert (choice.site, choice.path, choice.means, choice.method) == ("www", "/shop/", Means.SCRIPT, Method.CHOSEN)
    assert "Counting visits" in choice.text.body
    assert joan.secret not in answer.content.decode()


def test_the_clock_is_the_portals_whatever_the_browsers_says(organisation: Current, joan: Credentials) -> None:
    asking.send(asking.body(joan, recorded_at="1999-12-31T23:59:59Z", time=0))

    assert abs(Choice.objects.get().recorded_at - database_now()) < timedelta(minutes=1)


def test_json_after_a_preflight_is_as_good_as_text_without_one(organisation: Current, joan: Credentials) -> None:
    assert asking.send(asking.body(joan), content_type="application/json").status_code == 201


def test_the_same_press_again_changes_nothing_and_says_what_the_first_left(
    organisation: Current, joan: Credentials
) -> None:
    pressed = asking.body(joan)
    first, again = asking.send(pressed), asking.send(pressed)
    replayed = asking.send({**pressed, "choices": {"analytics": True, "sharing": True}})
    taken_back = asking.send({**pressed, "choices": {}})

    assert [first.status_code, again.status_code, replayed.status_code, taken_back.status_code] == [201, 200, 200, 200]
    assert first.json() == again.json() == replayed.json() == taken_back.json()
    assert Choice.objects.count() == 1


def test_a_refusal_is_counted_and_needs_no_name(organisation: Current) -> None:
    refusal = asking.body(choices={"analytics": False})
    answers = [asking.send(refusal), asking.send(refusal)]

    assert [answer.json() for answer in answers] == [{"refused": True, "version": 1}] * 2
    assert not Browser.objects.exists()
    assert sum(Refusals.objects.values_list("count", flat=True)) == 1


def test_a_refusal_by_the_browsers_signal_is_counted_as_one(organisation: Current) -> None:
    asking.send(asking.body(choices={}, signal=True, by_signal=True))

    assert Refusals.objects.get(count=1).method == Method.GPC


def test_who_takes_everything_back_is_refused_and_the_history_says_so(organisation: Current, joan: Credentials) -> None:
    asking.send(asking.body(joan))
    answer = asking.send(asking.body(joan, choices={}))

    assert answer.json() == {"refused": True, "version": 1}
    assert asking.in_force(joan.reference, joan.secret).json() == {"refused": True, "version": 1}
    assert list(Choice.objects.order_by("id").values_list("method", flat=True)) == [Method.CHOSEN, Method.WITHDRAWN]


def test_the_latest_choice_is_read_with_the_secret_and_the_reference_as_people_quote_it(
    organisation: Current, joan: Credentials
) -> None:
    asking.send(asking.body(joan))
    asking.send(asking.body(joan, choices={"functionality": True, "analytics": True}))

    answer = asking.in_force(quoted(joan.reference).lower(), joan.secret)

    assert answer.json()["allowed"] == ["functionality", "analytics"]
    assert answer["Cache-Control"] == "no-store"


def test_a_strangers_reference_and_an_unknown_one_are_answered_alike(organisation: Current, joan: Credentials) -> None:
    asking.send(asking.body(joan))

    forged = asking.in_force(joan.reference, new_key())
    unknown = asking.in_force(Credentials.drawn().reference, joan.secret)
    senseless = asking.in_force("0' OR 1=1", "short")

    assert forged.status_code == unknown.status_code == senseless.status_code == 404
    assert forged.content == unknown.content == senseless.content


def test_a_reference_that_is_taken_is_not_written_to(organisation: Current, joan: Credentials) -> None:
    asking.send(asking.body(joan))

    answer = asking.send(asking.body(Credentials(joan.reference, new_key()), choices={"sharing": True}))

    assert (answer.status_code, answer.json()["field"]) == (409, "reference")
    assert Choice.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("site", "elsewhere"),
        ("site", "<b>"),
        ("site", None),
        ("version", 7),
        ("version", 0),
        ("version", "1"),
        ("version", 10**30),
        ("key", "short"),
        ("key", "a" * 23),
        ("choices", {"essential": True}),
        ("choices", {"<script>alert(1)</script>": True}),
        ("choices", {"analytics": "yes"}),
        ("choices", {f"a{number}": True for number in range(33)}),
        ("choices", ["analytics"]),
        ("path", "shop"),
        ("path", "/\x00"),
        ("path", "/\ud800"),
        ("path", "/" + "a" * 2_000),
        ("language", "<i>"),
        ("signal", 1),
        ("reference", "0" * 15 + "U"),
        ("reference", None),
        ("secret", "' OR '1'='1"),
        ("secret", None),
    ],
)
def test_what_is_not_of_the_form_asked_is_named_not_repeated_and_not_kept(
    organisation: Current, joan: Credentials, field: str, value: object
) -> None:
    answer = asking.send({**asking.body(joan), field: value})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert b"<" not in answer.content
    assert asking.may_read(answer) == asking.SITE
    assert not Browser.objects.exists()


def test_the_signal_alone_refuses_where_it_is_on_and_allows_nothing(organisation: Current, joan: Credentials) -> None:
    allowing = asking.send(asking.body(joan, signal=True, by_signal=True))
    without_it = asking.send(asking.body(choices={}, by_signal=True))

    for answer in (allowing, without_it):
        assert (answer.status_code, answer.json()["field"]) == (400, "by_signal")
    assert not Choice.objects.exists()
    assert not Refusals.objects.exists()


def test_a_yes_beside_a_no_is_neither(organisation: Current, joan: Credentials) -> None:
    twice = json.dumps(asking.body(joan)).replace('{"analytics": true}', '{"analytics": false, "analytics": true}')

    assert asking.send(twice).status_code == 400
    assert asking.send(twice.replace('"analytics": false, ', "")).status_code == 201


def test_a_save_repeated_under_a_later_register_says_no_to_its_new_categories_and_is_kept(
    organisation: Current, joan: Credentials
) -> None:
    answer = asking.send(asking.body(joan, choices={"analytics": True, "brand-new": False}))

    assert (answer.status_code, answer.json()["allowed"]) == (201, ["analytics"])
    assert "brand-new" not in Choice.objects.get().refused


def test_a_refusal_that_the_database_did_not_take_counts_when_it_is_sent_again(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    refusal = asking.body(choices={})
    with monkeypatch.context() as broken:
        broken.setattr(RefusalsQuerySet, "count_one", away)
        assert asking.send(refusal).status_code == 503

    assert asking.send(refusal).status_code == 200
    assert Refusals.objects.get().count == 1


def test_a_save_asks_the_database_little(
    organisation: Current, joan: Credentials, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asking.send(asking.body(Credentials.drawn()))

    # The version in force, what is known; words, browser, choice, and the begin and end of their transaction.
    with django_assert_num_queries(7):
        asking.send(asking.body(joan))


def test_a_site_that_the_version_on_the_screen_did_not_have_was_not_on_the_screen(organisation: Current) -> None:
    document = json.loads(organisation.organisation.model_dump_json(by_alias=True))
    document["cookies"]["sites"]["shop"] = {"title": "Shop", "origins": ["https://shop.open-e.com"]}
    loader.apply(Organisation.model_validate_json(json.dumps(document)))
    sent = {"origin": "https://shop.open-e.com"}

    before = asking.send(asking.body(Credentials.drawn(), site="shop", version=1), **sent)
    now = asking.send(asking.body(Credentials.drawn(), site="shop", version=2), **sent)

    assert (before.status_code, before.json()["field"], now.status_code) == (400, "site", 201)


@pytest.mark.parametrize("text", ["{", "null", "[]", '"x"', "[" * 8_000, b"\xff\xfe\x00"])
def test_what_is_no_json_object_is_refused(organisation: Current, text: str | bytes) -> None:
    assert asking.send(text).status_code == 400


def test_a_hundred_kilobytes_are_not_read(organisation: Current, joan: Credentials) -> None:
    answer = asking.send(asking.body(joan, path="/" + "a" * 100_000))

    assert answer.status_code == 413
    assert asking.may_read(answer) == asking.SITE


def test_a_length_that_is_none_is_read_as_nothing(organisation: Current) -> None:
    sent = Client().post(
        asking.CHOICES, "{}", content_type="text/plain", headers={"Origin": asking.SITE}, CONTENT_LENGTH="-1"
    )

    assert sent.status_code == 400


def test_a_form_is_no_json(organisation: Current) -> None:
    assert asking.send("site=www", content_type="application/x-www-form-urlencoded").status_code == 415


def test_who_saves_without_end_is_told_when_to_come_back(
    organisation: Current, joan: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consent.cookies.api.SAVES_A_MINUTE", 1)
    assert asking.send(asking.body(joan)).status_code == 201

    answer = asking.send(asking.body(joan))

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Choice.objects.count() == 1
