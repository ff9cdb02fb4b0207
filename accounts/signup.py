"""What else may be asked when somebody opens an account. An upper app registers a step; nothing is ticked.

The person's address is not proved yet when they answer: anybody can type anybody's address. So a step that
takes a decision only notes it in :meth:`Step.save`, and acts on it in :meth:`Step.confirmed`, which is called
if the address is proved by somebody who also knows the password or holds the session of the sign-up. A stranger
who opens an account at somebody's address decides nothing for them.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.forms import Field
from django.http import HttpRequest

from accounts.models import User


class Step(Protocol):
    """Further fields of the sign-up form, and what is done with them. ``title`` is the heading above them."""

    code: str

    def fields(self) -> dict[str, Field]:
        """The form fields by name; asked for each form anew. A field that is on from the start is refused."""

    def save(self, request: HttpRequest, user: User, cleaned: dict[str, Any]) -> None:
        """The form was valid and ``user`` exists; ``cleaned`` holds this step's fields only."""

    def confirmed(self, request: HttpRequest, user: User) -> None:
        """The address is proved; ``user.subject`` is the person. Called in the transaction that proves it."""


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step; a second one with the same code stops the start."""
    if _steps.get(step.code, step) is not step:
        raise ImproperlyConfigured(f"Two steps of the sign-up are called {step.code!r}.")
    _steps[step.code] = step


def unregister(code: str) -> None:
    """Take a step out again."""
    _steps.pop(code, None)


def steps() -> list[Step]:
    """All steps, in the order they were registered."""
    return list(_steps.values())


def fields_of(step: Step) -> dict[str, Field]:
    """The step's fields; raises :class:`ImproperlyConfigured` for one that is ticked before anybody chose it."""
    fields = step.fields()
    for name, field in fields.items():
        if field.initial or field.required:
            raise ImproperlyConfigured(f"Sign-up field {name!r}: a choice starts empty and may stay so.")
    return fields


def save(request: HttpRequest, user: User, cleaned: dict[str, Any]) -> None:
    """Hands every step its own fields of a valid form."""
    for step in steps():
        step.save(request, user, {name: cleaned.get(name) for name in step.fields()})


def confirmed(request: HttpRequest, user: User) -> None:
    """Tells every step that the address is proved by who chose."""
    for step in steps():
        step.confirmed(request, user)
