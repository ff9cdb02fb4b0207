from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreferencesConfig(AppConfig):
    name = "consent.preferences"
    label = "consent_preferences"
    verbose_name = _("Preferences")
