"""Holds take their place: the mail that reminds of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldsConfig(AppConfig):
    name = "portal.holds"
    label = "portal_holds"
    verbose_name = _("Holds")

    def ready(self) -> None:
        from portal.holds import mails
        from portal.outbox import kinds

        kinds.register(mails.REMINDER)
