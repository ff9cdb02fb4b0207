"""Who looked at a person, on their page at the desk, for those who watch over looks."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.looks import words
from accounts.models import Look
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table

SHOWN: Final = 20


def who_looked(subject: Subject) -> Table:
    """The latest looks at this person, under each of their records."""
    latest: Any = Look.objects.at_person(subject.family()).named().order_by("-pk")[:SHOWN]
    rows = [(look.at, look.who, look.get_what_display(), words.thing(look)) for look in latest]
    every = f"{reverse('admin:accounts_look_changelist')}?person={subject.pk}"
    columns = (_("when"), _("who"), _("what they did"), _("with"))
    note = _("The latest 20, newest first. Your look at this page is among them.")
    return Table(columns, rows, note=note, more=(every, _("Every look at this person")))


LOOKS: Final = Panel(
    _("Who looked"), who_looked, "accounts.view_look", _("Nobody looked at this person yet."), order=90
)
