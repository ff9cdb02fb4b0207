"""The way from the privacy centre to requests."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.home.ways import Way
from portal.organisation.schema import Organisation


def _ask(organisation: Organisation) -> str:
    what = _("Get a copy, have it corrected or deleted, object, complain. We promise an answer within %(period)s.")
    return what % {"period": organisation.rights.response}


WAY: Final = Way("requests", "requests", gettext_lazy("Make a request"), _ask, nav=gettext_lazy("Requests"), order=40)
