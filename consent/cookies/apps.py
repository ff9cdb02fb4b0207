"""Cookie consent takes its place."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CookiesConfig(AppConfig):
    name = "consent.cookies"
    label = "consent_cookies"
    verbose_name = _("Cookies")

    def ready(self) -> None:
        from consent.cookies import ways_in
        from portal.home import ways

        ways.register(ways_in.COOKIES)
