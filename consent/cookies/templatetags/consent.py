"""``{% if_consent "analytics" %}…{% else %}…{% endif_consent %}``: what needs a cookie category, and what stands in."""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context

from consent.cookies import has_consent

register = template.Library()


class IfConsent(Node):
    """Prints the first part where the category may be used, else the second."""

    child_nodelists = ("allowed", "otherwise")

    def __init__(self, category: FilterExpression, allowed: NodeList, otherwise: NodeList) -> None:
        self.category, self.allowed, self.otherwise = category, allowed, otherwise

    def render(self, context: Context) -> str:
        """Without a request in the context nobody can have allowed anything."""
        request = context.get("request")
        allowed = request is not None and has_consent(request, str(self.category.resolve(context)))
        return (self.allowed if allowed else self.otherwise).render(context)


@register.tag
def if_consent(parser: Parser, token: Token) -> IfConsent:
    """Takes the code of a category of the organisation file, quoted or as a variable."""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError(f"{words[0]} takes one category: {{% {words[0]} “analytics” %}}")
    category = parser.compile_filter(words[1])
    allowed = parser.parse(("else", "endif_consent"))
    otherwise = NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse(("endif_consent",))
        parser.delete_first_token()
    return IfConsent(category, allowed, otherwise)
