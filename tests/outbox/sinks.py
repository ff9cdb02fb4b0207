"""Mail servers for tests, on the loopback: one that behaves as it is told, verb by verb, and keeps what it took.

``Sink`` speaks just enough SMTP, by hand, so that it can misbehave at any byte.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from portal.demo.processes import end, free_port, spawn

OK = "250 OK"
GREETING = "220 sink ready"


@dataclass(frozen=True)
class Taken:
    """One mail the sink answered 250 to, or would have: ``answered`` says which. ``at`` is monotonic."""

    sender: str
    recipient: str
    content: bytes
    at: float
    answered: bool
    conversation: int

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class Behaviour:
    """How a sink answers. Keys of the dicts are verbs, with ``greeting`` and ``end`` (the final dot).

    ``answers`` says what instead of yes, to one verb or, given a callable, depending on the verb's line;
    ``delay`` seconds before an answer; ``drip`` seconds between its bytes; ``hang`` never answers; ``drop`` closes.
    """

    answers: dict[str, str | Callable[[str], str]] = field(default_factory=dict)
    delay: dict[str, float] = field(default_factory=dict)
    drip: dict[str, float] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    drop: set[str] = field(default_factory=set)
    extensions: tuple[str, ...] = ("8BITMIME",)
    mails_a_connection: int = 0
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    login: tuple[str, str] | None = None


class _Dropped(Exception):
    pass


class _Conversation:
    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.secure = sink.behaviour.tls_at_once
        self.number = sink.verbs["connect"]
        self.sender = self.recipient = ""
        self.taken = 0

    @property
    def behaviour(self) -> Behaviour:
        return self.sink.behaviour

    async def run(self) -> None:
        await self.answer("greeting", "", GREETING)
        while line := await self.reader.readline():
            text = line.decode("utf-8", "replace").strip()
            verb = text.split(" ")[0].split(":")[0].lower()
            self.sink.verbs[verb] += 1
            self.sink.lines.append(text)
            known: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = {
                "ehlo": self.ehlo, "mail": self.mail, "rcpt": self.rcpt, "data": self.data,
                "starttls": self.starttls, "auth": self.auth, "quit": self.quit,
            }  # fmt: skip
            await known.get(verb, self.anything)(text)

    async def answer(self, verb: str, line: str, yes: str) -> bool:
        """Answers a verb as the behaviour says; True where that was a yes."""
        rules = self.behaviour
        if verb in rules.drop:
            raise _Dropped
        if verb in rules.hang:
            await asyncio.sleep(3600)
        await asyncio.sleep(rules.delay.get(verb, 0)) if verb in rules.delay else None
        said = rules.answers.get(verb, yes)
        said = (said(line) or yes) if callable(said) else said
        data = said.replace("\n", "\r\n").encode() + b"\r\n"
        for piece in [data[n : n + 1] for n in range(len(data))] if verb in rules.drip else [data]:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(rules.drip.get(verb, 0)) if verb in rules.drip else None
        if said.startswith("421"):
            raise _Dropped
        return said[0] in "23"

    async def ehlo(self, line: str) -> None:
        offered = [*self.behaviour.extensions]
        if self.behaviour.tls and not self.secure:
            offered.append("STARTTLS")
        if self.behaviour.login:
            offered.append("AUTH PLAIN")
        lines = ["sink", *offered]
        last = len(lines) - 1
        text = "\n".join(f"250{' ' if n == last else '-'}{words}" for n, words in enumerate(lines))
        await self.answer("ehlo", line, text)

    async def mail(self, line: str) -> None:
        if self.behaviour.mails_a_connection and self.taken >= self.behaviour.mails_a_connection:
            raise _Dropped
        self.sender = line.partition("<")[2].partition(">")[0]
        await self.answer("mail", line, OK)

    async def rcpt(self, line: str) -> None:
        self.recipient = line.partition("<")[2].partition(">")[0]
        await self.answer("rcpt", line, OK)

    async def data(self, line: str) -> None:
        if not await self.answer("data", line, "354 go on"):
            return
        lines: list[bytes] = []
        while (part := await self.reader.readline()) != b".\r\n":
            if not part:
                raise _Dropped
            lines.append(part[1:] if part.startswith(b"..") else part)
        self.sink.ends.append(time.monotonic())
        content = b"".join(lines)
        if "end" in self.behaviour.drop or "end" in self.behaviour.hang:
            self.keep(content, answered=False)
        if await self.answer("end", content.decode("utf-8", "replace"), OK):
            self.keep(content, answered=True)
            self.taken += 1

    def keep(self, content: bytes, *, answered: bool) -> None:
        self.sink.taken.append(Taken(self.sender, self.recipient, content, time.monotonic(), answered, self.number))

    async def starttls(self, line: str) -> None:
        if await self.answer("starttls", line, "220 go ahead") and self.behaviour.tls:
            await self.writer.start_tls(self.behaviour.tls)
            self.secure = True

    async def auth(self, line: str) -> None:
        _nothing, user, password = base64.b64decode(line.rsplit(" ", maxsplit=1)[-1]).decode().split("\0")
        good = (user, password) == self.behaviour.login
        await self.answer("auth", line, "235 welcome" if good else "535 5.7.8 wrong user or password")

    async def quit(self, line: str) -> None:
        await self.answer("quit", line, "221 bye")
        raise _Dropped

    async def anything(self, line: str) -> None:
        await self.answer(line.split(" ", maxsplit=1)[0].lower(), line, OK)


class Sink:
    """A mail server on its own thread and port; ``behaviour`` may be changed while it runs."""

    def __init__(self, behaviour: Behaviour | None = None, port: int = 0) -> None:
        self.behaviour = behaviour or Behaviour()
        self.port = port
        self.taken: list[Taken] = []
        self.verbs: Counter[str] = Counter()
        self.lines: list[str] = []
        self.ends: list[float] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        """What it answered 250 to, oldest first."""
        return [one.mail for one in self.taken if one.answered]

    def to(self, address: str) -> list[EmailMessage]:
        return [one.mail for one in self.taken if one.answered and one.recipient == address]

    def wait_for(self, count: int, seconds: float = 20) -> bool:
        """Whether so many mails came within the time."""
        end = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.taken) >= count

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        tls = self.behaviour.tls if self.behaviour.tls_at_once else None
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self._main = asyncio.current_task()
        self._ready.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.verbs["connect"] += 1
        try:
            await _Conversation(self, reader, writer).run()
        except (_Dropped, OSError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
            return
        self.verbs["disconnect"] += 1
        writer.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(5)
        self._loop.close()

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()


class SinkProcess:
    """A sink in a process of its own, so that it does not share the sender's interpreter: for measurements and races.

    It writes one line for each mail taken: monotonic time, recipient, Message-ID.
    """

    def __init__(self, folder: Path, *, delay: float = 0.0, port: int = 0) -> None:
        self.port = port or free_port()
        self.log = folder / f"sink-{self.port}.log"
        self.log.touch()
        command = [sys.executable, "-m", "tests.outbox.sinks", str(self.port), str(self.log), str(delay)]
        self.process = spawn(command, folder=Path(__file__).parents[2])
        wait_for_port(self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def lines(self) -> list[tuple[float, str, str]]:
        """What was taken: when, by whom, under which Message-ID; oldest first."""
        rows = [line.split(" ") for line in self.log.read_text().splitlines()]
        return [(float(at), recipient, message_id) for at, recipient, message_id in rows]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.process)


def wait_for_port(port: int, seconds: float = 10) -> None:
    """Returns once something listens there; raises TimeoutError otherwise."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(f"Nothing listens on port {port}.") from None
            time.sleep(0.02)
        else:
            return


class _Writing(Sink):
    """Writes each mail down at once, before the answer: what was taken is known whatever is killed next."""

    def __init__(self, behaviour: Behaviour, port: int, log: Path) -> None:
        super().__init__(behaviour, port)
        self._log = log.open("a")

    def written(self, content: str) -> str:
        found = re.search(r"(?mi)^Message-ID: (\S+)", content)
        to = re.search(r"(?mi)^To: (\S+)", content)
        self._log.write(f"{time.monotonic()} {to and to[1]} {found and found[1]}\n")
        self._log.flush()
        return OK


def main(port: str, log: str, delay: str) -> None:
    """The process of a :class:`SinkProcess`."""
    behaviour = Behaviour(delay={"end": float(delay)} if float(delay) else {})
    sink = _Writing(behaviour, int(port), Path(log))
    behaviour.answers["end"] = sink.written
    with sink:
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
