"""The cookie page and what it offers."""

from django.urls import path

from consent.cookies.views import choosing, own_record, reading

urlpatterns = [
    path("cookies/", choosing.cookies, name="cookies"),
    path("cookies/saved/", choosing.saved, name="cookies_saved"),
    path("cookies/account/", own_record.account, name="cookies_account"),
    path("cookies/remove/", own_record.remove, name="cookies_remove"),
    path("cookies/policy.html", reading.policy_html, name="cookies_policy_html"),
    path("cookies/policy.pdf", reading.policy_pdf, name="cookies_policy_pdf"),
    path("cookies/versions/<int:number>/", reading.version, name="cookies_version"),
    path("cookies/gpc.json", reading.gpc_for_other_sites, name="cookies_gpc_for_other_sites"),
    path(".well-known/gpc.json", reading.gpc_json, name="gpc_json"),
]
