"""The ways from the privacy centre to the pages of the preferences."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.preferences import sentences
from portal.home.ways import Way
from portal.organisation.schema import Organisation


def _receive(organisation: Organisation) -> str:
    titles = [str(topic.title) for topic in organisation.topics.values()]
    what = _("%(topics)s: see what comes to you, by which way, and why. Change or stop any of it.")
    return what % {"topics": sentences.listed(titles)}


def _subscribe(_organisation: Organisation) -> str:
    return _("Choose topics and confirm by mail. No account needed.")


def _stop(_organisation: Organisation) -> str:
    return _("Type your address. No sign-in, no questions. It counts at once.")


WAYS: Final = (
    Way(
        "preferences",
        "preferences",
        gettext_lazy("Choose what you receive"),
        _receive,
        nav=gettext_lazy("What you receive"),
        order=10,
    ),
    Way("subscribe", "subscribe", gettext_lazy("Sign up for topics by mail"), _subscribe, order=15),
    Way("unsubscribe", "unsubscribe", gettext_lazy("Stop all marketing"), _stop, order=16),
)
