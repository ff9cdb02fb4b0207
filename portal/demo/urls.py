"""Addresses of the demo's own pages, included below /demo/ in demo settings only."""

from django.urls import re_path

from portal.demo import views
from portal.demo.inbox import NAME

urlpatterns = [
    re_path(r"^mail/$", views.mails, name="demo_mails"),
    re_path(r"^mail/delete/$", views.delete_all, name="demo_mails_delete"),
    re_path(rf"^mail/(?P<name>{NAME})/$", views.mail, name="demo_mail"),
    re_path(rf"^mail/(?P<name>{NAME})/html/$", views.html_part, name="demo_mail_html"),
]
