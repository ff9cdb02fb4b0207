"""Starting child processes that cannot outlive us.

A child asks the kernel to be killed when its parent dies (Linux ``PR_SET_PDEATHSIG``), so that not even a
SIGKILL of the parent leaves one behind. gunicorn's and Celery's own children watch their parent the same way.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, with_signal: int = signal.SIGKILL) -> None:
    """Ask for ``with_signal`` when ``parent``, our parent process, dies; at once if it is already gone.

    Elsewhere than on Linux there is no such request and nothing happens.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: int | IO[bytes] = subprocess.PIPE,
    user: str | int | None = None,
    death_signal: int = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, tied to the life of the thread that calls.

    Standard error joins standard output; standard input is empty. The whole group ends by :func:`end`.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603  # commands are ours, never a visitor's words
        [str(part) for part in command],
        env=None if environment is None else dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=user,
        extra_groups=[] if user is not None else None,
        # Between fork and exec this makes two system calls and takes no lock, so threads do it no harm.
        preexec_fn=lambda: die_with_parent(parent, death_signal),  # noqa: PLW1509
    )


def send(process: subprocess.Popen[bytes], signal_number: int) -> None:
    """Send a signal to the whole group that :func:`spawn` made; nothing happens if all of it is gone."""
    try:
        os.killpg(process.pid, signal_number)
    except ProcessLookupError:
        return


def end(process: subprocess.Popen[bytes], patience: float = 5.0, first: int = signal.SIGTERM) -> int:
    """Ask the group to end, wait ``patience`` seconds, then kill what is left; returns the exit status."""
    send(process, first)
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    send(process, signal.SIGKILL)
    return process.wait()


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
