"""The words of the cookie register's proof, each a fixed list."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Method(TextChoices):
    """How a choice came about."""

    ACCEPT_ALL = "accept_all", _("everything accepted")
    CHOSEN = "chosen", _("chosen one by one")
    REFUSED = "refused", _("everything refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    GPC = "gpc", _("refused by Global Privacy Control")


class Means(TextChoices):
    """Through which door it came."""

    FORM = "form", _("form of the portal")
    SCRIPT = "script", _("consent.js on a site")
