"""What goes over the wire of the cookie API, as OpenAPI describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictInt, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{16}$")]
PagePath = Annotated[str, StringConstraints(pattern=r"^(/[^\x00-\x1f\x7f]*)?$", max_length=2_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,35}$")]
Number = Annotated[StrictInt, Field(ge=1, le=999_999_999)]


class Press(BaseModel):
    """One press in the banner or the settings of a site."""

    site: Code = Field(description="The code of the site in the organisation file.")
    version: Number = Field(description="The version of the configuration that was on the screen.")
    key: Key = Field(description="128 random bits in base64url that name this press: sent again, it changes nothing.")
    choices: dict[Code, StrictBool] = Field(
        max_length=32, description="Yes or no for each optional category; what is left out is a no."
    )
    path: PagePath = Field("", description="The page, without its query.")
    language: Language = Field("en-gb", description="The language of the configuration.")
    signal: StrictBool = Field(False, description="Whether the browser sent Global Privacy Control.")
    by_signal: StrictBool = Field(False, description="Whether that signal made the choice, and nobody pressed.")
    reference: Reference | None = Field(
        None,
        description="The browser’s reference: 16 letters and digits of Crockford’s base 32, which it draws itself.",
    )
    secret: Key | None = Field(None, description="The browser’s secret: 128 random bits in base64url, drawn likewise.")


class Kept(BaseModel):
    """A choice as it is kept."""

    reference: str
    version: int
    allowed: list[str]
    recorded_at: datetime = Field(description="When it reached the portal, by the portal’s clock.")


class Refused(BaseModel):
    """A refusal: counted, and nobody’s."""

    refused: bool = True
    version: int


class Trouble(BaseModel):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str
    field: str = Field("", description="The field at fault, where it is one.")


class Category(BaseModel):
    """An optional category, as the banner shows it."""

    code: str
    title: str
    sentence: str
    note: str
    default: bool = Field(description="Whether it runs before anybody chose.")
    gpc: bool = Field(description="Whether Global Privacy Control refuses it.")
    signals: list[str] = Field(description="The signals of Google Consent Mode it sets.")
    cookies: list[str] = Field(description="Names of its cookies; * stands for any ending.")


class CookieToSet(BaseModel):
    """How the browser remembers the choice."""

    name: str
    domain: str | None
    days: int


class Config(BaseModel):
    """All that a site needs in order to ask."""

    site: str
    version: int
    valid_since: int = Field(description="A choice made under an older version is asked for again.")
    language: str
    cookie: CookieToSet
    register_address: str = Field(alias="register", description="The page with every cookie and the current choice.")
    categories: list[Category] = Field(description="The optional ones. Where there is none, nothing is asked.")
    signals: list[str] = Field(description="Signals that need nobody’s leave.")
    words: dict[str, str]
