"""Django's own form rendering gives the portal's markup, told to a screen reader as well as shown."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string

from tests.web.forms import Request


@pytest.fixture
def empty() -> str:
    return str(Request())


@pytest.fixture
def wrong() -> Request:
    return Request({"email": "joan.archer.example.org", "detail": "Calls of this winter", "topics": ["b"]})


def tag(html: str, attribute: str) -> str:
    """The one start tag that holds ``attribute``."""
    found: str
    (found,) = [each for each in re.findall(r"<[^>]*>", html) if attribute in each]
    return found


def test_a_field_has_its_label_hint_and_autocomplete(empty: str) -> None:
    assert '<label for="id_email">Your e-mail address</label>' in empty
    assert '<div class="hint" id="id_email_helptext">The one we may know you by.</div>' in empty
    field = tag(empty, 'name="email"')
    assert 'autocomplete="email"' in field
    assert 'aria-describedby="id_email_helptext"' in field
    assert "required" in field


def test_what_may_be_left_empty_says_so_and_nothing_else_does(empty: str) -> None:
    assert empty.count("(optional)") == 2, "the text and the list of topics; a switch may be off anyhow"
    assert re.search(
        r'<label for="id_detail">What are you looking for\? <span class="quiet">\(optional\)</span>', empty
    )


def test_radios_are_a_group_of_picks_with_hints(empty: str) -> None:
    assert "<legend>What would you like?</legend>" in empty
    assert re.search(
        r'<label class="pick" for="id_right_0"><input type="radio" name="right" value="access"[^>]*>'
        r'\s*<span>Get a copy of my data</span><span class="hint">And learn why we have it</span></label>',
        empty,
    )


def test_nothing_is_ticked_before_somebody_ticks_it(empty: str) -> None:
    assert "checked" not in empty


def test_a_switch_says_on_and_off_in_words(empty: str) -> None:
    assert 'role="switch"' in tag(empty, 'name="news"')
    assert '<label class="switch" for="id_news">' in empty
    assert '<span class="state" aria-hidden="true"><span>On</span><span>Off</span></span>' in empty
    assert 'id="id_news_helptext">About twice a month.' in empty


def test_a_checkbox_stands_before_its_label(empty: str) -> None:
    assert re.search(
        r'<label class="pick" for="id_adult"><input type="checkbox"[^>]*>\s*<span>I am 16 or over</span>', empty
    )


def test_hidden_fields_have_no_label(empty: str) -> None:
    assert tag(empty, 'name="came_from"').startswith('<input type="hidden"')
    assert 'for="id_came_from"' not in empty


def test_an_error_stands_at_its_field_and_is_read_with_it(wrong: Request) -> None:
    html = str(wrong)
    assert re.search(
        r'<div class="fault" id="id_email_error"><p><span class="vh">Error: </span>The address lacks an @', html
    )
    field = tag(html, 'name="email"')
    assert 'aria-describedby="id_email_helptext id_email_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_right_error"' in tag(html, '<fieldset class="field wrong"')


def test_what_was_typed_is_kept(wrong: Request) -> None:
    html = str(wrong)
    assert 'value="joan.archer.example.org"' in html
    assert "Calls of this winter</textarea>" in html
    assert "checked" in tag(html, 'id="id_topics_1"')


def test_the_summary_links_to_each_field(wrong: Request) -> None:
    html = render_to_string("forms/errors.html", {"form": wrong})
    box = tag(html, 'class="say error"')
    assert 'role="alert"' in box
    assert 'tabindex="-1"' in box
    assert "autofocus" in box
    assert "5 things to put right" in html
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["id_right_0", "id_email", "id_adult"]
    assert all(f'id="{target}"' in str(wrong) for target in targets)
    assert "Nothing was sent yet" in html
    assert "I am 16 or over: This field is required." in html, "a bare message names its field"
    assert "Part of the form was lost" in html
    assert "Hidden field" not in html + str(wrong)


def test_one_error_is_one_thing() -> None:
    class Short(forms.Form):
        name = forms.CharField()

    assert "One thing to put right" in render_to_string("forms/errors.html", {"form": Short({})})


def test_without_errors_there_is_no_summary() -> None:
    assert render_to_string("forms/errors.html", {"form": Request()}).strip() == ""
    assert render_to_string("forms/errors.html", {}).strip() == ""


def test_error_stands_in_the_title(wrong: Request) -> None:
    assert "<title>Error: Privacy centre" in render_to_string("base.html", {"form": wrong})
    assert "<title>Privacy centre" in render_to_string("base.html", {"form": Request()})


def test_what_people_typed_is_escaped() -> None:
    html = str(Request({"email": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


@pytest.mark.parametrize("choices", [[("Group", [("a", "One")]), ("b", "Two")]])
def test_choices_may_stand_in_groups(choices: list[tuple[str, object]]) -> None:
    class Grouped(forms.Form):
        which = forms.ChoiceField(widget=forms.RadioSelect, choices=choices)

    assert '<p class="quiet">Group</p>' in str(Grouped())
