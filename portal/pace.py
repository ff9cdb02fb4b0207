"""How often a public form may be used: by network, and by the address typed into it, known or not."""

from __future__ import annotations

from django.http import HttpRequest

from portal import limits

HOUR = 3600
MAILS_TO_ONE_ADDRESS = 5
FORMS_FROM_ONE_NETWORK = 60


def seconds_to_wait(request: HttpRequest, scope: str, address: str = "") -> int:
    """0 if this use of the form ``scope`` is allowed, else seconds until the next. It counts; ask once for each use.

    An address is counted as typed, known or not: the answer tells nobody which it is.
    """
    allowed = limits.allow(scope, limits.client_network(request), FORMS_FROM_ONE_NETWORK, HOUR)
    if address:
        allowed = limits.allow(f"{scope}-to", address, MAILS_TO_ONE_ADDRESS, HOUR) and allowed
    return 0 if allowed else limits.retry_after(HOUR)
