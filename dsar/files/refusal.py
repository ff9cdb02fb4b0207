"""The one way in which a file is turned away."""

from __future__ import annotations

from django_stubs_ext import StrOrPromise


class Refused(Exception):
    """A file that may not come in; ``message`` tells its sender why and what to do instead."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(str(message))
        self.message = message
