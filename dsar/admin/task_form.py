"""What another system answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsar.admin.forms import words
from dsar.files.fields import FilesField
from dsar.models import Task


class TaskForm(forms.Form):
    """The answer in words and files, or the reason for which it is left open."""

    words = words(_("What did they answer?"), _("Or why it is left open."))
    attached = FilesField(label=_("Files"), required=False)
    skipped = forms.BooleanField(label=_("Leave it open on purpose"), required=False)

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, task: Task) -> None:
        super().__init__(data, files, auto_id=f"task-{task.pk}_%s")
        self.fields["attached"].already = task.request.files_kept  # type: ignore[attr-defined]

    def facts(self) -> list[tuple[str, str]]:
        """Nothing more to read."""
        return []

    def answer(self) -> dict[str, Any]:
        """What the flow takes, of a valid form."""
        given = self.cleaned_data
        return {"words": given["words"], "skipped": given["skipped"], "files": given["attached"]}
