"""Whatever the desk shows of a person goes through here: every admin of the site is one of these."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from portal import looks


class Watched(admin.ModelAdmin[Any]):
    """Keeps a look before Django's pages of a row, and of a list once it is known what stands on it.

    Pages of an app's own keep theirs by :func:`portal.looks.at`, or by :meth:`portal.desk.DeskPage.looked_at`.
    ``names_few``, where an admin has it, is up to how many people of a list each is kept.
    """

    def change_view(self, request: HttpRequest, object_id: str, *more: Any, **options: Any) -> HttpResponse:
        self._looked(request, object_id)
        return super().change_view(request, object_id, *more, **options)

    def delete_view(self, request: HttpRequest, object_id: str, *more: Any, **options: Any) -> HttpResponse:
        self._looked(request, object_id)
        return super().delete_view(request, object_id, *more, **options)

    def history_view(self, request: HttpRequest, object_id: str, *more: Any, **options: Any) -> HttpResponse:
        self._looked(request, object_id)
        return super().history_view(request, object_id, *more, **options)

    def changelist_view(self, request: HttpRequest, *more: Any, **options: Any) -> HttpResponse:
        answer = super().changelist_view(request, *more, **options)
        shown = (getattr(answer, "context_data", None) or {}).get("cl")
        if shown is not None:
            looks.at_list(request, self.model, list(shown.result_list), few=getattr(self, "names_few", looks.FEW))
        return answer

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any) -> HttpResponse | None:
        """What is done with many at once is done with each."""
        chosen = queryset
        if request.POST.get("select_across", "0") != "1":
            chosen = queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        looks.at_rows(request, self.model, chosen.order_by().values_list("pk", flat=True))
        return super().response_action(request, queryset, *more)

    def _looked(self, request: HttpRequest, object_id: str) -> None:
        if self.has_view_or_change_permission(request):
            looks.at_rows(request, self.model, [unquote(object_id)])
