"""Files of a request, saved by staff: by POST, because each download is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from dsar.admin.base import DeskView
from dsar.files import serving, vault
from dsar.flows import identity, steps, talking
from dsar.models import Attachment, IdentityDocument
from portal.looks import What


class File(DeskView):
    """A file of the conversation or the answer."""

    needs = "dsar.view_attachment"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID, file: UUID) -> HttpResponse:
        """The file, to be saved."""
        found = Attachment.objects.filter(pk=file, request=pk).select_related("request").first()
        by = steps.staff(cast("User", request.user))
        return _sent(self, pk, found, lambda: talking.download(found, by) if found else b"")


class Proof(DeskView):
    """A proof of identity: for those alone who may check it, and nobody who only reads."""

    needs = "dsar.change_identitycheck"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID, file: UUID) -> HttpResponse:
        """The proof, to be saved."""
        known = IdentityDocument.objects.select_related("check_of__request")
        found = known.filter(pk=file, check_of__request=pk).first()
        user = cast("User", request.user)
        return _sent(self, pk, found, lambda: identity.look_at(found, user) if found else b"")


def _sent(view: DeskView, pk: UUID, file: Any, read: Callable[[], bytes]) -> HttpResponse:
    if file is None:
        raise Http404
    view.looked_at(file, What.SAVED)
    try:
        return serving.attachment(read(), file.name, file.content_type)
    except vault.Gone:
        messages.error(view.request, _("This file is not here any more."))
    except vault.Unreadable:
        messages.error(view.request, _("This file cannot be opened: its key is gone, or it was changed."))
    return redirect("admin:dsar_request_change", pk)
