"""The API that ``consent.js`` speaks: what to ask on a site, what was chosen there, what is in force in a browser.

It knows no cookies and no sessions. Who may read an answer is in :mod:`consent.cookies.cross_origin`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from ninja import Body, Header, Path, Query, Router, Status
from ninja.decorators import decorate_view

from consent.cookies import cross_origin, flows, place, register, script_config
from consent.cookies.choice_cookie import Credentials
from consent.cookies.flows import NotYours, Save, UnknownCategory
from consent.cookies.vocabulary import Means
from consent.cookies.wire import Config, Kept, Press, Refused, Trouble
from portal import limits
from portal.api import problems
from portal.api.problems import Problem
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion

LONGEST_BODY: Final = 8_192
CONFIG_SECONDS: Final = 300
MINUTE: Final = 60
READS_A_MINUTE: Final = 600
SAVES_A_MINUTE: Final = 120

View = Callable[..., HttpResponse]
router = Router(tags=["Cookies"])


def across_origins(run: View) -> View:
    """Pages of the organisation's sites may read the answer, a refusal included: a script must know why."""

    @wraps(run)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        origin = cross_origin.origin_of(request)
        welcome = bool(origin) and cross_origin.is_known(origin, versions.current().organisation)
        response = run(request, *args, **kwargs)
        cross_origin.mark(response)
        if welcome and response.status_code != HTTPStatus.FORBIDDEN:
            cross_origin.admit(response, origin)
        return response

    return wrapper


def short_json(run: View) -> View:
    """A body that is too long, or of another type, is refused before it is read."""

    @wraps(run)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > LONGEST_BODY:  # of a length that is none, Django reads nothing
            said = f"Send at most {LONGEST_BODY} bytes."
            return problems.answer(Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said))
        if request.content_type not in {"application/json", "text/plain"}:
            said = "Send JSON, as application/json or text/plain."
            return problems.answer(Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, said))
        return run(request, *args, **kwargs)

    return wrapper


@router.get(
    "/config",
    response={200: Config, 304: None, 400: Trouble, 403: Trouble, 429: Trouble},
    operation_id="cookieConfig",
    summary="What to ask on a site",
    by_alias=True,
)
@decorate_view(across_origins)
def config(
    request: HttpRequest,
    site: Annotated[str, Query(max_length=64, description="The code of the site in the organisation file.")],
    language: Annotated[str, Query(max_length=35, description="The language of the page.")] = "",
) -> HttpResponse:
    """Categories, words and cookie of a site, to be kept for five minutes and then asked for with its ETag."""
    _check_origin(request, site)
    _limit(request, "config", READS_A_MINUTE)
    current = versions.current()
    rendered = script_config.rendered(
        current,
        site,
        script_config.spoken(language),
        place.on_site(cross_origin.origin_of(request), current.organisation, site),
        register.days_until_asked_again(current.organisation, timezone.localdate()),
    )
    response = HttpResponse(rendered.body, content_type="application/json")
    response.headers["ETag"] = rendered.etag
    response.headers["Cache-Control"] = f"public, max-age={CONFIG_SECONDS}"
    return get_conditional_response(request, etag=rendered.etag, response=response) or response


@router.post(
    "/choices",
    response={
        201: Kept,
        200: Kept | Refused,
        **dict.fromkeys((400, 403, 409, 413, 415, 429), Trouble),
    },
    operation_id="keepChoice",
    summary="Keep a choice, or count a refusal",
)
@decorate_view(short_json, across_origins)
def keep_choice(request: HttpRequest, press: Annotated[Press, Body()]) -> Status[Kept | Refused]:
    """Keep what was pressed. The same key again changes nothing and answers what the first left (200).

    A refusal names nobody and needs neither reference nor secret. 409: the reference is somebody else's; draw another.
    """
    # First of all, so that a page elsewhere cannot use up what a visitor's network may send.
    _check_origin(request, press.site, required=True)
    _limit(request, "choices", SAVES_A_MINUTE)
    credentials = _credentials(press)
    if press.by_signal and (not press.signal or any(press.choices.values())):
        raise _malformed("by_signal", "The signal alone refuses, where it is on; it allows nothing.")
    try:
        with translation.override(script_config.spoken(press.language)):
            left = flows.keep(_save(press, credentials))
    except OrganisationVersion.DoesNotExist:
        raise _malformed("version", "There never was such a version.") from None
    except register.UnknownSite:
        raise _malformed("site", "That version knows no such site.") from None
    except UnknownCategory:
        raise _malformed("choices", "That site offers no such category.") from None
    except NotYours:
        raise Problem(HTTPStatus.CONFLICT, "This reference is taken: draw another.", field="reference") from None
    if left is None:
        return Status(HTTPStatus.OK, Refused(version=press.version))
    answer = _answer(left.reference, left.version_id, left.allowed, left.recorded_at)
    return Status(HTTPStatus.CREATED if left.is_new and left.allowed else HTTPStatus.OK, answer)


