"""At the desk: somebody is found to be too young. One page says what goes and what stays, one button does it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.desk import DeskPage
from portal.retention.flows import discovering
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table

NEEDS = "subjects.change_subject"


class UnderAge(DeskPage):
    """What would go, and the button."""

    needs = NEEDS

    @property
    def desk(self) -> Any:
        """The admin of people, which is not there yet when this class is made."""
        return admin.site.get_model_admin(Subject)

    def get(self, _request: HttpRequest, pk: UUID) -> HttpResponse:
        """Nothing is done by looking."""
        return self._page(self._find(pk))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Removes it, and says what stays."""
        subject = self._find(pk)
        try:
            done = discovering.remove(subject, str(request.user.pk))
        except discovering.Refused as refused:
            messages.error(request, refused.message)
            return redirect("admin:subjects_subject_change", pk)
        self.desk.log_change(request, subject, _("Found to be too young; details removed"))
        gone = sum(done.gone.values())
        if not done.stays:
            messages.success(request, _("Removed: %(count)d records. Nothing is left of them here.") % {"count": gone})
            return redirect("admin:subjects_subject_changelist")
        messages.warning(request, _("Removed: %(count)d records. Not all could go yet: see below.") % {"count": gone})
        return self._page(subject, reasons=done.reasons)

    def _find(self, pk: UUID) -> Subject:
        found = Subject.objects.filter(pk=pk, erased_at=None).first()
        if found is None:
            raise Http404
        self.looked_at(found)
        return found

    def _page(self, subject: Subject, reasons: list[str] | None = None) -> HttpResponse:
        try:
            kinds = discovering.look(subject)
        except discovering.Refused as refused:
            messages.error(self.request, refused.message)
            return redirect("admin:subjects_subject_change", subject.pk)
        context = self.frame(_("Remove somebody who is too young"), original=subject, kinds=kinds, reasons=reasons)
        return render(self.request, "admin/portal_retention/under_age.html", {**context, "age": discovering.age()})


def _panel(subject: Subject) -> Table:
    """The way to the page, where the file promises it."""
    age = discovering.age()
    if age is None:
        return Table((), (), note=_("The organisation file sets no age under which details are removed."))
    words = _("Found to be under %(age)d: remove the details") % {"age": age}
    return Table((), (), more=(reverse("under_age", args=[subject.pk]), words))


PANEL = Panel(gettext_lazy("age"), _panel, NEEDS, gettext_lazy("Nobody here stores a date of birth."), order=95)
