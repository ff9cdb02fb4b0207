from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "portal.retention"
    label = "portal_retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        from portal import today
        from portal.organisation.changes import register_content_check
        from portal.outbox import kinds
        from portal.retention import checks, known_here, starts, under_age, unproved
        from portal.retention.desk import duties
        from portal.retention.flows import telling
        from portal.subjects import panels

        today.register(duties.DUTY)
        register_content_check(checks.problems)
        for kind in telling.KINDS:
            kinds.register(kind)
        panels.register(under_age.PANEL)
        unproved.register()
        for start, sources in known_here.SOURCES.items():
            starts.register(start, *sources)
