"""Addresses at which something goes wrong, beside the portal's own."""

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import OperationalError, ProgrammingError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context, RequestContext, Template
from django.urls import path
from django.views.decorators.http import require_POST

from portal import errors, urls
from portal.organisation import versions
from tests.web.forms import Request

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler429, handler500 = urls.handler404, urls.handler429, urls.handler500


def bad(request: HttpRequest) -> HttpResponse:
    raise BadRequest("joan.archer@example.org")


def big(request: HttpRequest) -> HttpResponse:
    raise RequestDataTooBig("too big")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


def often(request: HttpRequest) -> HttpResponse:
    return errors.too_many_requests(request, 150)


def bug(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("joan.archer@example.org")


def wrong_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM no_such_table")
    return HttpResponse()


def refused_by_database(request: HttpRequest) -> HttpResponse:
    raise ProgrammingError("a fault of ours")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


def away_in_template(request: HttpRequest) -> HttpResponse:
    def rows() -> None:
        raise OperationalError("server closed the connection unexpectedly")

    return HttpResponse(Template("{{ rows }}").render(Context({"rows": rows})))


def needs_organisation(request: HttpRequest) -> HttpResponse:
    return HttpResponse(versions.current().organisation.name)


FORM_PAGE = """{% extends "base.html" %}{% block title %}Make a request{% endblock %}
{% block lead_note %}Nothing was sent yet. What you typed is still here.{% endblock %}
{% block heading %}Make a request{% endblock %}
{% block content %}<form method="post" class="entry" novalidate>{% csrf_token %}
<div class="alone stack">{{ form }}
<p class="actions"><button type="submit" class="btn go">Send my request</button>
<button type="submit" class="btn stop">Stop all marketing</button></p></div></form>{% endblock %}"""


def form_page(request: HttpRequest) -> HttpResponse:
    form = Request(request.POST if request.method == "POST" else None)
    return HttpResponse(Template(FORM_PAGE).render(RequestContext(request, {"form": form})))


@require_POST
def post_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [
    *urls.urlpatterns,
    path("fault/form", form_page),
    path("fault/400", bad),
    path("fault/403", forbidden),
    path("fault/404", missing),
    path("fault/405", post_only),
    path("fault/413", big),
    path("fault/429", often),
    path("fault/500", bug),
    path("fault/500/query", wrong_query),
    path("fault/500/database", refused_by_database),
    path("fault/503", away),
    path("fault/503/template", away_in_template),
    path("fault/503/organisation", needs_organisation),
]
