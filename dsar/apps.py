"""Data subject requests take their place."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsarConfig(AppConfig):
    name = "dsar"
    label = "dsar"
    verbose_name = _("Requests")
