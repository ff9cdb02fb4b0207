"""Any organisation's colour can be read in a mail, light or dark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from portal.outbox import colours


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#ffffff", "#ffffff") == 1


@effort(max_examples=200, deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_links_and_buttons_can_be_read(number: int) -> None:
    found = colours.of(f"#{number:06x}")
    assert colours.contrast(found.light, colours.PAPER) >= colours.ENOUGH
    assert colours.contrast(found.light, "#ffffff") >= colours.ENOUGH
    assert colours.contrast(found.dark, colours.DARK_PAPER) >= colours.ENOUGH_IN_THE_DARK


def test_a_readable_colour_stays_as_it_is() -> None:
    assert colours.of("#2f4fa0").light == "#2f4fa0"
