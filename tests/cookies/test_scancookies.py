"""The scanner opens pages with each choice and says which cookies nobody listed, and which came without leave."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from io import StringIO
from operator import getitem
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import Browser as Chromium

from consent.cookies import scanning
from consent.cookies.models import Browser, Choice, Refusals
from consent.cookies.scanning import CannotScan, Finding, Left, Visit
from portal.organisation import loader, versions
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from tests.cookies.other_site.foreign import ForeignSite
from tests.processes import child_environment

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# Sets a cookie of its own for each category the visitor allowed, as a shop with consent.js would; one comes at once.
ORDERLY = """<script>
  document.cookie = "session=1";
  const said = document.cookie.match(/choices=([^;]*)/)?.[1] ?? "";
  if (said.includes("analytics")) document.cookie = "visit=1";
  if (said.includes("functionality")) document.cookie = "currency=EUR";
</script>"""
HASTY = """<script>
  document.cookie = "visit=1";
  document.cookie = "_unheard_of=1";
  localStorage.setItem("basket", "1");
</script><iframe src="data:text/html,nothing"></iframe>"""


# As consent.js does with what came without leave, and as pages try whether there are cookies.
SWEPT = """<script>
  document.cookie = "visit=1";
  document.cookie = "visit=; Max-Age=0";
  document.cookie = "_trial=1";
  document.cookie = "_trial=; Max-Age=0";
</script>"""


@pytest.fixture
def shop() -> Iterator[ForeignSite]:
    """The website of Open-E, on a server of its own."""
    with ForeignSite() as site:
        yield site


def scanned(*urls: str, current: Current) -> list[Finding]:
    """What a scan finds; in a thread of its own, since the tests' own browser has this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: list(scanning.scan(urls, current, "www", 0.05))).result()


@pytest.mark.browser
@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_pages_are_opened_with_each_choice_and_what_is_wrong_is_named(
    organisation: Current, shop: ForeignSite, browser: Chromium
) -> None:
    words = ["scancookies", shop.page("/", HASTY), "--site", "www", "--wait", "0.05", "--json"]
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=child_environment(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)
    found: dict[str, list[str]] = {}
    for one in findings:
        found.setdefault(f"{one['kind']} {one['name']}, {one['wrong']}", []).append(one["choice"])
    every = ["nobody chose", "refused", "only functionality", "only analytics", "only sharing", "all allowed"]
    assert found == {
        "cookie _unheard_of, unlisted": every,
        "storage basket, unlisted": every,
        "cookie visit, too early": ["nobody chose", "refused", "only functionality", "only sharing"],
    }
    assert {one["host"] for one in findings} == {"127.0.0.1"}
    assert not any(model.objects.exists() for model in (Choice, Browser, Refusals))


@pytest.mark.browser
def test_a_page_that_asks_first_and_lists_everything_passes(
    organisation: Current, shop: ForeignSite, browser: Chromium
) -> None:
    assert scanned(shop.page("/", ORDERLY), current=organisation) == []


@pytest.mark.browser
def test_a_cookie_that_came_without_leave_is_found_though_a_script_removed_it(
    organisation: Current, shop: ForeignSite, browser: Chromium
) -> None:
    found = scanned(shop.page("/", SWEPT), current=organisation)

    assert {(one.name, one.wrong, one.removed) for one in found} == {("visit", "too early", True)}
    assert [one.choice for one in found] == ["nobody chose", "refused", "only functionality", "only sharing"]
    assert str(found[0]).endswith(
        "cookie visit of 127.0.0.1 belongs to “analytics”, which was not allowed; it was set, and then removed."
    )


@pytest.mark.browser
def test_a_page_that_does_not_open_is_no_clean_page(
    organisation: Current, shop: ForeignSite, browser: Chromium
) -> None:
    with pytest.raises(CannotScan, match="about:blank answered nothing"):
        scanned("about:blank", current=organisation)
    # A Chromium with windows has a page of its own for an empty answer, and says so.
    with pytest.raises(CannotScan, match=r"answered 404|ERR_HTTP_RESPONSE_CODE_FAILURE"):
        scanned(f"{shop.url}/nowhere", current=organisation)


