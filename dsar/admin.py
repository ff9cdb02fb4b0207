"""Requests at the desk."""

from __future__ import annotations

from django.contrib import admin

from dsar.models import Request


@admin.register(Request)
class RequestAdmin(admin.ModelAdmin[Request]):
    """Requests, the most urgent first."""

    list_display = ["reference", "matter", "state", "promised_due", "statutory_due", "assignee"]
