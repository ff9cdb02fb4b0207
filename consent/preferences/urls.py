"""The pages a customer meets. Fixed words come before tokens, which are longer than any of them."""

from django.urls import path

from consent.preferences.views import by_link, confirm, preferences, subscribe, unsubscribe

urlpatterns = [
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("subscribe/asked/", subscribe.asked, name="subscribe_asked"),
    path("subscribe/confirm/<str:token>/", confirm.confirm, name="confirm_subscription"),
    path("preferences/", preferences.PreferencesPage.as_view(), name="preferences"),
    path("preferences/<str:token>/", by_link.LinkPage.as_view(), name="preferences_link"),
    path("unsubscribe/", unsubscribe.by_address, name="unsubscribe"),
    path("unsubscribe/<str:token>/", unsubscribe.by_link, name="unsubscribe_link"),
]
