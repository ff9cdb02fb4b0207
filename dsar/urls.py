"""/requests/: asking, and a page for each request."""

from django.urls import path

from dsar.views import asking, downloads, listing, promise, request_page

urlpatterns = [
    path("", listing.requests, name="requests"),
    path("promise/", promise.promise, name="promise"),
    path("new/<slug:matter>/", asking.new_request, name="new_request"),
    path("<uuid:pk>/", request_page.RequestPage.as_view(), name="request"),
    path("<uuid:pk>/withdraw/", request_page.withdraw, name="request_withdraw"),
    path("<uuid:pk>/files/<uuid:file_id>/", downloads.file, name="request_file"),
    path("<uuid:pk>/letter/<int:event_id>/", downloads.letter, name="request_letter"),
]
