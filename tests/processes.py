"""The portal's own processes, started for real against the test database."""

import http.client
import os
import signal
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import connection

from portal.demo.processes import end, free_port, send, spawn


def child_environment(**variables: str) -> dict[str, str]:
    """The environment in which a process of the portal uses the test database and the test's servers."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{name}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings", **variables}


class Running:
    """A process with a log; ends with its context."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.log_path = folder / f"{type(self).__name__.lower()}-{time.monotonic_ns()}.log"
        with self.log_path.open("ab") as log:
            self.process = spawn(command, environment=environment, output=log)

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL for it and its children: nothing is put in order first."""
        send(self.process, signal.SIGKILL)
        self.process.wait()

    def ended(self, seconds: float, until: float) -> None:
        if self.process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"It did not start within {seconds:g} s:\n{self.log}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.process)


class Worker(Running):
    """A Celery worker that is ready for tasks."""

    def __init__(
        self, environment: dict[str, str], folder: Path, seconds: float = 30, application: str = "portal.celery"
    ) -> None:
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            application,
            "worker",
            "--concurrency=1",
            "--loglevel=INFO",
        ]
        super().__init__([*command, "--without-gossip", "--without-mingle"], environment, folder)
        until = time.monotonic() + seconds
        while " ready." not in self.log:
            self.ended(seconds, until)
            time.sleep(0.05)


class LivePortal(Running):
    """The portal behind gunicorn, answering on ``url``."""

    def __init__(
        self, environment: dict[str, str], folder: Path, *, workers: int = 1, threads: int = 8, seconds: float = 30
    ) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        options = [f"--workers={workers}", f"--threads={threads}", "--worker-class=gthread", "--no-control-socket"]
        super().__init__([*command, *options], environment, folder)
        until = time.monotonic() + seconds
        while not self._answers():
            self.ended(seconds, until)
            time.sleep(0.05)

    def _answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()
