"""A plugin for a leg of ``make test`` after which another one comes: it leaves to that one what a second database makes
no difference to (docs/adr/0015).

Those are tests marked ``once``, which look at pages in a browser or at processes with a database of their own, and
tests that use no database at all.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if not _makes_no_difference(item)]


def _makes_no_difference(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return True
    asks_for = set(getattr(item, "fixturenames", ()))
    uses_it = item.get_closest_marker("django_db") or item.get_closest_marker("process")
    return not uses_it and not asks_for & {"db", "transactional_db"}