@router.get(
    "/choices/{reference}",
    response={200: Kept | Refused, **dict.fromkeys((400, 403, 404, 429), Trouble)},
    operation_id="choiceInForce",
    summary="The choice in force in a browser",
)
@decorate_view(across_origins)
def choice_in_force(
    request: HttpRequest,
    reference: Annotated[str, Path(max_length=40)],
    secret: Annotated[str, Header(alias="X-Consent-Secret", max_length=64)],
) -> Kept | Refused:
    """What the browser with this reference chose last. An unknown reference and a wrong secret are answered alike."""
    _check_origin(request)
    _limit(request, "choice", SAVES_A_MINUTE)
    credentials = Credentials.read(reference, secret)
    try:
        choice = flows.latest(credentials) if credentials else None
    except NotYours:
        choice = None
    if choice is None:
        raise Problem(HTTPStatus.NOT_FOUND, "No choice answers to this reference and secret.")
    return _answer(choice.browser_id, choice.organisation_version_id, choice.allowed, choice.recorded_at)


def _preflight(request: HttpRequest, methods: str) -> HttpResponse:
    if not cross_origin.is_known(cross_origin.origin_of(request), versions.current().organisation):
        raise _foreign()
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    cross_origin.admit_preflight(response, methods)
    return response


@router.api_operation(["OPTIONS"], "/config", include_in_schema=False)
@decorate_view(across_origins)
def preflight_config(request: HttpRequest) -> HttpResponse:
    """Whether a page may ask for the configuration with headers of its own."""
    return _preflight(request, "GET")


@router.api_operation(["OPTIONS"], "/choices", include_in_schema=False)
@decorate_view(across_origins)
def preflight_choices(request: HttpRequest) -> HttpResponse:
    """Whether a page may send a choice as JSON."""
    return _preflight(request, "POST")


@router.api_operation(["OPTIONS"], "/choices/{reference}", include_in_schema=False)
@decorate_view(across_origins)
def preflight_choice(request: HttpRequest, reference: str) -> HttpResponse:  # noqa: ARG001 - it stands in the address
    """Whether a page may ask with the secret in a header."""
    return _preflight(request, "GET")


def _limit(request: HttpRequest, what: str, most: int) -> None:
    if not limits.allow(f"cookies:{what}", limits.client_network(request), most, MINUTE):
        wait = {"Retry-After": str(limits.retry_after(MINUTE))}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests from your network.", headers=wait)


def _check_origin(request: HttpRequest, site: str | None = None, *, required: bool = False) -> None:
    """A page may ask for its own site, and without naming one if it is of any. Browsers name their origin with every
    POST, and with a GET to another origin."""
    origin = cross_origin.origin_of(request)
    organisation = versions.current().organisation
    try:
        if site is None:
            welcome = cross_origin.is_known(origin, organisation)
        else:
            welcome = cross_origin.may_ask(origin, organisation, site)
    except register.UnknownSite:
        raise _malformed("site", "The organisation has no such site.") from None
    if not welcome and (origin or required):
        raise _foreign()


def _foreign() -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, "This origin is none of the site’s, as the organisation file has them.")


def _malformed(field: str, said: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, said, field=field)


def _credentials(press: Press) -> Credentials | None:
    """Those of the browser. Something allowed is kept, and needs them; a refusal does not."""
    if press.reference and press.secret:
        return Credentials(press.reference, press.secret)
    missing = "secret" if press.reference else "reference"
    if press.reference or press.secret or any(press.choices.values()):
        raise _malformed(missing, "Draw a reference and a secret for the browser, and send both.")
    return None


def _save(press: Press, credentials: Credentials | None) -> Save:
    return Save(
        site=press.site,
        version=press.version,
        choices=press.choices,
        means=Means.SCRIPT,
        key=press.key,
        path=press.path,
        language=press.language,
        signal=press.signal,
        by_signal=press.by_signal,
        credentials=credentials,
    )


def _answer(reference: str, version_id: int, allowed: list[str], recorded_at: datetime) -> Kept | Refused:
    version = versions.get(version_id).number
    if not allowed:
        return Refused(version=version)
    return Kept(reference=reference, version=version, allowed=allowed, recorded_at=recorded_at)
