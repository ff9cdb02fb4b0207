"""Whatever the portal holds has a rule in each file, and its rows a start that the database can tell."""

from datetime import UTC, datetime

import pytest

from portal.organisation import loader
from portal.organisation.versions import Current
from portal.retention import rules, starts

LATE = datetime(2100, 1, 1, tzinfo=UTC)
ALL_FILES = pytest.mark.parametrize("organisation", loader.shipped(), indirect=True)


@ALL_FILES
def test_every_holding_can_be_asked_what_is_due(organisation: Current) -> None:
    asked = 0
    for holding, rule in rules.in_force():
        assert list(starts.due(holding, rule, LATE)[:3]) == []
        assert list(starts.undated(holding, rule)[:3]) == []
        asked += 1
    assert asked > 15
