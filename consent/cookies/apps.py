"""Cookie consent takes its place: its way in, its question after sign-in, its panel, and triggers for its choices."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class CookiesConfig(AppConfig):
    name = "consent.cookies"
    label = "consent_cookies"
    verbose_name = _("Cookies")

    def ready(self) -> None:
        from consent.cookies import accounts, leaving, panels, triggers, ways_in
        from portal import append_only
        from portal.home import ways
        from portal.subjects import panels as person_page

        append_only.register(triggers.CHOICES)
        leaving.register()
        ways.register(ways_in.COOKIES)
        person_page.register(panels.BROWSERS)
        user_logged_in.connect(accounts.signed_in, dispatch_uid="consent_cookies.signed_in")
