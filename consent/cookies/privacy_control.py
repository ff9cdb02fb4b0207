"""``/.well-known/gpc.json``: that the portal honours Global Privacy Control. It speaks for its own origin only."""

from __future__ import annotations

import json

from portal.organisation import versions
from portal.organisation.models import OrganisationVersion


def statement() -> str:
    """The statement as JSON, dated by the day (UTC) on which the register in force was loaded. Raises NoOrganisation.

    The organisation's other sites publish the same file at the same path of their own.
    """
    loaded = OrganisationVersion.objects.values_list("loaded_at", flat=True).get(pk=versions.current().id)
    return json.dumps({"gpc": True, "lastUpdate": loaded.date().isoformat()})
