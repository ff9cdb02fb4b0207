"""``/subscribe/``: an address, topics, and the same answer for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.ledger.circumstances import Circumstances
from consent.preferences import catalogue, pace
from consent.preferences.flows import subscribing
from consent.preferences.forms import SubscribeForm
from portal import errors
from portal.organisation import versions
from portal.organisation.schema import Organisation


@dataclass(frozen=True)
class Fact:
    """A label and its text, with an address to write to where there is one."""

    label: str
    text: str
    email: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form. What is posted is asked of the address's reader by mail, whoever that is."""
    current = versions.current()
    form = SubscribeForm(request.POST if request.method == "POST" else None, current=current)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        if wait := pace.seconds_to_wait(request, "subscribe", address):
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
    return {
        "form": form,
        "sections": catalogue.offered(organisation),
        "form_of_file": catalogue.form_of(organisation),
        "chosen": form["topics"].value() or (),
        "version": form.current.id,
        "notice": notice(organisation),
        "nav_current": "subscribe",
    }


def notice(organisation: Organisation) -> list[Fact]:
    """Who asks, what for, how long and with what rights: Article 13, as short as a form can carry it."""
    controller, period = organisation.controller, organisation.mail.confirmation_link
    return [
        Fact(_("Who we are"), f"{', '.join((controller.legal_name, *controller.address))}.", controller.email),
        Fact(
            _("What for"),
            _("To send you what you tick, and nothing else. On your consent, which you can withdraw at any time."),
        ),
        Fact(
            _("How long"),
            _("Until you stop. If you do not confirm within %(period)s, we forget the address.") % {"period": period},
        ),
        Fact(
            _("Your rights"),
            _("You can see, correct and delete your data, and complain: to us, or here: %(authority)s.")
            % {"authority": organisation.authority.name},
        ),
    ]
