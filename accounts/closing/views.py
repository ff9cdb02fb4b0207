"""``/account/close/``: what ends, what stays and until when; and the button, for who shows that it is still them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from allauth.account.models import EmailAddress
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import addresses, flows
from accounts.closing import code
from accounts.closing.forms import CodeForm, PasswordForm
from accounts.models import Session, User
from accounts.your_data import page
from portal import errors, limits, pace
from portal.organisation import versions

MOST_TRIES: Final = 10
"""Passwords and codes that are looked at in an hour for one account, however many are tried."""
_CLOSED: Final = "account-was-closed"
_GO_AT_ONCE: Final = (Session._meta.label, EmailAddress._meta.label)


@method_decorator(never_cache, name="dispatch")
class CloseAccount(LoginRequiredMixin, View):
    """The page, and what its buttons do."""

    http_method_names: Final = ["get", "head", "post"]  # type: ignore[misc]  # Django's is a list that nothing changes
    ACTIONS: Final = ("by_password", "by_code", "send_code", "use_password")

    @property
    def user(self) -> User:
        return cast("User", self.request.user)

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accounts of staff are closed by a colleague."""
        do = request.POST.get("do", "")
        if do not in self.ACTIONS or self.user.is_staff or self.user.is_superuser:
            return self.page({"refused": _("Nothing was done.")}, status=400)
        answer: HttpResponse = getattr(self, do)()
        return answer

    def page(self, context: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
        """What the page of their data says of until when, without what goes at once."""
        subject = self.user.subject
        held = page.of(subject, versions.current()) if subject is not None else page.Page([], [])
        shown = {
            "kinds": [kind for part in held.sections for kind in part.kinds if kind.holding.label not in _GO_AT_ONCE],
            "held": held,
            "of_staff": self.user.is_staff or self.user.is_superuser,
            "address": getattr(addresses.contact_point_of(self.user), "address", self.user.email),
            "by_code": code.is_on_its_way(self.request),
            "password_form": PasswordForm(self.user),
            "code_form": CodeForm(self.request),
        }
        return render(self.request, "account/close.html", {**shown, **(context or {})}, status=status)

    def by_password(self) -> HttpResponse:
        """The button beside the password."""
        return self._close(PasswordForm(self.user, self.request.POST), "password_form")

    def by_code(self) -> HttpResponse:
        """The button beside the code."""
        return self._close(CodeForm(self.request, self.request.POST), "code_form")

    def send_code(self) -> HttpResponse:
        """A code to the address of the account."""
        if wait := pace.seconds_to_wait(self.request, "account-closing-code", self.user.email):
            return errors.too_many_requests(self.request, wait)
        code.send(self.request, self.user)
        return self._back()

    def use_password(self) -> HttpResponse:
        """Back from the code to the password."""
        code.forget(self.request)
        return self._back()

    @staticmethod
    def _back() -> HttpResponse:
        """To the end of the page, where what was pressed shows: its beginning looks as it did before."""
        return HttpResponseRedirect(f"{reverse('account_close')}#sure")

    def _close(self, form: PasswordForm | CodeForm, name: str) -> HttpResponse:
        if not limits.allow("account-closing-try", str(self.user.pk), MOST_TRIES, pace.HOUR):
            return errors.too_many_requests(self.request, limits.retry_after(pace.HOUR))
        if not form.is_valid():
            return self.page({"form": form, name: form})
        flows.close_own(self.user)
        logout(self.request)
        self.request.session[_CLOSED] = True
        return redirect("account_closed")


@never_cache
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """That it is done, for the browser in which it was; who comes by otherwise may sign in."""
    if not request.session.get(_CLOSED):
        return redirect("account_login")
    return render(request, "account/closed.html")
