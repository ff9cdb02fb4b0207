"""The demo from the command line.

python -m portal.demo              start it: ORGANISATION and PORT choose, Ctrl-C ends it
python -m portal.demo reset        forget everything ORGANISATION's demo holds
python -m portal.demo manage …     manage.py with the demo's environment
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from portal.demo import fingerprint, valkey
from portal.demo.install import ROOT, Install, Refused, chosen, from_environment
from portal.demo.logins import CUSTOMER, EVERYTHING, STAFF
from portal.demo.processes import die_with_parent, free_port, port_is_free
from portal.demo.supervisor import Stop, Supervisor

PORTS_FILE = "ports.json"
# A container's only user is often root; here the warning about that helps nobody.
QUIET = ["-W", "ignore:You're running the worker with superuser privileges"]
CELERY = [sys.executable, *QUIET, "-m", "celery", "--quiet", "-A", "portal.celery"]


def main(words: Sequence[str]) -> int:
    """Do what ``words`` say; returns the exit status."""
    try:
        install = from_environment()
        match words:
            case []:
                return start(install)
            case ["reset"]:
                return reset(install)
            case ["manage", *arguments]:
                return manage(install, arguments)
        words_in_full = " ".join(words)
        sys.stderr.write(f"Unknown: {words_in_full}. Say nothing to start, or reset, or manage.\n")
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
    return 2


def start(install: Install) -> int:
    """Run the demo until something ends it."""
    if not port_is_free(install.port):
        raise Refused(f"PORT={install.port} is in use: end what listens there, or choose another with PORT=…")
    if "MAKELEVEL" in os.environ:
        # make itself may be killed outright; then nobody would tell us.
        die_with_parent(os.getppid(), signal.SIGTERM)
    install.folder.mkdir(parents=True, exist_ok=True)
    lock = hold(install)
    redis_port, smtp_port = free_port(), free_port()
    note_ports(install, redis_port, smtp_port)
    try:
        with Supervisor(install.environment(redis_port, smtp_port)) as supervisor:
            start_parts(supervisor, install, redis_port, smtp_port)
            supervisor.wait_for("The portal", lambda: ready(install), 60)
            # Last, since nothing waits for it and every other start has the machine to itself.
            supervisor.start("beat", [*CELERY, "beat", "--loglevel=WARNING", "--pidfile="])
            supervisor.say(*welcome(install))
            supervisor.watch()
    except Stop as stop:
        sys.stdout.write(f"{stop}\n")
        return stop.status
    finally:
        (install.folder / PORTS_FILE).unlink(missing_ok=True)
        lock.close()
    return 0


def start_parts(supervisor: Supervisor, install: Install, redis_port: int, smtp_port: int) -> None:
    """Servers, then what a first or changed install needs, then web and worker."""
    python = [sys.executable, "-m"]
    supervisor.start("valkey", valkey.command(redis_port, install.folder / "valkey"))
    supervisor.start("mail", [*python, "portal.demo.mailbox", str(smtp_port), str(install.mail_folder)])
    supervisor.wait_for("Valkey", lambda: valkey.answers(redis_port), 20)
    state = fingerprint.of(install)
    if not fingerprint.is_prepared(install, state):
        supervisor.say(f"Preparing the demo of {install.slug} …")
        supervisor.run("setup", [*python, "portal.demo.prepare", install.slug])
        fingerprint.note(install, state)
    bind = f"127.0.0.1:{install.port}"
    web = ["gunicorn", "portal.wsgi", "--bind", bind, "--worker-class=gthread", "--threads=8", "--graceful-timeout=3"]
    supervisor.start("web", [*python, *web, "--no-control-socket", "--log-level=warning"])
    worker = ["worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    supervisor.start("worker", [*CELERY, *worker])


def ready(install: Install) -> bool:
    """Whether the portal says of itself that it is ready.

    After a night off its last sweep is late, and no sign of trouble: the next one is seconds away.
    """
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{install.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as refusal:
        parts = json.loads(refusal.read() or "{}")
        return all(parts.get(part) == "ok" for part in ("database", "migrations", "broker"))
    except (OSError, ValueError):
        return False


def welcome(install: Install) -> list[str]:
    """What to open and how to sign in."""
    return [
        "",
        f"Ready: {install.url}/",
        f"  customer    {CUSTOMER.email}  password: {CUSTOMER.password}",
        f"  staff       {STAFF.email}  password: {STAFF.password}  at {install.url}/admin/",
        f"  everything  {EVERYTHING.email}  password: {EVERYTHING.password}  at {install.url}/admin/",
        f"  demo inbox  {install.url}/demo/mail/",
        "Ctrl-C ends it; the data stays. `make demo-reset` forgets it.",
        "",
    ]


def reset(install: Install) -> int:
    """Forget everything this organisation's demo holds."""
    if install.folder.exists():
        with hold(install):
            shutil.rmtree(install.folder)
    sys.stdout.write(f"The demo of {install.slug} starts from nothing next time.\n")
    return 0


def manage(install: Install, arguments: Sequence[str]) -> int:
    """Become manage.py in the demo's environment; without a running demo there is no broker, and that is fine.

    Where ORGANISATION names none and one demo runs, it is that one.
    """
    noted = (path.parent for path in sorted(install.folder.parent.glob(f"*/{PORTS_FILE}")))
    running_ones = [one for folder in noted if is_running(one := Install(folder.name, install.port, folder))]
    if "ORGANISATION" not in chosen() and len(running_ones) == 1:
        install = running_ones[0]
    if not install.folder.exists():
        raise Refused(f"There is no demo of {install.slug} yet: start it once with make demo.")
    try:
        ports = json.loads((install.folder / PORTS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        ports = {"redis": 1, "smtp": 1, "web": install.port}
    sys.stdout.flush()
    running = Install(install.slug, ports["web"], install.folder)
    environment = running.environment(ports["redis"], ports["smtp"])
    os.execve(  # noqa: S606  # the words are those of the person at the terminal
        sys.executable, [sys.executable, str(ROOT / "manage.py"), *arguments], environment
    )


def note_ports(install: Install, redis_port: int, smtp_port: int) -> None:
    """Tell :func:`manage` where the running demo's servers are."""
    ports = {"redis": redis_port, "smtp": smtp_port, "web": install.port}
    (install.folder / PORTS_FILE).write_text(json.dumps(ports), encoding="utf-8")


def is_running(install: Install) -> bool:
    """Whether somebody holds its lock; a demo that was killed leaves its ports behind."""
    try:
        hold(install).close()
    except Refused:
        return True
    return False


def hold(install: Install) -> IO[str]:
    """The install's lock, so that no two demos write one folder; closed with the file."""
    lock = Path(f"{install.folder}.lock").open("w", encoding="utf-8")  # noqa: SIM115  # the caller closes it, and so lets go
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Refused(f"The demo of {install.slug} is already running: end it first.") from None
    return lock


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
