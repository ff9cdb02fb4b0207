"""What of an upload is read at all: Django's own limits do not count files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

from dsar.files.limits import MOST_BYTES_OF_BODY


class InMemoryWithinBounds(MemoryFileUploadHandler):
    """Keeps uploads in memory, and refuses a body that is too long before its first byte is read.

    It is the only one in ``FILE_UPLOAD_HANDLERS``, so it holds for every view, whoever reads POST first. Django's
    handler for larger files would write somebody's passport, unencrypted, into the temporary folder.
    """

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django gives it
        META: dict[str, Any],  # noqa: ARG002, N803 - so does Django call it
        content_length: int,
        boundary: str,  # noqa: ARG002  # Django calls it with these
        encoding: str | None = None,  # noqa: ARG002  # Django calls it with these
    ) -> None:
        """Raises RequestDataTooBig, which the 413 page answers (``portal.errors``)."""
        # WSGI hands over no more than the declared length, and none without one: there is nothing to count.
        if content_length > MOST_BYTES_OF_BODY:
            raise RequestDataTooBig("The body is longer than MOST_BYTES_OF_BODY.")
        self.activated = True
