from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class SubjectsConfig(AppConfig):
    name = "portal.subjects"
    label = "subjects"
    verbose_name = _("People and addresses")

    def ready(self) -> None:
        from portal.subjects import checks

        register(checks.check_keys_are_of_their_own, Tags.security)
        register(checks.check_no_key_is_missing, Tags.database)
