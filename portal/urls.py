"""Every address of the portal. Apps bring their own urls.py; pages not built yet have none."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext_lazy as _

from accounts.your_data.views import YourData
from portal import health
from portal.api.door import door
from portal.home import views
from portal.retention.under_age import UnderAge

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler429 = "portal.errors.rate_limited"
handler500 = "portal.errors.server_error"

admin.site.index_title = _("Overview")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("consent.preferences.urls")),
    path("", include("consent.cookies.urls")),
    path("your-data/", YourData.as_view(), name="your_data"),
    path("requests/", include("dsar.urls")),
    path("account/", include("accounts.urls")),
    # Staff sign in and change passwords where everybody does, under the same limits and with the same mails.
    path("admin/login/", views.desk_sign_in),
    path("admin/password_change/", views.change_password),
    path("admin/subjects/subject/<uuid:pk>/under-age/", admin.site.admin_view(UnderAge.as_view()), name="under_age"),
    path("admin/", admin.site.urls),
    # For machines
    re_path(r"^api/v1/(?P<rest>[\s\S]*)$", door, name="api"),
    re_path(r"^brand-(?P<colour>[0-9a-f]{6})\.css$", views.brand_css, name="brand_css"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path(".well-known/change-password", views.change_password, name="change_password"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))
