"""The front door: the home page, and the small things browsers and robots ask of every site."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.home import policy, ways
from portal.organisation import versions

_YEAR = 365 * 24 * 60 * 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The privacy centre: the ways in, the policy, how to complain."""
    organisation = versions.current().organisation
    notices = policy.all_notices(organisation)
    return render(request, "home/home.html", {"ways": ways.home_items(organisation), "notices": notices})


@require_safe
def brand_css(_request: HttpRequest, colour: str) -> HttpResponse:
    """The organisation's colour as a sheet of one line. Its address is its content, so it may be kept for ever."""
    return HttpResponse(
        f":root{{--brand:#{colour}}}\n",
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": f"public, max-age={_YEAR}, immutable"},
    )


@require_safe
def robots_txt(_request: HttpRequest) -> HttpResponse:
    """Robots may read the front page; pages of persons are not theirs."""
    closed = ["/account/", "/admin/", "/preferences/", "/requests/", "/subscribe/", "/unsubscribe/", "/your-data/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness. Drawn anew at each request, it never runs out."""
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{versions.current().organisation.controller.email}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """W3C well-known address by which password managers find the page."""
    return redirect("account_change_password")


def desk_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Staff sign in where everybody does; a signed-in person without staff rights gets the 403 page."""
    target = request.GET.get("next") or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(target)
    if not admin.site.has_permission(request):
        raise PermissionDenied
    return redirect("admin:index")
