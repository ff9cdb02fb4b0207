"""Django's admin as INSTALLED_APPS names it: with a site whose every list and page asks before it deletes."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's, with the site of :mod:`portal.holds.desk`."""

    default_site = "portal.holds.desk.Desk"
