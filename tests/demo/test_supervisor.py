"""Parts live and die together, whatever ends them. Here the parts are small; test_demo.py has the real ones."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.demo.processes import end
from tests.demo.survivors import MARK, gone, marked

pytestmark = [pytest.mark.once, pytest.mark.process, pytest.mark.xdist_group("processes")]

# A supervisor of the parts given as program texts; says READY when it has started them.
PROGRAM = """
import os, sys
from portal.demo.supervisor import Stop, Supervisor
try:
    with Supervisor(dict(os.environ)) as supervisor:
        for number, text in enumerate(sys.argv[1:]):
            supervisor.start(f"part{number}", [sys.executable, "-u", "-c", text])
        supervisor.say("READY")
        supervisor.watch()
except Stop as stop:
    print(stop)
    sys.exit(stop.status)
"""
SLEEPS = "import time; print('awake'); time.sleep(600)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
HAS_CHILD = (
    "import subprocess, sys; print('parent'); subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
)
FAILS = "import sys, time; time.sleep(0.5); sys.exit(7)"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def mark() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def supervise(mark: str) -> Iterator[Start]:
    """Start the program above; it and its parts carry the mark."""
    started: list[subprocess.Popen[str]] = []

    def start(*parts: str, wait_for: str = "READY") -> subprocess.Popen[str]:
        root = Path(__file__).resolve().parent.parent.parent
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *parts],
            cwd=root,
            env={**os.environ, MARK: mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if wait_for in line:
                return process
        raise AssertionError(f"it ended before it said {wait_for}")

    yield start
    for process in started:
        end(process, patience=0)  # type: ignore[arg-type]  # text or bytes makes no difference to its end
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_parts(supervise: Start, mark: str, number: signal.Signals) -> None:
    process = supervise(SLEEPS, HAS_CHILD, wait_for="parent")
    process.send_signal(number)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert f"{number.name}: stopping." in rest
    assert gone(mark) == {}


def test_the_death_of_one_part_ends_all_and_says_which(supervise: Start, mark: str) -> None:
    process = supervise(SLEEPS, FAILS)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "part1 ended (exit status 7), so everything stops." in rest
    assert gone(mark) == {}


def test_a_part_killed_by_a_signal_is_named_with_it(supervise: Start, mark: str) -> None:
    process = supervise(SLEEPS, HAS_CHILD, wait_for="parent")
    victim = next(pid for pid, line in marked(mark).items() if " -u -c import subprocess" in line)
    os.kill(victim, signal.SIGKILL)
    rest, _ = process.communicate(timeout=20)
    assert "part1 ended (killed by SIGKILL), so everything stops." in rest
    assert gone(mark) == {}


def test_a_part_that_ignores_us_is_killed_in_the_end(supervise: Start, mark: str) -> None:
    process = supervise(IGNORES, wait_for="deaf")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert 5 < time.monotonic() - began < 15
    assert gone(mark) == {}


def test_a_second_signal_does_not_wait(supervise: Start, mark: str) -> None:
    process = supervise(IGNORES, wait_for="deaf")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert time.monotonic() - began < 4.9
    assert gone(mark) == {}


def test_even_killing_the_supervisor_leaves_no_part(supervise: Start, mark: str) -> None:
    process = supervise(IGNORES, SLEEPS, wait_for="awake")
    assert len(marked(mark)) == 3
    process.kill()
    process.wait()
    assert gone(mark) == {}


def test_a_closed_terminal_does_not_stop_the_end(supervise: Start, mark: str) -> None:
    chatty = "import time\nwhile True: print('x' * 80); time.sleep(.01)"
    process = supervise(chatty, wait_for="xxx")
    assert process.stdout is not None
    process.stdout.close()
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert gone(mark) == {}


def test_lines_carry_the_name_of_their_part(supervise: Start) -> None:
    process = supervise(SLEEPS, wait_for="part0  | awake")
    assert process.poll() is None
