"""What runs by the clock for the preferences. Each can be repeated and interrupted at any moment."""

from __future__ import annotations

from celery import shared_task

from consent.preferences.flows import forgetting, mailing
from portal.jobs.recording import recorded


@shared_task(name="consent.preferences.send_mailing", expires=60)
def send_mailing() -> None:
    """Goes on with every mailing that staff set going."""
    mailing.send_all()


@shared_task(name="consent.preferences.forget_unconfirmed", expires=3600)
def forget_unconfirmed() -> None:
    """Forgets who was asked by mail and did not answer in time."""
    with recorded("consent.preferences.forget_unconfirmed"):
        forgetting.forget_unconfirmed()
