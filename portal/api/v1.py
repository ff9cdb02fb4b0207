"""Version 1 of the API: one NinjaAPI with the routers of the apps, its errors, and its description in OpenAPI."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from consent.cookies import examples
from consent.cookies.api import router as cookies
from portal import errors
from portal.api import problems
from portal.api.problems import Problem
from portal.organisation import versions

logger = logging.getLogger(__name__)


class Plain(Parser):
    """JSON in which no name stands twice in one object: a yes beside a no would be whichever came last."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(request.body, object_pairs_hook=_each_once)
        return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name stands twice.")
    return found


class Api(NinjaAPI):
    """The API, its errors described as the media type they are sent in."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:  # noqa: ARG002 - ninja gives it
        """Where it stands; it has no place among the addresses of the portal, being imported after them."""
        return "/api/v1/"

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description in OpenAPI 3.1, each operation with a call to paste."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        calls = examples.by_operation(versions.current())
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["description"] += f"\n\n```sh\n{calls[operation['operationId']]}\n```"
                _name_problems(operation["responses"])
        return schema


def _name_problems(responses: dict[int, dict[str, Any]]) -> None:
    """Ninja describes every answer as the same type; refusals are of another."""
    for status, response in responses.items():
        if status >= HTTPStatus.BAD_REQUEST and "content" in response:
            response["content"] = {problems.CONTENT_TYPE: response["content"]["application/json"]}


api = Api(
    title="Privacy portal",
    version="1",
    description="What other systems and sites of the organisation ask of its privacy portal.",
    docs_url=None,  # its page would load scripts from elsewhere
    urls_namespace="api-v1",
    servers=[{"url": settings.BASE_URL}],
    parser=Plain(),
)
api.add_router("/cookies", cookies)


@api.exception_handler(Problem)
def problem(_request: HttpRequest, error: Problem) -> HttpResponse:
    """What an operation refused."""
    return problems.answer(error)


@api.exception_handler(ValidationError)
def malformed(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400 for the first fault of the request, with the field of the description it stands in."""
    where = [str(step) for step in error.errors[0]["loc"]]
    # The name of a parameter, or of a field of the body, is ours. What stands deeper came with the request.
    field = next(iter(where[2:]), "") if where[0] == "body" else where[-1]
    return problems.answer(Problem(HTTPStatus.BAD_REQUEST, "This is missing or not of the form asked.", field=field))


@api.exception_handler(HttpError)
def refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that is no JSON."""
    return problems.answer(Problem(HTTPStatus(error.status_code), error.message))


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """404."""
    return problems.answer(Problem(HTTPStatus.NOT_FOUND, "There is nothing at this address."))


@api.exception_handler(Exception)
def trouble(_request: HttpRequest, error: Exception) -> HttpResponse:
    """503 for a database that does not answer or a portal without an organisation; else ours is the fault: 500."""
    if isinstance(error, versions.NoOrganisation) or errors.is_unavailable(error):
        logger.error("The API cannot answer: %s.", type(error).__name__)
        wait = {"Retry-After": str(errors.UNAVAILABLE_SECONDS)}
        return problems.answer(Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.", headers=wait))
    logger.error("The API failed.", exc_info=error)
    return problems.answer(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This is our fault, not yours."))


resolver = URLResolver(RegexPattern(r"^"), api.urls[0])
