"""SMTP under one bound: a conversation is over when its time is, whatever the server does to prolong it.

``smtplib`` bounds each read and write, so a server that drips one byte every few seconds holds it for ever. Here
every read and write on the socket gets only what is left of the whole conversation's time, on this machine's
monotonic clock, which nobody sets. When it is up nothing more is sent; and a connection that does not end with
QUIT is reset rather than closed, so that the kernel does not deliver later what it still had in its buffers.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from portal.outbox.outcomes import Outcome, failed, retry, sent, server_trouble

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
CLOSING = 421
ABOUT_US = frozenset({CLOSING, 530, 535})
"""Replies to MAIL that are about us and not about one mail: closing down, authentication wanted or wrong."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_CLOSE_IN_PEACE = struct.pack("ii", 0, 0)


class Bound:
    """A moment on the monotonic clock after which nothing may be sent."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() >= self.end

    def left(self) -> float:
        """Seconds left; raises TimeoutError where there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("The time for this conversation is up.")
        return left


class _BoundedSocket(socket.socket):
    """A socket on which each operation gets what is left of ``bound``."""

    bound: Bound

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.bound.left())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self.bound.left())  # for sendall as a whole, since Python 3.5
        super().sendall(*args, **kwargs)


class _BoundedTLS(ssl.SSLSocket):
    """The same under TLS, where ``sendall`` is a loop over ``send`` and ``makefile`` reads by ``recv_into``."""

    bound: Bound

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.bound.left())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.bound.left())
        return super().send(*args, **kwargs)


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, as SMTP_URL says; ``hello`` is the name we greet with."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    hello: str

    @classmethod
    def at(cls, url: str, hello: str) -> Server:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname or "localhost", port, user, password, hello)

    def __repr__(self) -> str:
        return f"<{self.scheme}://{self.host}:{self.port}>"


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Certificates are verified; SSL_CERT_FILE adds an authority of one's own."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _BoundedTLS
    return context


class Connection(smtplib.SMTP):
    """``smtplib``'s conversation on a bounded socket, ready for mails once made.

    Raises OSError (as all of smtplib's errors are) where the server cannot be reached, is too slow, or refuses us.
    """

    def __init__(self, server: Server, bound: Bound) -> None:
        self.server = server
        self.bound = bound
        self.clean = True
        super().__init__(local_hostname=server.hello, timeout=bound.left())
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        code, answer = self.connect(self.server.host, self.server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        self._host = self.server.host  # what starttls() checks the certificate against
        if self.server.scheme == "smtp+tls":
            self.ehlo_or_helo_if_needed()
            self._socket.settimeout(self.bound.left())
            self.starttls(context=tls_context())
            self._socket.bound = self.bound
        self.ehlo_or_helo_if_needed()
        if self.server.user:
            self.login(self.server.user, self.server.password)

    @property
    def _socket(self) -> _BoundedSocket | _BoundedTLS:
        if not isinstance(self.sock, _BoundedSocket | _BoundedTLS):
            raise smtplib.SMTPServerDisconnected("Not connected.")
        return self.sock

    @property
    def is_open(self) -> bool:
        return self.sock is not None

    def begin(self, bound: Bound) -> None:
        """The next mail has a bound of its own."""
        self.bound = bound
        if self.sock is not None:
            self._socket.bound = bound

    def leave(self) -> None:
        """Says QUIT, and waits for no more than the bound; without an answer the connection is reset."""
        with contextlib.suppress(OSError):
            self.docmd("QUIT")
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _CLOSE_IN_PEACE)
        self.close()

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        """Tries each address the name has, all of them within the bound. A resolver has no time limit of its own:
        one that is too slow leaves no time, and nothing is sent."""
        error: OSError = OSError("The mail server's name has no address.")
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            link = _BoundedSocket(family, kind, protocol)
            link.bound = self.bound
            try:
                link.settimeout(self.bound.left())
                link.connect(address)
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                return self._in_tls(link) if self.server.scheme == "smtps" else link
            except OSError as refused:
                link.close()
                error = refused
        raise error

    def _in_tls(self, link: _BoundedSocket) -> socket.socket:
        link.settimeout(self.bound.left())
        wrapped = tls_context().wrap_socket(link, server_hostname=self.server.host)
        if isinstance(wrapped, _BoundedTLS):
            wrapped.bound = self.bound
        return wrapped

    def hand_over(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """One mail, as bytes with CRLF. Whatever it raises, it raises before the server can have taken the mail."""
        if not self.clean:
            self.rset()
        self.clean = False
        refused = self._envelope(sender, recipient) or self._judged("DATA", *self.docmd("data"), good=(354,))
        if refused:
            return refused
        try:
            self.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        except OSError:
            return retry("The connection broke while the mail was being given.", stop=True)
        try:
            code, answer = self.getreply()
        except OSError:
            return retry("No answer after the mail was given: it may have arrived.", stop=True)
        refused = self._judged("the mail", code, answer)
        self.clean = refused is None
        return refused or sent()

    def _envelope(self, sender: str, recipient: str) -> Outcome | None:
        """MAIL and RCPT; None where both were accepted."""
        options = () if recipient.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
        if options and not self.has_extn("smtputf8"):
            return failed("The mail server does not take addresses with letters beyond ASCII (no SMTPUTF8).")
        self.command_encoding = "utf-8" if options else "ascii"
        code, answer = self.mail(sender, options)
        if code in ABOUT_US:
            return server_trouble(said("MAIL", code, answer))
        if code != 250:
            # A refused sender is a fault of ours, not of the recipient: it never counts as final.
            return retry(said("MAIL", code, answer), stop=code >= 500)
        return self._judged("RCPT", *self.rcpt(recipient), good=(250, 251))

    def _judged(self, verb: str, code: int, answer: bytes, good: tuple[int, ...] = (250,)) -> Outcome | None:
        """What a reply means for the mail; None where it is as hoped."""
        if code in good:
            return None
        words = said(verb, code, answer)
        if code == CLOSING:
            self.close()
            return server_trouble(words)
        return failed(words) if code >= 500 else retry(words)


def said(verb: str, code: int, answer: bytes) -> str:
    """A reply in words."""
    return f"To {verb} the mail server said: {code} {answer.decode('utf-8', 'replace')}"
