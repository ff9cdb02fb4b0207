"""What is declared to become anonymous leads to nobody: no way to the person, and no value that is theirs alone."""

import pytest
from django.db import models

from portal.personal_data import checks
from tests.personal_data.conftest import holding

pytestmark = pytest.mark.usefixtures("_own_registry")


def faults(model: type[models.Model], **anonymise: object) -> list[str]:
    declared = holding(model, anonymise=anonymise)
    return [error.msg for error in checks.faults(declared) if error.id == "personal_data.E009"]


def test_the_way_to_the_person_is_cleared(letter: type[models.Model]) -> None:
    assert faults(letter, subject=None, text="") == []
    assert "leads to the person" in faults(letter, text="")[0]


def test_no_field_may_keep_a_value_for_each_row(letter: type[models.Model]) -> None:
    assert "the same for everybody" in faults(letter, subject=None, id=0)[0]


def test_a_misspelt_field_is_named(letter: type[models.Model]) -> None:
    assert "'txt'" in faults(letter, subject=None, txt="")[0]
