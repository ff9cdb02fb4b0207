"""A plugin for the leg that measures branch coverage: what it is taken over (docs/adr/0015).

Measuring makes Python take almost twice as long. So it is done where a test calls the code itself. A test that asks
through a browser, or starts processes, runs unmeasured, and so do the processes: what the portal does there is tested
closer by too, and most of them are killed, so that how much of it counted was chance. Where processes are what there
is to measure, the test is marked ``measured``.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import Final

import pytest

PACKAGES: Final = ("portal", "accounts", "consent", "dsar")
CHILDREN: Final = "COVERAGE_PROCESS_CONFIG"
"""The variable by which coverage starts in a Python that a measured process starts."""
ELSEWHERE: Final = {"browser", "live_portal", "start_worker"}
"""Fixtures by which a test has its work done in another process."""


def pytest_collection_finish() -> None:
    """Import all of it, so that it makes no difference which test is the first to need a module."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith((".__main__", ".wsgi")):  # which act when they are imported
                import_module(module.name)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if item.get_closest_marker("measured"):
        return (yield)
    with _unmeasured_children(), _unmeasured() if _works_elsewhere(item) else nullcontext():
        return (yield)


def _works_elsewhere(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") or item.get_closest_marker("process"):
        return True
    return not ELSEWHERE.isdisjoint(getattr(item, "fixturenames", ()))


@contextmanager
def _unmeasured() -> Iterator[None]:
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(in_threads)
        sys.settrace(here)


@contextmanager
def _unmeasured_children() -> Iterator[None]:
    settings = os.environ.pop(CHILDREN, None)
    try:
        yield
    finally:
        if settings is not None:
            os.environ[CHILDREN] = settings
