from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PersonalDataConfig(AppConfig):
    name = "portal.personal_data"
    label = "personal_data"
    verbose_name = _("Personal data")

    def ready(self) -> None:
        from portal.personal_data.checks import check_declarations

        autodiscover_modules("personal_data")
        register(check_declarations)
