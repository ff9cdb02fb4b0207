"""Requests at the desk: the officer's list, a page for each request, and a form for what came on paper or by phone."""

from dsar.admin import requests

__all__ = ["requests"]
