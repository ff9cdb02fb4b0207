"""Cookie choices in the admin: to be read, counted and proven. Nobody chooses for anybody.

The counts of refusals have no list: small ones would stand there that the figures hide, and nobody needs them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.cookies import figures, proof, register
from consent.cookies.choice_cookie import quoted, unquoted
from consent.cookies.models import Browser, Choice, Removal
from consent.ledger.admin import ReadOnly
from portal import looks
from portal.database import database_now
from portal.organisation import local_time, versions
from portal.organisation.schema import PORTAL_SITE
from portal.subjects.posted_search import PostedSearch
from portal.subjects.templatetags.desk import shown


class Quotable(PostedSearch, ReadOnly):
    """Rows that are found by a browser's reference, however people quote it."""

    search_help_text = _("The reference as the visitor reads it, with or without dashes, blanks and capitals.")

    def found(self, request: HttpRequest, sought: str) -> HttpResponse | None:
        """To what is kept of the browser with this reference, or back with a sentence."""
        reference = unquoted(sought)
        if reference.isalnum() and Browser.objects.filter(pk=reference).exists():
            return self.found_browser(reference)
        self.message_user(request, gettext("No browser has this reference."), messages.WARNING)
        return redirect(f"admin:consent_cookies_{self.opts.model_name}_changelist")

    def found_browser(self, reference: str) -> HttpResponse | None:
        """As :meth:`found`, for a reference that there is: to the browser's page."""
        return redirect("admin:consent_cookies_browser_change", reference)


@admin.register(Browser)
class BrowserAdmin(Quotable):
    """Browsers by the reference their users can quote, each with the proof of what was chosen in it."""

    list_display = ["quoted", "created_at", "linked_at"]
    ordering = ["-created_at"]
    fields = ("quoted", "person", "created_at", "linked_at", "declined_at")
    readonly_fields = fields
    change_form_template = "admin/consent_cookies/browser/change_form.html"

    @admin.display(description=_("reference"), ordering="reference")
    def quoted(self, browser: Browser) -> str:
        return quoted(browser.reference)

    @admin.display(description=_("person"))
    def person(self, browser: Browser) -> str | SafeString:
        if browser.subject_id is None:
            return gettext("Nobody: it was never linked")
        address = reverse("admin:subjects_subject_change", args=[browser.subject_id])
        return format_html('<a href="{}">{}</a>', address, str(browser.subject_id)[:8])

    @admin.display(description=_("linking declined at"))
    def declined_at(self, browser: Browser) -> str:
        return str(shown(browser.kept_apart_at))

    def get_urls(self) -> list[URLPattern]:
        prove = path("<str:reference>/proof/", self.admin_site.admin_view(self.prove), name="consent_cookies_proof")
        return [prove, *super().get_urls()]

    def prove(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The proof, as a page to print. Posted, because it is written down who drew it; else the way to the button."""
        if request.method != "POST":
            return redirect("admin:consent_cookies_browser_change", reference)
        browser = Browser.objects.filter(pk=reference).first()
        if browser is None:
            raise Http404
        if not self.has_view_permission(request, browser):
            raise PermissionDenied
        looks.at(request, browser, looks.What.SAVED)
        said = gettext("Drew the proof of the choices")
        LogEntry.objects.log_actions(str(request.user.pk), [browser], CHANGE, said, single_object=True)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Proof for %(reference)s") % {"reference": quoted(reference)},
            "opts": self.opts,
            "browser": browser,
            "reference": quoted(reference),
            "proven": proof.of(browser),
            "drawn_at": database_now(),
            "zone": local_time.zone().key,
        }
        return render(request, "admin/consent_cookies/browser/proof.html", context)


_SHOWN = ("organisation_version", "language", "words")


class SiteFilter(admin.SimpleListFilter):
    """By site, called as in the file in force."""

    title = _("site")
    parameter_name = "site"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        organisation = versions.current().organisation
        return [(code, register.title(organisation, code)) for code in (PORTAL_SITE, *organisation.cookies.sites)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Choice]) -> QuerySet[Choice]:
        return queryset.filter(site=self.value()) if self.value() else queryset


@admin.register(Choice)
class ChoiceAdmin(Quotable):
    """Every save, newest first, and the way to the figures."""

    list_display = ["recorded_at", "reference", "site_title", "what", "method", "means"]
    list_filter = [SiteFilter, "method", "means", "signal"]
    ordering = ["-id"]
    fields = (
        "recorded_at",
        "reference",
        "site_title",
        "path",
        "what",
        "what_not",
        "method",
        "means",
        "signal",
        *_SHOWN,
    )
    readonly_fields = fields
    change_list_template = "admin/consent_cookies/choice/change_list.html"

    def found_browser(self, reference: str) -> None:
        """The list itself, of this browser alone: in answer to the search, so that the reference is in no address."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Choice]:
        """All, or those of the browser that was looked for."""
        sought = request.POST.get("address")
        every = super().get_queryset(request)
        return every if sought is None else every.filter(browser_id=unquoted(sought))

    @admin.display(description=_("browser"), ordering="browser")
    def reference(self, choice: Choice) -> SafeString:
        address = reverse("admin:consent_cookies_browser_change", args=[choice.browser_id])
        return format_html('<a href="{}">{}</a>', address, quoted(choice.browser_id))

    @admin.display(description=_("site"), ordering="site")
    def site_title(self, choice: Choice) -> str:
        return register.title_then(choice.organisation_version_id, choice.site)

    @admin.display(description=_("allowed"))
    def what(self, choice: Choice) -> str:
        return register.titles(choice.organisation_version_id, choice.allowed) or gettext("nothing")

    @admin.display(description=_("refused"))
    def what_not(self, choice: Choice) -> str:
        return register.titles(choice.organisation_version_id, choice.refused) or gettext("nothing")

    @admin.display(description=_("words shown"))
    def words(self, choice: Choice) -> str:
        return choice.text.body

    def get_urls(self) -> list[URLPattern]:
        shown = path("figures/", self.admin_site.admin_view(self.figures), name="consent_cookies_figures")
        return [shown, *super().get_urls()]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """What was chosen by site, category and week; numbers under ten are not shown."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Cookie choices by week"),
            "opts": self.opts,
            "sites": figures.by_site(datetime.now(UTC).date()),
            "fewest": figures.fewest(versions.current().organisation),
        }
        return render(request, "admin/consent_cookies/choice/figures.html", context)


@admin.register(Removal)
class RemovalAdmin(ReadOnly):
    """What was taken out at somebody's wish: how many choices, and when."""

    list_display = ["removed_at", "reason", "choices"]
    list_filter = ["reason"]
    ordering = ["-removed_at"]
    fields = ["removed_at", "reason", "choices"]
