"""What ``record()`` refuses, before anything is written. ``message`` is fit to be shown to a person."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LedgerError(ValueError):
    """A decision that cannot be recorded. Nothing was written."""

    message: Promise | str = _("This choice cannot be saved.")

    def __init__(self, subject_of_it: str = "") -> None:
        super().__init__(f"{type(self).__name__}: {subject_of_it}" if subject_of_it else type(self).__name__)
        self.subject_of_it = subject_of_it


class UnknownTopic(LedgerError):
    """The organisation file names no such topic, and never did."""

    message = _("We do not have this topic.")


class RetiredTopic(LedgerError):
    """The topic has left the organisation file; it can be stopped and nothing else."""

    message = _("This topic is no longer offered.")


class UnknownPurpose(LedgerError):
    """The organisation file names no such purpose."""

    message = _("We do not have this purpose.")


class UnknownNotice(LedgerError):
    """The organisation file names no such notice."""

    message = _("We do not have this notice.")


class ChannelNotOffered(LedgerError):
    """The topic does not come this way; or a yes named no channel, and "every way" was never asked."""

    message = _("This topic does not come this way.")


class ImpossibleDecision(LedgerError):
    """This decision cannot be made about this object, in this way, or by this actor."""


class ImpossibleTime(LedgerError):
    """A time in the future, or one without a time zone."""

    message = _("The date lies in the future, or its time zone is missing.")


class SubjectErased(LedgerError):
    """The person was erased; there is nobody to record a decision of."""

    message = _("We no longer hold this record.")
