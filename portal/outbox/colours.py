"""An organisation's colour for mails, whose style sheets cannot be relied on: light and dark, readable on both.

Contrast is that of WCAG 2.2 (1.4.3), 4.5 : 1 at least, whatever colour the organisation has.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import lru_cache

PAPER = "#fcfcfb"
DARK_PAPER = "#14171b"
ENOUGH = 4.5
ENOUGH_IN_THE_DARK = 7.0
_STEP = 0.02


@dataclass(frozen=True)
class Colours:
    """Links and buttons on light paper, and on dark."""

    light: str
    dark: str


@lru_cache(maxsize=8)
def of(brand: str) -> Colours:
    """From ``#rrggbb``, as near to it as reading allows."""
    return Colours(_moved(brand, PAPER, -_STEP, ENOUGH), _moved(brand, DARK_PAPER, _STEP, ENOUGH_IN_THE_DARK))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _moved(colour: str, ground: str, step: float, enough: float) -> str:
    """The colour, its lightness moved by steps until it can be read on ``ground``."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    while contrast(colour, ground) < enough and 0 <= lightness <= 1:
        lightness += step
        rgb = colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation)
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
    return colour


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