def findings_of(monkeypatch: pytest.MonkeyPatch, *found: Finding) -> tuple[int, str]:
    """The command's exit status and words, after a scan with these findings."""
    monkeypatch.setattr(scanning, "scan", lambda *_args: iter(found))
    out = StringIO()
    try:
        call_command("scancookies", "https://www.open-e.com/", "--site", "www", stdout=out, no_color=True)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_findings_are_said_once_in_words_and_end_with_status_one(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding("https://www.open-e.com/", "refused", "cookie", "_x", "ads.example", "unlisted")

    status, printed = findings_of(monkeypatch, found, found)
    assert status == 1
    assert printed.splitlines() == [
        "https://www.open-e.com/ (refused): cookie _x of ads.example is not in the register.",
        "1 page(s), 6 choice(s), 1 finding(s).",
    ]
    assert findings_of(monkeypatch) == (0, "1 page(s), 6 choice(s), 0 finding(s).\n")


def test_what_is_wrong_with_several_choices_is_said_once_with_their_names(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, visits = "https://www.open-e.com/", scanning.visits(organisation, "www")
    everywhere = [Finding(page, visit.name, "cookie", "_x", "a.example", "unlisted") for visit in visits]
    early = [Finding(page, name, "cookie", "visit", "a.example", "too early", "analytics") for name in ("one", "other")]

    _, printed = findings_of(monkeypatch, *everywhere, *early)

    assert printed.splitlines() == [
        f"{page} (every choice): cookie _x of a.example is not in the register.",
        f"{page} (one, other): cookie visit of a.example belongs to “analytics”, which was not allowed.",
        "1 page(s), 6 choice(s), 2 finding(s).",
    ]


def scan(*words: str) -> None:
    call_command("scancookies", "http://127.0.0.1:9/", *words)


def test_a_site_the_file_does_not_know_is_named_with_those_it_knows(organisation: Current) -> None:
    with pytest.raises(CommandError, match="It knows: portal, www, forum, blog"):
        scan("--site", "elsewhere")


def test_without_playwright_it_says_what_to_install(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)

    with pytest.raises(CommandError, match="pip install playwright"):
        scan()


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_where_nothing_is_optional_there_is_one_way_to_come(organisation: Current) -> None:
    assert scanning.visits(organisation, "www") == [Visit("nobody chose", None)]


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_names_are_compared_by_their_patterns_and_by_what_they_are(organisation: Current) -> None:
    def wrong(left: Left, *allowed: str) -> list[Any]:
        visit = Visit("chosen", frozenset(allowed))
        return [one.wrong for one in scanning.judged(left, "/", visit, organisation, "www")]

    assert wrong(Left("_ga_4TBD10CE", "cookie", "openitio.example"), "analytics") == []
    assert wrong(Left("_ga_4TBD10CE", "cookie", "openitio.example")) == ["too early"]
    assert wrong(Left("_ga_4TBD10CE", "storage", "openitio.example"), "analytics") == ["unlisted"]
    assert wrong(Left("__Host-session", "cookie", "openitio.example")) == []


def changed(organisation: Current, *path: str, to: object) -> Current:
    """The next version of the file, with one value changed."""
    document = json.loads(organisation.organisation.model_dump_json(by_alias=True))
    *above, key = path
    reduce(getitem, above, document["cookies"])[key] = to
    loader.apply(Organisation.model_validate_json(json.dumps(document)))
    return versions.current()


def test_a_category_that_the_site_does_not_use_is_allowed_there_by_nobody(organisation: Current) -> None:
    current = changed(organisation, "sites", "www", "categories", to=["analytics"])
    everything = scanning.visits(current, "www")[-1]

    [finding] = scanning.judged(Left("currency", "cookie", "open-e.com"), "/", everything, current, "www")

    assert (finding.wrong, finding.category) == ("too early", "functionality")


def test_what_only_wants_an_objection_may_run_until_somebody_objects(organisation: Current) -> None:
    current = changed(organisation, "categories", "analytics", "rule", to="objection")
    visit = Left("visit", "cookie", "open-e.com")

    assert list(scanning.judged(visit, "/", Visit("nobody chose", None), current, "www")) == []
    [finding] = scanning.judged(visit, "/", Visit("refused", frozenset()), current, "www")
    assert str(finding) == "/ (refused): cookie visit of open-e.com belongs to “analytics”, which was not allowed."
