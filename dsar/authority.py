"""What somebody who asks for another has to show first, in the words that letters and pages share.

Whoever asks for somebody else is asked for it by the portal itself; a child's parent too, since nobody sees from an
address who a child's parents are. How old a child is, is asked of nobody.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from dsar.models import Request
from dsar.vocabulary import Behalf, Matter
from portal.organisation.schema import Organisation


def is_needed(request: Request) -> bool:
    """Whether who asks has to show that they may. Anybody may warn us of a compromise."""
    return request.behalf != Behalf.SELF and request.matter != Matter.COMPROMISE


def why(request: Request) -> str:
    """For whom they ask, and why that is not enough."""
    name = {"name": request.on_behalf_of or _("somebody else")}
    if request.behalf == Behalf.PARENT:
        words = _("You ask for %(name)s. So that no stranger gets at a child's data, we need to see that you may.")
        return words % name
    return _("You ask for %(name)s. So that nobody asks behind their back, we need to see that they let you.") % name


def enough(request: Request, organisation: Organisation) -> tuple[str, ...]:
    """What is enough, in sentences: the least that shows it."""
    if request.behalf != Behalf.PARENT:
        return (_("A letter they signed, or a power of attorney, is enough."),)
    papers = _("A birth certificate, or the paper that makes you the guardian, is enough. Cover what we need not see.")
    older = _("Does your child understand what you ask? Then a few lines they signed do as well.")
    if organisation.children.requests_minimum_age is not None:
        return papers, older
    return papers, older, _("Your child can also ask us alone, at any age.")


def not_shown(request: Request) -> str:
    """That it was not shown, and what follows."""
    name = {"name": request.on_behalf_of or _("somebody else")}
    return _("We could not see that you may ask for %(name)s, so we may not act on this request. It is closed.") % name
