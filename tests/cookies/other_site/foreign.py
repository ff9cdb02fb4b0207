"""A site of the organisation that is not the portal: a server of its own, on a port and a host name of its own."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass
class Answer:
    """What a path answers with; everything is HTML unless it is said otherwise."""

    body: str
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds


class ForeignSite:
    """Serves ``answers`` by path, and notes in ``asked`` what it was asked for. Ends with its context.

    The portal of the tests is at ``localhost``; this is at ``127.0.0.1``, so that the two are foreign to each other
    and share no cookies; ``at`` is the same site under another name.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def at(self, host: str) -> str:
        """The site under another host name; a browser finds every name below ``localhost`` on this machine."""
        return f"http://{host}:{self.server.server_port}"

    def page(self, path: str, head: str, body: str = "<h1>A shop</h1>", **headers: str) -> str:
        """Serve a page at ``path``; returns its address. Headers are written with ``_`` for ``-``."""
        html = f'<!doctype html><html lang="en-gb"><head><meta charset="utf-8"><title>A shop</title>{head}</head>'
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(f"{html}<body><main>{body}</main></body></html>", headers=said)
        return self.url + path

    def script(self, path: str, source: str) -> None:
        """Serve a script at ``path``."""
        self.answers[path] = Answer(source, "text/javascript")

    def _handler(self) -> Callable[..., http.server.BaseHTTPRequestHandler]:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                site.asked.append(path)
                answer = site.answers.get(path)
                time.sleep(answer.delay if answer else 0)
                body = answer.body.encode() if answer else b""
                self.send_response(200 if answer else 404)
                self.send_header("Content-Type", answer.kind if answer else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (answer.headers if answer else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the tests read ``asked``."""

        return Handler

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
