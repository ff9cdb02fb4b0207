"""The demo as a visitor runs it: one command, all parts real, nothing left behind, and clear words when it cannot."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.demo.processes import end, free_port
from tests.demo.survivors import MARK, gone, marked

pytestmark = [pytest.mark.once, pytest.mark.process, pytest.mark.xdist_group("processes")]

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = {
    "valkey": "valkey-server",
    "mail": "portal.demo.mailbox",
    "web": "gunicorn",
    "worker": "celery --quiet -A portal.celery worker",
    "beat": "celery --quiet -A portal.celery beat",
}


class Demo:
    """One run of the demo; ``output`` is all it has said so far."""

    def __init__(self, var: Path, environment: Mapping[str, str], wrapper: tuple[str, ...] = ()) -> None:
        self.mark = uuid.uuid4().hex
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = var / f"{self.mark}.log"
        self.began = time.monotonic()
        own = {"DEMO_VAR": str(var), "PORT": str(self.port), MARK: self.mark}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*wrapper, sys.executable, "-m", "portal.demo"],
                cwd=ROOT,
                env={**clean(), **own, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self, seconds: float = 90) -> float:
        """Wait until it says it is; returns how long the start took."""
        until = time.monotonic() + seconds
        while "Ready: " not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < until, self.output
            time.sleep(0.02)
        return time.monotonic() - self.began

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def part(self, name: str) -> int:
        """The process id of a part's leader, once it has started."""
        until = time.monotonic() + 20
        while not any(PARTS[name] in line for line in marked(self.mark).values()):
            assert time.monotonic() < until, self.output
            time.sleep(0.05)
        return min(pid for pid, line in marked(self.mark).items() if PARTS[name] in line and "portal.demo " not in line)


