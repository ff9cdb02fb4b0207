"""Files and letters of a request, by POST: each file goes out to who has just signed in or entered a code."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dsar import access
from dsar.files import vault
from dsar.files.serving import attachment
from dsar.flows import talking
from dsar.flows.steps import PERSON
from dsar.letters import paper
from dsar.models import Attachment, Event
from dsar.views.page import Page
from portal import errors, pace


@require_POST
def file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponse:
    """One file, which the timeline notes and a mail tells the person of."""
    asked = access.find(request, pk)
    if not access.may_see(request, asked):
        return redirect("request", pk=pk)
    found = get_object_or_404(Attachment, pk=file_id, request=asked, shown=True)
    if not access.is_fresh(request, asked):
        messages.info(request, _("Enter a new code first. We ask for one before a file goes out."))
        return redirect(f"{reverse('request', args=[pk])}#files")
    if wait := pace.seconds_to_wait(request, "requests-download"):
        return errors.too_many_requests(request, wait)
    try:
        data = talking.download(found, PERSON)
    except (vault.Gone, vault.Unreadable) as problem:
        page = {"page": Page(request, asked), "file": found, "gone": isinstance(problem, vault.Gone)}
        return render(request, "requests/file_problem.html", page, status=410 if page["gone"] else 503)
    return attachment(data, found.name, found.content_type)


@require_POST
def letter(request: HttpRequest, pk: UUID, event_id: int) -> HttpResponse:
    """A letter about the request as a PDF: the same words as in the mail."""
    asked = access.find(request, pk)
    if not access.may_see(request, asked):
        return redirect("request", pk=pk)
    event = get_object_or_404(Event, pk=event_id, request=asked, shown=True)
    if not paper.has_letter(event):
        raise Http404
    return attachment(paper.as_pdf(asked, event), f"{asked.reference}.pdf", "application/pdf")
