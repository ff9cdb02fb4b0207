"""Doing something with a request: the form is posted, the flow is asked, and what it says is shown."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from dsar.admin import deeds
from dsar.admin.base import DeskView
from dsar.admin.task_form import TaskForm
from dsar.flows import tasks
from dsar.flows.steps import Refused
from dsar.models import Request, Task
from dsar.transitions import NotPossible
from dsar.vocabulary import State
from portal.looks import What
from portal.subjects.models import Subject

FORM = "admin/dsar/request/do.html"


class Do(DeskView):
    """One deed, on a page of its own: where its link leads, and where what was typed is kept when it fails."""

    def get(self, request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
        """The form; without it, that the deed is not possible now."""
        asked, deed, user = self._found(pk, code)
        if not deeds.is_offered(deed, asked, user):
            messages.warning(request, not_now(asked))
            return redirect("admin:dsar_request_change", pk)
        return self._shown(asked, deed, deed.form(about=asked, user=user, code=code))

    def post(self, request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
        """Does it. What the table or a flow forbids is said, with what was typed kept."""
        asked, deed, user = self._found(pk, code)
        form = deed.form(request.POST, request.FILES, about=asked, user=user, code=code)
        valid = form.is_valid()
        if isinstance(person := form.cleaned_data.get("person"), Subject):
            self.looked_at(person, What.SOUGHT)
        if valid and carried_out(form, lambda: deed.do(deeds.Taken(asked, user, form)), asked):
            messages.success(request, f"{asked.reference}: {form.done() or deed.done}")
            return redirect("admin:dsar_request_change", pk)
        return self._shown(asked, deed, form)

    def _found(self, pk: UUID, code: str) -> tuple[Request, deeds.Deed, User]:
        """Raises Http404 for what does not exist, and PermissionDenied for what is not theirs to do."""
        deed, user = deeds.BY_CODE.get(code), cast("User", self.request.user)
        if deed is None:
            raise Http404
        if not user.has_perm(deed.needs):
            raise PermissionDenied
        return self.find(pk), deed, user

    def _shown(self, asked: Request, deed: deeds.Deed, form: Any) -> HttpResponse:
        title = f"{deed.label}: {asked.reference}"
        context = self.frame(title, asked=asked, form=form, button=deed.label, failed=form.is_bound)
        return render(self.request, FORM, context)


class Answer(DeskView):
    """What a system or recipient answered, or why it is left open."""

    needs = "dsar.change_task"

    def get(self, request: HttpRequest, pk: UUID, task: int) -> HttpResponse:
        """The form on a page of its own."""
        found = self._found(pk, task)
        return self._shown(found, TaskForm(task=found))

    def post(self, request: HttpRequest, pk: UUID, task: int) -> HttpResponse:
        """Writes the answer down."""
        found = self._found(pk, task)
        form = TaskForm(request.POST, request.FILES, task=found)
        user = cast("User", request.user)
        if form.is_valid() and carried_out(form, lambda: tasks.answer(found, user, **form.answer()), found.request):
            messages.success(request, _("%(task)s: written down.") % {"task": found.title})
            return redirect("admin:dsar_request_change", pk)
        return self._shown(found, form)

    def _found(self, pk: UUID, task: int) -> Task:
        found = Task.objects.filter(pk=task, request=pk).select_related("request").first()
        if found is None:
            raise Http404
        self.looked_at(found)
        return found

    def _shown(self, task: Task, form: Any) -> HttpResponse:
        title = f"{task.title}: {task.request.reference}"
        button = _("Write down the answer")
        context = self.frame(title, asked=task.request, form=form, button=button, failed=form.is_bound)
        return render(self.request, FORM, context)


def carried_out(form: Any, do: Any, asked: Request) -> bool:
    """Whether it was done; if not, the form says why."""
    try:
        do()
    except Refused as refused:
        form.add_error(None, refused.message)
    except NotPossible:
        asked.refresh_from_db()
        form.add_error(None, not_now(asked))
    return not form.errors


def not_now(asked: Request) -> str:
    """That a deed is not possible as the request stands."""
    words = _("This is not possible now: the request is %(state)s. Somebody else may have done something with it.")
    return words % {"state": State(asked.state).label}
