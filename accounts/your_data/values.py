"""Values of rows in the words of a person: no code, no jargon, no number of ours where there is a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.organisation.schema import Organisation
from portal.subjects import suppression


def shown(row: Model, column: Field[Any, Any], organisation: Organisation) -> str:
    """A value as a person reads it; "" for none."""
    value = getattr(row, column.name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j F Y, H:i")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    in_words = getattr(row, f"get_{column.name}_display", None)
    if in_words is not None:
        return str(in_words())
    if isinstance(value, list | dict):
        return ", ".join(_titled(column.name, str(one), organisation) for one in value)
    return _titled(column.name, str(value), organisation)


def _titled(name: str, code: str, organisation: Organisation) -> str:
    """The title of a code of the organisation file; anything else as it is."""
    tables: Mapping[str, Mapping[str, Any]] = {
        "context": organisation.contexts,
        "source": organisation.sources,
        "contract": organisation.contracts,
        "choices": organisation.topics,
        "scope": organisation.topics,
    }
    if name == "language":
        return str(dict(settings.LANGUAGES).get(code, code))
    if name == "scope" and code == suppression.MARKETING:
        return _("All marketing")
    bare = code.removeprefix(suppression.topic_scope("")) if name == "scope" else code
    entry = tables.get(name, {}).get(bare)
    return str(entry.title) if entry is not None else bare
