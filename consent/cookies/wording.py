"""The words of the banner, in one place: the page, ``consent.js`` and the proof say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from portal.organisation.schema import CookieCategory, CookieRule, Organisation


def buttons() -> dict[str, str]:
    """The three answers of the banner, and what saves a selection. The same size, none of them the default."""
    return {
        "none": _("No thanks"),
        "choose": _("Choose"),
        "all": _("Yes, all"),
        "save": _("Save my choices"),
    }


def rule_note(category: CookieCategory) -> str:
    """Beside a category: what it takes for it to run."""
    if category.rule is CookieRule.NECESSARY:
        return _("The site does not work without them. No switch.")
    if category.rule is CookieRule.OBJECTION:
        return _("On unless you object.")
    return _("Only if you agree.")


def for_script(organisation: Organisation, *, gpc_leaves_some: bool) -> dict[str, str]:
    """All that ``consent.js`` says on a site; it fills in what stands in braces. ``gpc_leaves_some``: whether Global
    Privacy Control leaves anything to ask there."""
    return {
        "title": _("Cookies"),
        "ask": str(organisation.cookies.sentence),
        **buttons(),
        "register": _("All our cookies"),
        "gpc": (asked_beside_gpc if gpc_leaves_some else gpc)("{titles}"),
        "blocked": _("Something from {host} would load here. You have not allowed “{title}”."),
        "load": _("Allow “{title}”"),
        "reference": _("Your reference: {reference}"),
    }


def gpc(titles: str) -> str:
    """What Global Privacy Control already decided; ``titles`` names it."""
    said = _("Your browser asks us not to share or sell what we learn about you, so these stay off: {titles}.")
    return said.replace("{titles}", titles)


def asked_beside_gpc(titles: str) -> str:
    """The same where the rest is asked, for “all” is then not all."""
    return f"{gpc(titles)} {_('“{all}” allows the rest.').replace('{all}', buttons()['all'])}"


def listed(titles: Iterable[str]) -> str:
    """“a, b and c”."""
    return get_text_list(list(titles), _("and"))


def whole(organisation: Organisation, optional: Mapping[str, CookieCategory], off: Sequence[str]) -> str:
    """Everything a person is told when asked, as lines of text; ``off`` is what their browser's signal refused."""
    lines, answers = [str(organisation.cookies.sentence)], buttons()
    if len(off) == len(optional):
        del answers["all"]  # nothing is left that it would allow
    if off:
        lines.append((asked_beside_gpc if "all" in answers else gpc)(listed(off)))
    lines += [f"{one.title}: {one.sentence} {rule_note(one)}" for one in optional.values()]
    lines.append(" · ".join(answers.values()))
    return "\n".join(lines)
