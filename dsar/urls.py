"""/requests/: asking, and a page for each request."""

from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="requests/requests.html"), name="requests"),
    path("<uuid:pk>/", TemplateView.as_view(template_name="requests/request.html"), name="request"),
]
