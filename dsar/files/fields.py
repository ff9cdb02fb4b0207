"""The form field for files: several at once, with an ordinary file input and no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dsar.files import names
from dsar.files.inspection import Inspected, inspect
from dsar.files.limits import MOST_BYTES_TOGETHER, MOST_FILES, MOST_FILES_OF_REQUEST
from dsar.files.refusal import Refused

_HELP: Final = _("Up to 5 files of 10 MB, 25 MB together: PDF, photos (JPEG, PNG, WebP) or plain text.")
_TOO_MANY: Final = _("You chose %(chosen)d files. Send at most %(most)d at a time.")
_TOO_LARGE: Final = _("Your files are larger than 25 MB together. Send some of them now and the others afterwards.")
_AGAIN: Final = _("Nothing was sent. Please choose your files again: your browser does not keep them.")


class FilesInput(forms.FileInput):
    """A file input that takes several. Its ``accept`` makes an iPhone send JPEG in place of HEIC."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        types = "application/pdf,image/jpeg,image/png,image/webp,text/plain,text/csv"
        super().__init__({"accept": types, **(attrs or {})})


class FilesField(forms.Field):
    """Cleans to ``list[Inspected]``, empty where nothing was chosen and nothing is required.

    ``already`` is how many files the request has: set it before the form is validated. Two forms sent at once do not
    see each other here; whoever stores the files counts again under the request's lock.
    """

    widget = FilesInput

    def __init__(self, *, already: int = 0, **options: Any) -> None:
        super().__init__(**{"help_text": _HELP, **options})
        self.already = already

    def to_python(self, value: Sequence[UploadedFile[bytes]] | None) -> list[Inspected]:
        """The files as they may be kept. Raises ValidationError: what is wrong with each, and to choose again."""
        uploads = list(value or ())
        problems = self._of_all(uploads)
        if problems:
            raise ValidationError([*problems, str(_AGAIN)])
        found, problems = _each(uploads)
        if problems:
            raise ValidationError([*problems, str(_AGAIN)])
        return found

    def _of_all(self, uploads: list[UploadedFile[bytes]]) -> list[str]:
        """What is wrong with them together: told before any is opened."""
        if len(uploads) > MOST_FILES:
            return [str(_TOO_MANY) % {"chosen": len(uploads), "most": MOST_FILES}]
        room = max(0, MOST_FILES_OF_REQUEST - self.already)
        if len(uploads) > room:
            return [_room_left(room)]
        if sum(one.size or 0 for one in uploads) > MOST_BYTES_TOGETHER:
            return [str(_TOO_LARGE)]
        return []


def _room_left(room: int) -> str:
    most = {"most": MOST_FILES_OF_REQUEST, "room": room}
    if not room:
        return gettext("Your request has %(most)d files already, which is all it can hold. Write to us instead.") % most
    words = ngettext(
        "Your request can hold %(most)d files, and has room for one more.",
        "Your request can hold %(most)d files, and has room for %(room)d more.",
        room,
    )
    return words % most


def _each(uploads: list[UploadedFile[bytes]]) -> tuple[list[Inspected], list[str]]:
    found, problems = [], []
    for upload in uploads:
        try:
            found.append(inspect(upload))
        except Refused as refused:
            name = names.plain(upload.name or "")[: names.LONGEST]
            problems.append(f"{name}: {refused.message}" if name else str(refused.message))
    return found, problems
