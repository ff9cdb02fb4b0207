"""Requests that meet a fault, and the three people."""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client, RequestFactory

from accounts import flows
from accounts.models import User
from accounts.sessions import SessionStore
from portal import context
from portal.organisation.versions import Current
from tests.processes import LivePortal, child_environment


@pytest.fixture(autouse=True, scope="session")
def _static_files() -> None:
    """The files pages link to, under the names a real install gives them."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _no_memory_of_another_test() -> Iterator[None]:
    """The organisation that error pages remember belongs to one test."""
    context.forget()
    yield
    context.forget()


@pytest.fixture
def get() -> RequestFactory:
    return RequestFactory()


@pytest.fixture
def kind_client() -> Client:
    """A client that shows the 500 page, as a browser would, instead of raising."""
    return Client(raise_request_exception=False)


@pytest.fixture
def priya(organisation: Current) -> User:
    """The privacy officer."""
    return flows.open_account("priya@staff.example", "correct horse battery", staff=True, superuser=True)


@pytest.fixture
def joan(organisation: Current) -> User:
    """A customer."""
    return flows.open_account("joan.archer@example.org", "correct horse battery", name="Joan Archer")


@pytest.fixture
def break_sessions(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A function after which no session can be saved, as when the database goes away at that very moment."""

    def unsaved(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    return lambda: monkeypatch.setattr(SessionStore, "save", unsaved)


@pytest.fixture(scope="session")
def _faulty_gunicorn(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    environment = child_environment(DJANGO_SETTINGS_MODULE="tests.web.faulty_settings")
    with LivePortal(environment, tmp_path_factory.mktemp("gunicorn")) as portal:
        yield portal


@pytest.fixture
def faulty_portal(transactional_db: None, _faulty_gunicorn: LivePortal) -> LivePortal:
    """The portal behind gunicorn, with the addresses of ``tests.web.faults`` beside its own."""
    return _faulty_gunicorn


@pytest.fixture
def client_cookie() -> Callable[[User], str]:
    """A function that signs somebody in and returns their session's cookie."""

    def sign_in(user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.cookies["session"].value

    return sign_in
