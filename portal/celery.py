"""The Celery application. Settings stand in portal/settings.py under CELERY_; tasks in each app's tasks.py."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect(weak=False)
def sweep_at_once(**_signal: object) -> None:
    """What waited for a worker does not wait for the clock too."""
    from portal.outbox import nudge  # Django is set up by now, and was not when this module was read

    nudge.sweep_soon()
