"""The way from the privacy centre to what is held about somebody."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.home.ways import Way
from portal.organisation.schema import Organisation


def _look(_organisation: Organisation) -> str:
    return _("See what we hold about you: where it came from, what for, who receives it, and when it goes.")


WAY: Final = Way(
    "your-data", "your_data", gettext_lazy("See your data"), _look, nav=gettext_lazy("Your data"), order=30
)
