"""The desk deletes nothing that is held, whichever app's rows it shows: one row or many, it says why they stay.

And it keeps who looked at what (:mod:`portal.looks.desk`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.contrib import admin
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse

from portal.holds import standing
from portal.looks.desk import Watched
from portal.personal_data import registry

SHOWN: Final = 20
_DELETE: Final = "delete_selected"


class AsksHolds(admin.ModelAdmin[Any]):
    """Every admin of the desk is one of these: :meth:`Desk.register` sees to it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's; what is held is among what is protected, with the reason, and so nothing is deleted."""
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, lacking, [*protected, *_held(self.model, [one.pk for one in objs])]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """As Django's; rows shown within a page cannot be taken out of it while one of them is held."""
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            if obj is not None and inline.can_delete and any(_held(inline.model, _within(inline, self.model, obj))):
                inline.can_delete = False
        return inlines

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any) -> HttpResponse | None:
        """Deleting what was selected is one transaction, in which no hold can be placed."""
        if _DELETE not in request.POST.getlist("action"):
            return super().response_action(request, queryset, *more)
        with transaction.atomic():
            return super().response_action(request, queryset, *more)


class Desk(admin.AdminSite):
    """Django's admin site, with :class:`AsksHolds` and :class:`~portal.looks.desk.Watched` in every admin."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """As Django's."""
        given = admin_class or admin.ModelAdmin
        missing = tuple(one for one in (Watched, AsksHolds) if not issubclass(given, one))
        asking = type(given.__name__, (*missing, given), _same_place(given)) if missing else given
        super().register(model_or_iterable, asking, **options)


def _same_place(given: type) -> dict[str, Any]:
    return {"__module__": given.__module__, "__doc__": given.__doc__}


def _within(inline: Any, parent: type[Model], obj: Model) -> Iterable[Any]:
    """Primary keys of the rows of an inline that belong to a page."""
    name = _get_foreign_key(parent, inline.model, fk_name=inline.fk_name).name
    model: type[Model] = inline.model
    return model._base_manager.filter(**{name: obj}).values_list("pk", flat=True)


def _held(model: type[Model], keys: Iterable[Any]) -> Iterator[str]:
    """Of rows of a model: each that is held, with its reasons; not more than somebody reads."""
    try:
        holding = registry.holding_of(model)
    except LookupError:
        return
    if connection.in_atomic_block:
        standing.freeze()
    rows = model._base_manager.filter(pk__in=list(keys))
    free = standing.free(holding, rows).values("pk")
    for row in rows.exclude(pk__in=free).order_by("pk")[:SHOWN]:
        yield f"{row}: {' '.join(standing.reasons(holding, row, for_staff=True))}"
