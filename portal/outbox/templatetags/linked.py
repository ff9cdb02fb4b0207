"""Addresses in a text become links, and every sign of the text stays."""

from __future__ import annotations

from django import template
from django.utils.html import Urlizer
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class _Whole(Urlizer):
    """Django's ``urlize`` loses the full stop of "(see https://example.org/)."."""

    def trim_punctuation(self, word: str) -> tuple[str, str, str]:
        lead, middle, _trail = super().trim_punctuation(word)
        return lead, middle, word[len(lead) + len(middle) :]


_link = _Whole()


@register.filter(is_safe=True, needs_autoescape=True)
def linked(text: object, autoescape: bool = True) -> SafeString:
    """A text with its web and mail addresses as links; all else is escaped."""
    return mark_safe(_link(str(text), nofollow=True, autoescape=autoescape))  # noqa: S308  # escaped by it
