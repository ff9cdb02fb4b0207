"""Whatever goes wrong, people read what happened, whether it was saved, and what to do next."""

import re
from typing import TYPE_CHECKING

import pytest
from django.template import TemplateDoesNotExist
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal import append_only, context, errors

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.faults")]

FAULTS = [
    ("/fault/400", 400, "We could not read that", "Nothing was saved."),
    ("/fault/403", 403, "This page is not open to you", "Nothing was changed."),
    ("/fault/404", 404, "There is no page here", "Nothing was changed."),
    ("/no/such/page", 404, "There is no page here", "Nothing was changed."),
    ("/fault/405", 405, "That did not work this way", "Nothing was changed."),
    ("/fault/413", 413, "That was too much at once", "Nothing was saved."),
    ("/fault/429", 429, "That was a bit too often", "Nothing was changed"),
    ("/fault/500", 500, "Something went wrong on our side", "We cannot say whether your last change was saved."),
    ("/fault/500/query", 500, "Something went wrong on our side", "We cannot say"),
    ("/fault/500/database", 500, "Something went wrong on our side", "We cannot say"),
    ("/fault/503", 503, "We cannot reach our records just now", "nothing was changed"),
    ("/fault/503/template", 503, "We cannot reach our records just now", "nothing was changed"),
]


@pytest.mark.parametrize(("path", "status", "heading", "saved"), FAULTS)
def test_each_says_what_happened_and_what_to_do(
    organisation: "Current", kind_client: Client, path: str, status: int, heading: str, saved: str
) -> None:
    answer = kind_client.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in page
    assert saved in page
    assert "What you can do" in page
    assert organisation.organisation.name in page or status >= 500
    assert "joan.archer" not in page


@pytest.mark.parametrize("path", [fault[0] for fault in FAULTS])
def test_each_works_before_any_organisation_is_loaded(kind_client: Client, path: str) -> None:
    page = kind_client.get(path).content.decode()
    assert "Privacy centre" in page
    assert page.count("<h1>") == 1


def test_what_was_posted_when_the_database_went_away_is_never_called_saved(
    organisation: "Current", kind_client: Client
) -> None:
    answer = kind_client.post("/fault/503")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "was not saved as far as we know" in answer.content.decode()


def test_a_limit_says_how_long_to_wait(organisation: "Current", kind_client: Client) -> None:
    answer = kind_client.get("/fault/429")
    assert answer["Retry-After"] == "150"
    assert "try again in 3 minutes" in answer.content.decode()


def test_allauths_limits_show_the_same_page(organisation: "Current", kind_client: Client) -> None:
    typed = {"email": "joan.archer@example.org"}
    answers = [kind_client.post("/account/password/reset/", typed) for _ in range(25)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"
    assert "That was a bit too often" in answers[-1].content.decode()


def test_a_method_not_allowed_names_the_allowed_ones(organisation: "Current", kind_client: Client) -> None:
    assert kind_client.get("/fault/405")["Allow"] == "POST"


def test_a_head_request_gets_no_page(organisation: "Current", kind_client: Client) -> None:
    assert kind_client.head("/fault/404").status_code == 404


def test_without_an_organisation_the_operator_reads_the_command(
    kind_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "_remembered", {"last": "an organisation that is gone"})
    for path in ("/", "/fault/503/organisation", "/.well-known/security.txt"):
        answer = kind_client.get(path)
        assert answer.status_code == 503
        assert "manage.py loadorganisation" in answer.content.decode()
        assert context.remembered() is None


def test_a_form_without_its_token_is_not_taken(organisation: "Current") -> None:
    answer = Client(enforce_csrf_checks=True).post("/fault/405")
    assert answer.status_code == 403
    assert "Please send that once more" in answer.content.decode()


def test_a_path_is_never_repeated(organisation: "Current", kind_client: Client) -> None:
    assert "eyJwIjoidW5zdWJz" not in kind_client.get("/unsubscribe/eyJwIjoidW5zdWJz/nothing/here").content.decode()


def test_an_unknown_host_gets_a_page_too(organisation: "Current", kind_client: Client) -> None:
    answer = kind_client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "We could not read that" in answer.content.decode()
    assert "evil.example" not in answer.content.decode()


def test_500_and_503_ask_the_database_nothing(
    organisation: "Current", kind_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kind_client.get("/fault/404")
    for path in ("/fault/500", "/fault/503"):
        with django_assert_num_queries(0):
            page = kind_client.get(path).content.decode()
        assert organisation.organisation.name in page, "the organisation this process saw last stands on the page"
        assert organisation.organisation.controller.email in page


def test_an_organisation_taken_away_is_forgotten(organisation: "Current", kind_client: Client) -> None:
    from portal.organisation.models import OrganisationVersion, Topic

    kind_client.get("/fault/404")
    assert context.remembered() is not None
    Topic.objects.all().delete()
    with append_only.removed():
        OrganisationVersion.objects.all().delete()
    kind_client.get("/fault/404")
    assert context.remembered() is None


def test_when_even_the_page_breaks_plain_words_are_sent(kind_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> str:
        raise TemplateDoesNotExist("errors/500.html")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = kind_client.get("/fault/500")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_no_page_holds_inline_style_or_script(organisation: "Current", kind_client: Client) -> None:
    for path, *_ in FAULTS:
        page = kind_client.get(path).content.decode()
        assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=", page), path
