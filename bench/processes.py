"""What the portal costs before anybody asks it for anything: imports, start, memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.scene import Scene
from bench.table import Figure
from portal.demo.processes import free_port
from tests.processes import LivePortal, Running, Worker

STARTS = 3


def measure(scene: Scene) -> Iterator[Figure]:
    """Seconds and megabytes; the least of a few starts, since everything else only adds."""
    environment = dict(os.environ)
    yield Figure("import of all apps", min(imports(environment) for _ in range(STARTS)), "s")
    began = time.perf_counter()
    with LivePortal(environment, scene.folder) as portal:
        yield Figure("web: start to first answer", time.perf_counter() - began, "s", aim="under 2")
        yield Figure("web: memory of a process", largest(portal), "MB", aim="under 120")
    began = time.perf_counter()
    with Worker(environment, scene.folder) as worker:
        yield Figure("worker: start to ready", time.perf_counter() - began, "s", aim="under 2")
        yield Figure("worker: memory of a process", largest(worker), "MB", aim="under 120")
    yield Figure("demo: second start to ready", second_start(scene.folder / "demo"), "s", aim="under 5")


def second_start(var: Path) -> float:
    """Seconds from `python -m portal.demo` to "Ready", on an install that was started before."""
    var.mkdir()
    took = 0.0
    for _ in range(2):
        began = time.perf_counter()
        environment = {**os.environ, "DEMO_VAR": str(var), "PORT": str(free_port())}
        with subprocess.Popen(
            [sys.executable, "-m", "portal.demo"], env=environment, stdout=subprocess.PIPE, text=True
        ) as demo:
            for line in demo.stdout or ():
                if "Ready: " in line:
                    break
            took = time.perf_counter() - began
            demo.terminate()
            demo.communicate()
    return took


def imports(environment: dict[str, str]) -> float:
    """Seconds until a fresh Python has every app, less what Python itself takes."""
    return timed("import django; django.setup()", environment) - timed("pass", environment)


def timed(program: str, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    return time.perf_counter() - began


def largest(running: Running) -> float:
    """Resident megabytes of the largest process of the group."""
    group = running.process.pid
    sizes = [
        resident(int(folder.name))
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and in_group(int(folder.name), group)
    ]
    return max(sizes) / 1e6


def in_group(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except ProcessLookupError:
        return False


def resident(pid: int) -> int:
    """Bytes in memory, shared ones included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
