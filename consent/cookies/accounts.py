"""Whether the choices of a browser are noted with the account of who signs in there: said, asked once, and declined."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.http import HttpRequest

from accounts.models import User
from consent.cookies import flows, in_force
from consent.cookies.choice_cookie import Credentials
from consent.cookies.flows import NotYours
from portal.subjects.models import Subject

ASK: Final = "cookies-ask-to-note"
"""The session's note that the question is due; it goes with the answer."""


def signed_in(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Somebody signed in: ask them, if this browser has a record that is nobody's and they did not decline before."""
    remembered = in_force.of(request).remembered if request is not None else None
    if request is None or remembered is None or remembered.credentials is None or user.subject_id is None:
        return
    if flows.is_nobodys(remembered.credentials):
        request.session[ASK] = True


def asks(request: HttpRequest) -> bool:
    """Whether the question stands on this page: one that was opened, until it is answered."""
    # What goes wrong before anybody is known, a wrong host say, has its page too.
    user = getattr(request, "user", None)
    opened = request.method in {"GET", "HEAD"}
    return opened and user is not None and user.is_authenticated and ASK in request.session


def answered(request: HttpRequest) -> None:
    """The question need not be put again."""
    request.session.pop(ASK, None)


def decide(
    do: str, credentials: Credentials, subject: Subject
) -> Literal["linked", "already", "somebody_else", "apart", "unlinked"]:
    """Do what the button says: ``link``, ``unlink``, or, for anything else, keep apart. Raises ``NotYours``."""
    if do == "link":
        return flows.link(credentials, subject)
    if not flows.may_go_on(credentials, subject):
        raise NotYours
    if do == "unlink":
        flows.unlink(credentials)
        return "unlinked"
    flows.keep_apart(credentials)
    return "apart"
