"""The picture in the documentation is the table, row by row."""

import re
from pathlib import Path

from django.conf import settings

from dsar.transitions import TABLE

PAGE = Path(settings.BASE_DIR) / "docs" / "requests.md"


def test_every_way_from_state_to_state_is_drawn_and_no_other() -> None:
    drawn = {
        (source, target, step.strip())
        for source, target, steps in re.findall(r"^  (\w+) --> (\w+): (.+)$", PAGE.read_text(), re.MULTILINE)
        for step in steps.split(",")
    }
    ways = {
        (source.value, (row.target or source).value, step.value)
        for step, row in TABLE.items()
        for source in row.sources
    }
    assert drawn == ways
