"""The cookie page and what it offers."""

from django.urls import path

from consent.cookies import views

urlpatterns = [
    path("cookies/", views.cookies, name="cookies"),
    path("cookies/saved/", views.saved, name="cookies_saved"),
]
