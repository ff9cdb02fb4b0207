"""The register can be taken away as a file, and an older one looked up: for every organisation, the same for all."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape

import pytest
from django.conf import settings

from consent.cookies import documents, page
from portal.home.policy import date_in_words
from portal.organisation.versions import Current
from tests.cookies.conftest import FIVE, Visitor
from tests.preferences.conftest import new_version, words_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_policy_downloads_as_one_html_file(organisation: Current, visitor: Visitor) -> None:
    answer = visitor.client.get("/cookies/policy.html")

    cookies = organisation.organisation.cookies
    page = unescape(answer.content.decode())
    stem = f"{organisation.organisation.slug}-cookies-{cookies.register_date}-v1"
    assert answer["Content-Disposition"] == f'attachment; filename="{stem}.html"'
    for words in [
        organisation.organisation.controller.legal_name,
        *map(str, (one.name.removeprefix("__Host-") for one in cookies.cookies.values())),
    ]:
        assert words in page
    assert "src=" not in page
    assert re.findall('href="([^"]*)"', page) == [f"{settings.BASE_URL}/cookies/"], "the way back, and no other file"
    assert not answer.cookies


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_what_was_our_choice_is_marked_wherever_the_register_is_read(
    organisation: Current, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = organisation.organisation.cookies
    chosen = [page.note(one) for one in cookies.categories.values() if one.our_choice("rule")]
    dated = f"Register of {date_in_words(cookies.register_date)}"
    for path in ("/cookies/", "/cookies/versions/1/", "/cookies/policy.html"):
        said = visitor.see(path).replace(" (not from our policy)", "").replace(" *", "*")
        assert (f"{dated}*" in said) is cookies.our_choice("register_date"), path
        assert all(f"{note}*" in said for note in chosen), path
        assert ("* Not from our policy" in said) is (f"{dated}*" in said or bool(chosen)), path

    lines: list[str] = []
    monkeypatch.setattr(documents, "line", lambda _pdf, text, **_look: lines.append(text))
    documents._pdf.cache_clear()
    documents.as_pdf(organisation)
    documents._pdf.cache_clear()
    assert any(line.startswith(f"{dated}*") for line in lines) is cookies.our_choice("register_date")
    assert all(any(line.endswith(f"{note}*") for line in lines) for note in chosen)
    (back,) = [line for line in lines if line.endswith(f"{settings.BASE_URL}/cookies/")]
    assert ("your choice" in back) is cookies.offers_choice
    assert "* Not from our policy" in lines[-1]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_policy_downloads_as_a_pdf(organisation: Current, visitor: Visitor) -> None:
    answer = visitor.client.get("/cookies/policy.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")
    assert answer.content == visitor.client.get("/cookies/policy.pdf").content


def test_the_same_policy_is_the_same_file_in_every_process(organisation: Current) -> None:
    documents._pdf.cache_clear()
    first = documents.as_pdf(organisation)
    documents._pdf.cache_clear()

    assert documents.as_pdf(organisation) == first


@pytest.mark.parametrize(
    ("organisation", "words"),
    [("openitio", "Download our cookie policy:"), ("open-e", "Take this page away:")],
    indirect=["organisation"],
)
def test_where_a_download_is_promised_it_is_called_the_policy(
    organisation: Current, visitor: Visitor, words: str
) -> None:
    page = visitor.page()

    assert words in words_of(page)
    assert 'href="/cookies/policy.pdf"' in page
    assert 'href="/cookies/policy.html"' in page


def test_what_makes_a_pdf_is_loaded_only_when_one_is_made() -> None:
    look = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "sys.exit(bool({'fpdf', 'ttf_opensans'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_an_older_register_stands_as_it_was_read(visitor: Visitor, organisation: Current) -> None:
    def renamed(content: dict[str, object]) -> None:
        content["cookies"]["categories"]["analytics"]["title"] = "Visitor numbers"  # type: ignore[index]  # JSON of the file

    new_version(organisation, renamed)

    assert "Visitor numbers" in visitor.see()
    then = visitor.see("/cookies/versions/1/")
    assert "Counting visits" in then
    assert "Visitor numbers" not in then
    assert "Save my choices" not in then


@pytest.mark.parametrize("path", ["/cookies/versions/99/", f"/cookies/versions/{'9' * 40}/", "/cookies/versions/-1/"])
def test_a_version_that_never_was_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404
