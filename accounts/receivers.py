"""What follows from allauth's signals and from merges. Connected by ``accounts.apps``."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render

from accounts import flows
from portal.subjects import merging


def address_confirmed(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    """An address is proved: the account becomes that person's. Runs in the transaction of the page.

    Where the person has another account already, the page says so and nothing is kept of the attempt.
    """
    try:
        flows.address_proved(email_address)
    except (flows.AccountExists, merging.MergeRefused):
        if not request.user.is_authenticated:
            # Otherwise the half-made sign-in would send every later visit back to a code that is used up.
            request.session.flush()
        raise ImmediateHttpResponse(render(request, "account/address_taken.html", status=409)) from None
