"""Giving several requests to somebody at once: an action of the list, with a page between that asks to whom."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dsar.admin.forms import StaffField
from dsar.flows import answering
from dsar.flows.steps import Refused
from dsar.models import Request


class AssignForm(forms.Form):
    """To whom."""

    assignee = StaffField(User.objects.none(), label=_("Who works on them?"), required=False, empty_label=_("Nobody"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="assign_%s")
        field = self.fields["assignee"]
        known = User.objects.who_may(answering.WORKS_ON_REQUESTS).order_by("name", "email")
        field.queryset = known  # type: ignore[attr-defined]  # a choice field, as declared above


def bulk(desk: Any, request: HttpRequest, queryset: QuerySet[Request]) -> HttpResponse | None:
    """Asks to whom; posted with ``assignee``, gives them and returns None, which leads back to the list."""
    form = AssignForm(request.POST if "assignee" in request.POST else None)
    if form.is_valid():
        _give(request, list(queryset), form.cleaned_data["assignee"])
        return None
    context = {
        **desk.admin_site.each_context(request),
        "title": gettext("Assign requests"),
        "opts": desk.opts,
        "form": form,
        "chosen": queryset,
        "checkbox": ACTION_CHECKBOX_NAME,
        "across": request.POST.get("select_across", "0"),
    }
    return render(request, "admin/dsar/request/assign.html", context)


def _give(request: HttpRequest, chosen: list[Request], to: User | None) -> None:
    try:
        for one in chosen:
            answering.assign(one, to, cast("User", request.user))
    except Refused as refused:
        messages.error(request, refused.message)
        return
    name = to.get_full_name() if to else gettext("nobody")
    words = ngettext(
        "%(count)d request is assigned to %(name)s.", "%(count)d requests are assigned to %(name)s.", len(chosen)
    )
    messages.success(request, words % {"count": len(chosen), "name": name})
