from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = _("Mails and mail server")

    def ready(self) -> None:
        from celery.signals import worker_ready

        from portal import today
        from portal.outbox import duties, nudge
        from portal.outbox.checks import check_backend, check_gate, check_kinds
        from portal.outbox.panels import MAILS
        from portal.subjects import panels

        register(check_backend)
        register(check_gate)
        register(check_kinds)
        panels.register(MAILS)
        today.register(duties.DUTY)
        # What waited for a worker does not wait for the clock too.
        worker_ready.connect(nudge.sweep_when_ready, dispatch_uid="outbox-sweep")
