"""What every test may ask for: an organisation, a broker, a mailbox, a worker, the portal over HTTP, a browser."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase

from tests import environment
from tests.processes import LivePortal, Worker, child_environment
from tests.servers import Valkey
from tests.smtp import SmtpSink

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytest_plugins = ["tests.browser"]

CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
DEFAULT_ORGANISATION = "open-e"


def pytest_configure(config: pytest.Config) -> None:
    if not settings.configured:
        pytest.exit("Django's settings are not loaded: pytest-django would skip every database test.", returncode=3)


# Honesty about what a run did not test.


def untested(config: pytest.Config) -> list[str]:
    """In words, what this run could not or was told not to test."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    words = []
    if stats.get("skipped"):
        reasons = sorted({str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else "" for report in stats["skipped"]})
        words.append(f"{len(stats['skipped'])} skipped ({'; '.join(reasons)})")
    if stats.get("deselected") or config.option.keyword or config.option.markexpr or config.option.deselect:
        words.append("some tests were left out by -k, -m or --deselect")
    if stats.get("xfailed"):
        words.append(f"{len(stats['xfailed'])} known to fail")
    return words


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if CI and exitstatus == 0 and not hasattr(session.config, "workerinput") and untested(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for words in untested(config):
        terminalreporter.write_line(f"NOT TESTED: {words}{' - and with CI set, that fails the run' if CI else ''}", yellow=True)


# What pages are made of.


@pytest.fixture(autouse=True, scope="session")
def _static_files() -> None:
    """Pages name their style sheets by digest, and WhiteNoise serves them: so they must have been collected."""
    call_command("collectstatic", interactive=False, verbosity=0)


# The database.


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """On SQLite the tests use a file, which a real worker and a real web server can open too."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(environment.folder / "tests.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Iterator[None]:
    """The ledger's triggers refuse TRUNCATE and DELETE; they stand aside while a test's rows are flushed."""
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private in the stubs

    def teardown(self: TransactionTestCase) -> None:
        with ExitStack() as stack:
            try:
                from consent.ledger import triggers
            except ImportError:
                pass
            else:
                stack.enter_context(triggers.removed())
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def organisation(request: pytest.FixtureRequest, db: None) -> "Current":
    """One of the five organisations, loaded: the one named by ``parametrize(..., indirect=True)``, or Open-E."""
    from portal.organisation import loader, versions

    loader.apply(loader.read(getattr(request, "param", DEFAULT_ORGANISATION)))
    return versions.current()


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """No count of attempts leaks from one test into the next."""
    yield
    if environment.valkey is None or environment.valkey.process.poll() is None:
        import redis

        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.flushdb()


# Real parts.


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """The broker and cache of the tests, to stop, hang or wipe; it is back and answering when the test ends."""
    if environment.valkey is None:
        pytest.skip("the broker was given by REDIS_URL and is not ours to break")
    server = environment.valkey
    yield server
    server.resume()
    if server.process.poll() is not None:
        server.start()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server that takes everything, at the address SMTP_URL names; ``sink.mails`` is what came."""
    with SmtpSink(environment.smtp_port) as sink:
        yield sink


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """A function that starts a real Celery worker on the test database and returns when it takes tasks."""
    with ExitStack() as stack:

        def start(**variables: str) -> Worker:
            return stack.enter_context(Worker(child_environment(**variables), tmp_path))

        yield start


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    """One real Celery worker on the test database."""
    return start_worker()


@pytest.fixture(scope="session")
def _gunicorn(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    with LivePortal(child_environment(), tmp_path_factory.mktemp("gunicorn")) as portal:
        yield portal


@pytest.fixture
def live_portal(transactional_db: None, _gunicorn: LivePortal) -> LivePortal:
    """The portal behind a real gunicorn, on the test database; ``live_portal.url`` has no trailing slash."""
    return _gunicorn
