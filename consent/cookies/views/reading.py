"""What anybody may read or take away: the policy as a file, an older register, the word about GPC."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.cookies import documents, page, privacy_control
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion


@require_safe
def policy_html(_request: HttpRequest) -> HttpResponse:
    """The policy as one HTML file to keep."""
    current = versions.current()
    return _file(documents.as_html(current), "text/html; charset=utf-8", documents.name(current, "html"))


@require_safe
def policy_pdf(_request: HttpRequest) -> HttpResponse:
    """The policy as a PDF."""
    current = versions.current()
    return _file(documents.as_pdf(current), "application/pdf", documents.name(current, "pdf"))


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """The register as one version had it: the proof of a choice names the version that was on the screen."""
    try:
        then = OrganisationVersion.objects.get(number=number)
    except (OrganisationVersion.DoesNotExist, OverflowError):
        raise Http404 from None
    current = versions.get(then.pk)
    context = {
        "sections": page.sections(current.organisation),
        "version": number,
        "loaded_at": then.loaded_at,
        "nav_current": "cookies",
        **page.described(current.organisation),
    }
    return render(request, "cookies/version.html", context)


@require_safe
def gpc_json(_request: HttpRequest) -> HttpResponse:
    """``/.well-known/gpc.json`` of the portal."""
    return HttpResponse(privacy_control.statement(), content_type="application/json")


@require_safe
def gpc_for_other_sites(_request: HttpRequest) -> HttpResponse:
    """The same file, for the organisation's other sites to publish."""
    return _file(privacy_control.statement(), "application/json", "gpc.json")


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
