"""``/subscribe/``: an address, topics, and the same answer for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from consent.ledger.circumstances import Circumstances
from consent.preferences import catalogue
from consent.preferences.flows import subscribing
from consent.preferences.forms import SubscribeForm
from portal import errors, pace
from portal.organisation import versions
from portal.organisation.schema import Basis, Organisation
from portal.outbox import keeping


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form. What is posted is asked of the address's reader by mail, whoever that is."""
    current = versions.current()
    form = SubscribeForm(request.POST if request.method == "POST" else None, current=current)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        if wait := pace.seconds_to_wait(request, "preferences-subscribe", address):
            return errors.too_many_requests(request, wait)
        subscribing.subscribe(
            address,
            form.cleaned_data["topics"],
            version_id=form.cleaned_data["shown"],
            circumstances=Circumstances.of(request),
        )
        return redirect("subscribe_asked")
    return render(request, "preferences/subscribe.html", _page(current.organisation, form))


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """“Now look in your mail”, whoever was asked."""
    period = versions.current().organisation.mail.confirmation_link
    return render(request, "preferences/asked.html", {"period": period, "nav_current": "subscribe"})


def _page(organisation: Organisation, form: SubscribeForm) -> dict[str, object]:
    sections = catalogue.offered(organisation)
    return {
        "form": form,
        "sections": sections,
        "other_basis": any(organisation.purposes[one.code].basis is not Basis.CONSENT for one in sections),
        "form_of_file": catalogue.form_of(organisation),
        "chosen": form["topics"].value() or (),
        "version": form.current.id,
        "period": organisation.mail.confirmation_link,
        "kept": keeping.address(organisation, until_stopped=True),
        "nav_current": "subscribe",
    }
