"""What the portal itself holds falls under rules that every organisation file states."""

import pytest

from portal.organisation import loader
from portal.organisation.schema import PORTAL_CATEGORIES, PORTAL_RULES
from portal.personal_data import registry


def test_every_holding_names_a_rule_that_every_file_states() -> None:
    named = {holding.label: holding.retention for holding in registry.holdings()}
    assert named
    assert {label: rule for label, rule in named.items() if rule not in PORTAL_RULES} == {}


@pytest.mark.parametrize("slug", loader.shipped())
def test_every_file_states_the_portals_rules_and_categories(slug: str) -> None:
    organisation = loader.read(slug)
    assert set(PORTAL_RULES) <= set(organisation.retention)
    assert set(PORTAL_CATEGORIES) <= set(organisation.data_categories)
