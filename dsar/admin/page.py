"""A request at the desk, everything on one page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import matters, urgency
from dsar.admin import deeds, timeline
from dsar.admin.base import DeskView
from dsar.admin.task_form import TaskForm
from dsar.clock import Deadline
from dsar.flows import deadlines
from dsar.models import Event, IdentityCheck, Request, Task
from dsar.vocabulary import OPEN, Behalf, Happening, Matter
from portal.organisation import versions
from portal.subjects.masking import masked


@dataclass(frozen=True)
class Offer:
    """A deed that is possible now, with its form."""

    deed: deeds.Deed
    form: Any


class Desk:
    """What staff see of a request; each part is looked up once, when the page asks for it, by what ``user`` may."""

    def __init__(self, request: Request, user: User) -> None:
        self.request, self.user = request, user
        self.organisation = versions.get(request.organisation_version_id).organisation
        self.sees_checks = user.has_perm("dsar.view_identitycheck")
        self.sees_files = user.has_perm("dsar.view_attachment")
        self.handles_proofs = user.has_perm(deeds.CHECKS)
        self.answers_tasks = user.has_perm("dsar.change_task")

    @cached_property
    def title(self) -> str:
        """The matter, in the organisation's words."""
        return matters.title(Matter(self.request.matter), self.organisation)

    @cached_property
    def said(self) -> list[tuple[str, str]]:
        """What was asked, question by question."""
        return matters.said(self.request, self.organisation)

    @cached_property
    def left(self) -> urgency.Urgency:
        """How urgent it is."""
        return urgency.of(self.request, deadlines.today(self.request))

    @cached_property
    def address(self) -> str:
        """Where we write to, masked."""
        point = self.request.contact_point
        return masked(point.address, point.channel) if point else ""

    @property
    def asks_for_another(self) -> bool:
        """Whether somebody asks for somebody else."""
        return self.request.behalf != Behalf.SELF

    @cached_property
    def role(self) -> str:
        """Who they are to the organisation, in its words."""
        known = {str(code): str(role.title) for code, role in self.organisation.roles.items()}
        return known.get(self.request.role, self.request.role)

    @cached_property
    def logged(self) -> Event | None:
        """Who wrote it down, where it came on paper."""
        first = Event.objects.filter(request=self.request, kind=Happening.RECEIVED).select_related("staff").first()
        return first if first is not None and first.staff is not None else None

    @cached_property
    def received(self) -> Any:
        """The day it came."""
        return deadlines.local_day(self.request)

    @cached_property
    def counted(self) -> Deadline | None:
        """What the clock says."""
        return deadlines.deadline(self.request)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.request.state in OPEN

    @cached_property
    def checks(self) -> list[IdentityCheck]:
        """Checks of who asks, for who may see them."""
        if not self.sees_checks:
            return []
        found = IdentityCheck.objects.filter(request=self.request).select_related("opened_by", "verified_by")
        return list(found.prefetch_related("files").order_by("pk"))

    @cached_property
    def tasks(self) -> list[tuple[Task, TaskForm | None]]:
        """What other systems and recipients have to do, each with its form while it is open."""
        found = Task.objects.filter(request=self.request).select_related("done_by").order_by("done_at", "due", "pk")
        opened = self.answers_tasks and self.is_open
        return [(one, TaskForm(task=self._with_request(one)) if opened and not one.done_at else None) for one in found]

    @cached_property
    def timeline(self) -> list[timeline.Line]:
        """What happened, oldest first."""
        return timeline.of(self.request, identity=self.sees_checks, files=self.sees_files)

    @cached_property
    def files(self) -> list[Any]:
        """The files, as they came."""
        return [file for line in self.timeline for file in line.files]

    @cached_property
    def offers(self) -> list[tuple[str, list[Offer]]]:
        """What can be done now, by group, with the heading of each."""
        made = [Offer(deed, self._form(deed)) for deed in deeds.offered(self.request, self.user)]
        grouped = [(words, [one for one in made if one.deed.group is group]) for group, words in headings().items()]
        return [(words, offers) for words, offers in grouped if offers]

    def _form(self, deed: deeds.Deed) -> Any:
        return deed.form(about=self.request, user=self.user, code=deed.code)

    def _with_request(self, task: Task) -> Task:
        task.request = self.request
        return task


class Show(DeskView):
    """The page. Looking changes nothing; each deed is a form that is posted elsewhere."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Everything about a request."""
        asked = self.find(pk)
        desk = Desk(asked, cast("User", request.user))
        context = self.frame(f"{asked.reference}: {desk.title}", asked=asked, page=desk)
        return render(request, "admin/dsar/request/change_form.html", context)


def headings() -> dict[deeds.Group, str]:
    """The headings of the groups, in the order of the page."""
    return {
        deeds.Group.WORK: _("Next steps"),
        deeds.Group.IDENTITY: _("Who asks"),
        deeds.Group.PERSON: _("The person"),
        deeds.Group.DESK: _("At the desk"),
        deeds.Group.END: _("End it without doing it"),
    }
