"""A view asks ``has_consent(request, "analytics")``, a template ``{% if_consent "analytics" %}``; both say the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from consent.cookies import choice_cookie, has_consent
from consent.cookies.choice_cookie import Credentials, Remembered
from portal.organisation import versions
from portal.organisation.versions import Current
from tests.preferences.conftest import new_version

pytestmark = pytest.mark.django_db


def request(*allowed: str, version: int = 1, signal: bool = False, under_gpc: bool = False) -> HttpRequest:
    """A request of somebody who allowed these categories; of nobody who chose, without any."""
    made = RequestFactory().get("/", headers={"Sec-GPC": "1"} if signal else {})
    if allowed:
        remembered = Remembered(version, frozenset(allowed), Credentials.drawn(), under_gpc)
        made.COOKIES[choice_cookie.NAME] = choice_cookie.written(remembered)
    return made


def refuser() -> HttpRequest:
    made = RequestFactory().get("/")
    made.COOKIES[choice_cookie.NAME] = choice_cookie.written(Remembered(1))
    return made


def rule(current: Current, code: str, rule: str) -> None:
    def change(content: dict[str, Mapping[str, Mapping[str, dict[str, object]]]]) -> None:
        content["cookies"]["categories"][code]["rule"] = rule

    new_version(current, change)


def test_only_what_was_allowed_may_be_used(organisation: Current) -> None:
    assert has_consent(request("analytics"), "analytics")
    assert not has_consent(request("analytics"), "sharing")
    assert not has_consent(request(), "analytics")
    assert not has_consent(refuser(), "analytics")


def test_what_is_needed_needs_nobodys_leave(organisation: Current) -> None:
    assert has_consent(refuser(), "essential")
    assert has_consent(request(), "essential")


def test_a_category_nobody_knows_is_not_allowed(organisation: Current) -> None:
    assert not has_consent(request("unheard-of"), "unheard-of")


def test_the_signal_ends_sharing_unless_it_was_allowed_under_it(organisation: Current) -> None:
    assert not has_consent(request("sharing", signal=True), "sharing")
    assert has_consent(request("sharing", signal=True, under_gpc=True), "sharing")
    assert has_consent(request("analytics", signal=True), "analytics")


def test_what_only_needs_a_way_to_object_is_on_until_somebody_objects(organisation: Current) -> None:
    rule(organisation, "analytics", "objection")

    assert has_consent(request(), "analytics")
    assert has_consent(request("analytics", version=2), "analytics")
    assert not has_consent(request("functionality", version=2), "analytics")


def test_a_choice_that_no_longer_holds_still_keeps_off_what_it_refused(organisation: Current) -> None:
    rule(organisation, "analytics", "objection")

    assert not has_consent(refuser(), "analytics")
    assert has_consent(request("analytics", version=1), "analytics")
    assert not has_consent(request("functionality", version=1), "functionality")


def test_before_an_organisation_is_loaded_nothing_is_allowed(db: None) -> None:
    assert not has_consent(request("analytics"), "analytics")


def test_while_the_database_is_away_nothing_is_allowed(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Current:
        raise OperationalError

    monkeypatch.setattr(versions, "current", away)

    assert not has_consent(request("analytics"), "analytics")


def rendered(template: str, **context: object) -> str:
    return Template("{% load consent %}" + template).render(Context(context))


def test_a_template_prints_one_part_or_the_other(organisation: Current) -> None:
    template = '{% if_consent "analytics" %}counts{% else %}does not count{% endif_consent %}'

    assert rendered(template, request=request("analytics")) == "counts"
    assert rendered(template, request=request()) == "does not count"
    assert rendered(template) == "does not count"


def test_the_second_part_may_be_left_out_and_the_category_be_a_variable(organisation: Current) -> None:
    template = "{% if_consent code %}counts{% endif_consent %}"

    assert rendered(template, request=request("analytics"), code="analytics") == "counts"
    assert rendered(template, request=request(), code="analytics") == ""


@pytest.mark.parametrize("tag", ["{% if_consent %}{% endif_consent %}", '{% if_consent "a" "b" %}{% endif_consent %}'])
def test_a_tag_without_its_category_is_refused_when_it_is_read(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="takes one category"):
        Template("{% load consent %}" + tag)
