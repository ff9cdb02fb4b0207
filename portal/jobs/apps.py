from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        # Every process of Django has the Celery application, so that a task that is called finds its broker. What
        # knows nothing of Django, such as the demo's supervisor, starts without either.
        from portal import (
            celery,  # noqa: F401  # imported for what it sets up
            today,
        )
        from portal.jobs import duties

        today.register(duties.DUTY)
