"""What cannot be done is said on the form that asked for it, in a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _

from dsar.flows.steps import Refused
from dsar.transitions import NotPossible


def done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether ``act`` did what it does; where it was refused, ``form`` says why."""
    try:
        act()
    except Refused as refused:
        form.add_error(None, refused.message)
    except NotPossible:
        form.add_error(None, moved_on())
    else:
        return True
    return False


def moved_on() -> str:
    """Somebody else, or another tab, was quicker."""
    return _("The request has moved on meanwhile, so this was not done. Below you see how it stands now.")
