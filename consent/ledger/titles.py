"""What a decision is about, by the title staff and customers know; codes that left the file keep their last title."""

from __future__ import annotations

from functools import cached_property

from django.utils.translation import gettext as _

from consent.ledger.vocabulary import ObjectKind
from portal.organisation import versions
from portal.organisation.models import Topic
from portal.organisation.schema import Organisation


class Titles:
    """The titles for one page: the organisation file is asked once, topics that left it once."""

    @cached_property
    def organisation(self) -> Organisation | None:
        """The file in force; None before one was loaded."""
        try:
            return versions.current().organisation
        except versions.NoOrganisation:
            return None

    def of(self, kind: str, code: str) -> str:
        """The title of a topic or purpose; “all marketing” and its kin by name; a code nobody knows as it is."""
        if not code:
            return str(ObjectKind(kind).label)
        if kind == ObjectKind.PURPOSE and self.organisation and code in self.organisation.purposes:
            return _("all of “%(purpose)s”") % {"purpose": self.organisation.purposes[code].title}
        if kind == ObjectKind.TOPIC:
            if self.organisation and code in self.organisation.topics:
                return str(self.organisation.topics[code].title)
            return self._gone.get(code, code)
        return code

    @cached_property
    def _gone(self) -> dict[str, str]:
        return dict(Topic.objects.values_list("code", "title"))
