"""Links that do not do what they said: what is wrong, and the way on. Nothing on these pages tells whose a link was."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class WayOn:
    """A link onwards, and what it is good for."""

    url: str
    title: str
    text: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a link. ``resend`` offers a button that mails a new one to the same address."""

    title: str
    lead: str
    ways: tuple[WayOn, ...]
    resend: bool = False
    status: int = 200


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of a problem."""
    return render(request, "preferences/link_problem.html", {"problem": problem}, status=problem.status)


def ask_anew() -> WayOn:
    return WayOn(reverse("subscribe"), _("Choose topics"), _("Type your address and confirm by mail."))


def sign_in() -> WayOn:
    return WayOn(
        f"{reverse('account_login')}?next={reverse('preferences')}",
        _("Sign in"),
        _("With your password, or with a code we mail to you. Then you see and change everything."),
    )


def own_choices() -> WayOn:
    return WayOn(reverse("preferences"), _("What you receive"), _("See and change it."))


def stop_all() -> WayOn:
    return WayOn(
        reverse("unsubscribe"),
        _("Stop all marketing"),
        _("Type the address. No sign-in, no questions. It counts at once."),
    )
