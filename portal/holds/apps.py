"""Holds take their place: the mails about them, their panel and their duty."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldsConfig(AppConfig):
    name = "portal.holds"
    label = "portal_holds"
    verbose_name = _("Holds")

    def ready(self) -> None:
        from portal import today
        from portal.holds import duties, mails, panels
        from portal.outbox import kinds
        from portal.subjects import panels as person_page

        for kind in (mails.REMINDER, mails.CHANGED):
            kinds.register(kind)
        person_page.register(panels.HOLDS)
        today.register(duties.DUTY)
