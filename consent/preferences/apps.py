"""The preferences take their place: their mails, their step of the sign-up, their ways into the privacy centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreferencesConfig(AppConfig):
    name = "consent.preferences"
    label = "consent_preferences"
    verbose_name = _("Preferences")

    def ready(self) -> None:
        from accounts import signup
        from consent.preferences import leaving, mails, panels, ways_in
        from consent.preferences.signup import TopicsStep
        from portal.home import ways
        from portal.outbox import kinds
        from portal.subjects import panels as person_page

        for kind in mails.KINDS:
            kinds.register(kind)
        for way in ways_in.WAYS:
            ways.register(way)
        signup.register(TopicsStep())
        leaving.register()
        person_page.register(panels.WAITING)