def clean() -> dict[str, str]:
    """An environment without what the tests set for themselves."""
    theirs = {
        "DEMO",
        "VAR_DIR",
        "REDIS_URL",
        "SMTP_URL",
        "BASE_URL",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "MAKELEVEL",
        "MAKEFLAGS",
    }
    return {name: value for name, value in os.environ.items() if name not in theirs}


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all demos here: the first start fills it, the others find it filled."""
    return tmp_path_factory.mktemp("var")


@contextmanager
def ended_afterwards(var: Path) -> Iterator[Callable[..., Demo]]:
    """A function that starts a demo; each is ended in the end, and leaves nothing behind."""
    running: list[Demo] = []

    def run(wrapper: tuple[str, ...] = (), **environment: str) -> Demo:
        running.append(Demo(var, environment, wrapper))
        return running[-1]

    yield run
    for demo in running:
        end(demo.process)
        assert gone(demo.mark) == {}


@pytest.fixture
def start(var: Path) -> Iterator[Callable[..., Demo]]:
    with ended_afterwards(var) as run:
        yield run


def refused(var: Path, *words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "portal.demo", *words],
        cwd=ROOT,
        env={**clean(), "DEMO_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.measured
class TestOneThatRuns:
    @pytest.fixture(scope="class")
    def demo(self, var: Path) -> Iterator[Demo]:
        with ended_afterwards(var) as run:
            demo = run()
            demo.ready()
            yield demo

    def test_it_says_where_it_is_how_to_sign_in_and_where_the_mails_are(self, demo: Demo) -> None:
        for words in (f"{demo.url}/", "joan.archer@example.org", "priya@staff.example", f"{demo.url}/demo/mail/"):
            assert words in demo.output
        assert "Open-E" in demo.get("/")
        assert "Demo inbox" in demo.get("/demo/mail/")

    def test_it_runs_every_part(self, demo: Demo) -> None:
        assert all(demo.part(name) for name in PARTS)

    def test_no_other_one_of_the_organisation_shares_its_folder(self, demo: Demo, var: Path) -> None:
        assert "already running" in refused(var, PORT=str(free_port()))
        assert "already running" in refused(var, "reset")

    def test_its_secrets_are_readable_by_nobody_else(self, demo: Demo, var: Path) -> None:
        for path in (var / "open-e" / "secrets").iterdir():
            assert path.stat().st_mode & 0o077 == 0
            assert len(path.read_text()) > 40


def test_a_second_start_prepares_nothing_again_and_keeps_the_data(start: Callable[..., Demo], var: Path) -> None:
    first = start()
    first.ready()
    (var / "open-e" / "mail").mkdir(exist_ok=True)
    secret = (var / "open-e" / "secrets" / "secret_key").read_text()
    people = manage(var, "shell", "-c", "from accounts.models import User; print(User.objects.count())")
    end(first.process)
    second = start()
    second.ready()
    assert "setup  |" not in second.output
    assert (var / "open-e" / "secrets" / "secret_key").read_text() == secret
    assert manage(var, "shell", "-c", "from accounts.models import User; print(User.objects.count())") == people


def manage(var: Path, *words: str) -> str:
    command = [sys.executable, "-m", "portal.demo", "manage", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**clean(), "DEMO_VAR": str(var)}, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("name", PARTS)
def test_the_death_of_any_part_ends_all(start: Callable[..., Demo], name: str) -> None:
    demo = start()
    demo.ready()
    os.kill(demo.part(name), signal.SIGKILL)
    assert demo.process.wait(timeout=20) == 1
    assert f"{name} ended (killed by SIGKILL), so everything stops." in demo.output
    assert gone(demo.mark) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all(start: Callable[..., Demo], number: signal.Signals) -> None:
    demo = start()
    demo.ready()
    demo.process.send_signal(number)
    assert demo.process.wait(timeout=20) == 0
    assert gone(demo.mark) == {}


def test_a_signal_in_the_middle_of_the_start_ends_all(start: Callable[..., Demo]) -> None:
    demo = start()
    time.sleep(0.4)
    demo.process.send_signal(signal.SIGTERM)
    demo.process.wait(timeout=20)
    assert gone(demo.mark) == {}


def test_killing_the_supervisor_outright_ends_all(start: Callable[..., Demo]) -> None:
    demo = start()
    demo.ready()
    demo.process.kill()
    demo.process.wait()
    assert gone(demo.mark) == {}


def test_killing_make_outright_ends_all(start: Callable[..., Demo], var: Path) -> None:
    waits = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    demo = start((sys.executable, "-c", waits), MAKELEVEL="1")
    demo.ready()
    demo.process.kill()
    demo.process.wait()
    assert gone(demo.mark) == {}


def test_a_port_in_use_is_one_clear_line(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"PORT={port} is in use" in refused(var, PORT=str(port))


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_one_clear_line(var: Path, port: str) -> None:
    assert f"PORT={port}: a port is a number from 1 to 65535." in refused(var, PORT=port)


@pytest.mark.parametrize("slug", ["acme", "../settings", "Open-E"])
def test_a_wrong_organisation_is_one_clear_line_that_names_the_right_ones(var: Path, slug: str) -> None:
    words = refused(var, ORGANISATION=slug)
    assert f"ORGANISATION={slug}: there is no such organisation" in words
    assert "open-e" in words


def test_managing_a_demo_that_never_ran_is_one_clear_line(tmp_path: Path) -> None:
    words = refused(tmp_path, "manage", "check", ORGANISATION="openmarket")
    assert words == "There is no demo of openmarket yet: start it once with make demo.\n"


def test_managing_finds_the_one_demo_that_runs(start: Callable[..., Demo], tmp_path: Path) -> None:
    demo = start(ORGANISATION="opencontact")
    demo.ready()
    killed = demo.log.parent / "openmarket" / "ports.json"
    killed.parent.mkdir(exist_ok=True)
    killed.write_text("{}")  # as a demo leaves it that could not put its things in order
    code = "from django.conf import settings; print(settings.BASE_URL, settings.VAR_DIR)"
    assert manage(demo.log.parent, "shell", "-v0", "-c", code).split() == [
        demo.url,
        str(demo.log.parent / "opencontact"),
    ]


def test_an_unknown_word_is_refused(var: Path) -> None:
    assert "Unknown: destroy" in refused(var, "destroy")


def test_reset_forgets_everything(tmp_path: Path) -> None:
    folder = tmp_path / "open-e" / "mail"
    folder.mkdir(parents=True)
    (folder / "kept.eml").write_text("x")
    command = [sys.executable, "-m", "portal.demo", "reset"]
    for _ in range(2):
        subprocess.run(command, cwd=ROOT, env={**clean(), "DEMO_VAR": str(tmp_path)}, check=True)
        assert not (tmp_path / "open-e").exists()
