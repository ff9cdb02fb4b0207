"""/account/: the profile, and allauth's pages. Those that would tell known addresses apart answer evenly; those
that prove an address do all of it or nothing."""

from __future__ import annotations

from typing import ParamSpec

from allauth.account import views as allauth
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path

from accounts import views
from accounts.closing.views import CloseAccount, closed
from accounts.timing import View, even

P = ParamSpec("P")


def whole(view: View[P]) -> View[P]:
    """A view whose POST is one transaction; reading pages take none, which on SQLite would stop every writer."""
    in_transaction = transaction.atomic(view)

    def one_transaction(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return (in_transaction if request.method == "POST" else view)(request, *args, **kwargs)

    return one_transaction


urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("sign-out-elsewhere/", views.sign_out_elsewhere, name="account_sign_out_elsewhere"),
    path("close/", CloseAccount.as_view(), name="account_close"),
    path("closed/", closed, name="account_closed"),
    path("login/", even(allauth.login), name="account_login"),
    path("login/code/", even(allauth.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", whole(allauth.confirm_login_code), name="account_confirm_login_code"),
    path("signup/", even(allauth.signup), name="account_signup"),
    path("confirm-email/", whole(allauth.email_verification_sent), name="account_email_verification_sent"),
    path("password/reset/", even(allauth.password_reset), name="account_reset_password"),
    path(
        "password/reset/confirm/",
        whole(allauth.confirm_password_reset_code),
        name="account_confirm_password_reset_code",
    ),
    path("", include("allauth.account.urls")),
]
