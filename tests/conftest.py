"""What every test may ask for: an organisation, a broker, a mailbox, a worker, the portal over HTTP, a browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from whitenoise import WhiteNoise

from tests import environment
from tests.processes import LivePortal, Worker, child_environment
from tests.servers import Valkey
from tests.smtp import SmtpSink

if TYPE_CHECKING:
    from portal.organisation.schema import Organisation
    from portal.organisation.versions import Current

pytest_plugins = ["tests.browser", "tests.honesty"]

DEFAULT_ORGANISATION = "open-e"


# How fast an example runs says how busy the machine is. (Where CI is set, Hypothesis has chosen a profile that
# tries the same ones each time.)
hypothesis.settings.register_profile(
    "portal",
    hypothesis.settings.get_profile(hypothesis.settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("portal")


def pytest_configure(config: pytest.Config) -> None:
    if not settings.configured:
        pytest.exit("Django's settings are not loaded: pytest-django would skip every database test.", returncode=3)


# What pages are made of.


@pytest.fixture(autouse=True, scope="session")
def _static_files() -> None:
    """Pages name their style sheets by digest, and WhiteNoise serves them: so they must have been collected."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_for_once(_static_files: None) -> Iterator[None]:
    """WhiteNoise lists every file for every test client that is made, and they are the same ones in a whole run."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    look = WhiteNoise.update_files_dictionary

    def look_once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            before = set(self.files)
            look(self, root, prefix)
            found[root, prefix] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(found[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


# The database.


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """On SQLite the tests use a file, which a real worker and a real web server can open too."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(environment.folder / "tests.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database is emptied in our way after a test that commits."""
    from tests.flushing import flusher

    with pytest.MonkeyPatch.context() as patch:
        by_django = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private in the stubs
        with django_db_blocker.unblock():
            patch.setattr(TransactionTestCase, "_fixture_teardown", flusher(by_django))
        yield


@pytest.fixture
def organisation(request: pytest.FixtureRequest, db: None) -> "Current":
    """One of the five organisations, loaded: the one named by ``parametrize(..., indirect=True)``, or Open-E."""
    from portal.organisation import loader, versions

    loader.apply(shipped(getattr(request, "param", DEFAULT_ORGANISATION)))
    return versions.current()


@cache
def shipped(slug: str) -> "Organisation":
    """An organisation that ships, read once: nothing changes it."""
    from portal.organisation import loader

    return loader.read(slug)


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
