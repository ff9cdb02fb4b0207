"""Runs the parts of the demo together: one output, one life. When one part ends, all end."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.demo.processes import end, send, spawn

COLOURS = {"portal": 1, "valkey": 35, "mail": 33, "web": 36, "worker": 32, "beat": 34}
PATIENCE = 6.0


@dataclass(frozen=True)
class Line:
    """One line that a part wrote."""

    name: str
    text: str


@dataclass(frozen=True)
class Ended:
    """A part is no more. ``status`` as subprocess gives it: negative for a signal."""

    name: str
    status: int


@dataclass(frozen=True)
class Signalled:
    """Somebody asked the supervisor to stop."""

    number: int


class Stop(Exception):
    """The demo has to end; ``status`` is the exit status of the whole."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Supervisor:
    """Starts parts, prints what they say with their name in front, and ends them all together.

    Use it as a context manager in the main thread: leaving it, for whatever reason, leaves no process.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.events: queue.SimpleQueue[Line | Ended | Signalled] = queue.SimpleQueue()
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self._end_all()

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one part. Called from the main thread, to whose life the part is tied."""
        process = self.parts[name] = spawn(command, environment=self.environment)
        threading.Thread(target=self._read, args=(name, process), daemon=True).start()
        threading.Thread(target=self._await, args=(name, process), daemon=True).start()

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run something to its end before going on; raises :class:`Stop` if it fails or somebody stops us."""
        self.start(name, command)
        while name in self.parts:
            self._handle(self.events.get(), expected=name)

    def wait_for(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        """Go on as soon as ``ready()``; raises :class:`Stop` if a part dies meanwhile or time is up."""
        until = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > until:
                raise Stop(1, f"{what} did not answer within {seconds:g} s.")
            self._drain(0.05)

    def watch(self) -> None:
        """Print until a part dies or somebody stops us: always ends in :class:`Stop`."""
        while True:
            self._handle(self.events.get())

    def say(self, *lines: str) -> None:
        for line in lines:
            self._print("portal", line)

    def _hear(self, number: int, _frame: object) -> None:
        self.events.put(Signalled(number))

    def _drain(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._handle(self.events.get(timeout=left))
            except queue.Empty:
                return

    def _handle(self, event: Line | Ended | Signalled, expected: str = "") -> None:
        match event:
            case Line(name, text):
                self._print(name, text)
            case Signalled(number):
                # Asked to end, it ends: that is no failure for make to report.
                raise Stop(0, f"{signal.Signals(number).name}: stopping.")
            case Ended(name, status):
                process = self.parts.pop(name)
                send(process, signal.SIGKILL)
                if name != expected or status != 0:
                    raise Stop(1, f"{name} ended ({_status_words(status)}), so everything stops.")

    def _read(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  # spawn() made it a pipe; this tells the type checker
        for line in process.stdout:
            self.events.put(Line(name, line.decode(errors="replace").rstrip()))

    def _await(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.events.put(Ended(name, process.wait()))

    def _print(self, name: str, text: str) -> None:
        label = f"{name:<6} |"
        if self.colour:
            label = f"\033[{COLOURS.get(name, 0)}m{label}\033[0m"
        try:
            sys.stdout.write(f"{label} {text}\n")
            sys.stdout.flush()
        except OSError:
            # The terminal or the pipe to it is gone: end in order all the same, in silence.
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # stays open until we exit

    def _end_all(self) -> None:
        """TERM to all leaders at once, one patience for all, then KILL for each group. A second signal hurries."""
        for process in self.parts.values():
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while any(process.poll() is None for process in self.parts.values()) and time.monotonic() < until:
            if self._asked_again():
                break
        for process in self.parts.values():
            end(process, patience=0, first=signal.SIGKILL)

    def _asked_again(self) -> bool:
        try:
            event = self.events.get(timeout=0.05)
        except queue.Empty:
            return False
        if isinstance(event, Line):
            self._print(event.name, event.text)
        return isinstance(event, Signalled)


def _status_words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
