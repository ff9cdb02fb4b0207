from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = _("Mails and mail server")

    def ready(self) -> None:
        from portal.outbox.checks import check_backend, check_gate, check_kinds
        from portal.outbox.panels import MAILS
        from portal.subjects import panels

        register(check_backend)
        register(check_gate)
        register(check_kinds)
        panels.register(MAILS)
