"""A database that is down is a page that says so; when it is back, so are the pages. Real servers, no mocks."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import LivePortal, child_environment
from tests.servers import Postgres

pytestmark = [pytest.mark.process, pytest.mark.django_db]


def answer(url: str, data: str = "") -> tuple[int, str]:
    """Status and page, as curl sees them; a POST where there is data."""
    words = ["curl", "--silent", "--max-time", "20", "--write-out", "\n%{http_code}", url]
    words += ["--data", data] if data else []
    page, _newline, status = subprocess.run(words, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return int(status), page


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


def environment(url: str) -> dict[str, str]:
    return child_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.web.faulty_settings")


def manage(where: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], env=where, check=True, capture_output=True)


@pytest.fixture
def portal(postgres: Postgres, tmp_path: Path) -> Iterator[LivePortal]:
    where = environment(postgres.url)
    manage(where, "migrate", "--verbosity=0")
    manage(where, "loadorganisation", "open-e")
    with LivePortal(where, tmp_path) as running:
        yield running


def test_the_portal_outlives_a_stopped_postgresql(portal: LivePortal, postgres: Postgres) -> None:
    assert answer(f"{portal.url}/")[0] == 200
    assert answer(f"{portal.url}/readyz")[0] == 200

    postgres.stop()
    status, page = answer(f"{portal.url}/")
    assert status == 503
    assert "We cannot reach our records just now" in page
    assert "Open-E" in page, "people still see whose page it is"
    status, page = answer(f"{portal.url}/fault/503/organisation", "choice=1")
    assert status in (403, 503)
    assert answer(f"{portal.url}/healthz")[0] == 200
    assert answer(f"{portal.url}/readyz")[0] == 503

    postgres.start()
    assert answer(f"{portal.url}/")[0] == 200
    assert answer(f"{portal.url}/readyz")[0] == 200


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.sqlite3"])
def test_a_database_that_was_never_there_is_a_503(url: str, tmp_path: Path) -> None:
    with LivePortal(environment(url), tmp_path) as portal:
        begun = time.monotonic()
        for path in ("/", "/account/login/", "/admin/", "/no/such/page"):
            status, page = answer(portal.url + path)
            assert status in (200, 302, 404, 503), path
            assert status != 200 or "<h1>" in page
        assert answer(f"{portal.url}/")[0] == 503
        assert time.monotonic() - begun < 30
        assert "127.0.0.1:1" not in portal.log
        assert "Traceback" not in portal.log, "a database that is away is one line each, not a page of trace"
