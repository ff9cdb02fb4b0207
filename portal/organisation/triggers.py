"""What of the organisation only grows: the versions of its file, which every proof names."""

from __future__ import annotations

from typing import Final

from portal.append_only import AppendOnly

VERSIONS: Final = AppendOnly("organisation_organisationversion", replaced="id = NEW.id OR number = NEW.number")
