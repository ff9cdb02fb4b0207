"""A mailing to whoever said yes: so that in the demo inbox lies a mail from which a customer comes, and leaves."""

from __future__ import annotations

from typing import Final

from consent.ledger import permission
from consent.preferences.flows import mailing
from consent.preferences.models import Mailing
from portal.demo.logins import CUSTOMER
from portal.organisation import versions
from portal.subjects import flows as subjects
from portal.subjects.models import Channel

TEXT: Final = """Hello,

this is how a mail of this topic looks in the demo.

Below it says why you got it, and how to stop it: one press, no sign-in."""


def create() -> None:
    """One mailing about the first topic that may reach Joan by mail; none if there is one already."""
    joan = subjects.find(Channel.EMAIL, CUSTOMER.email)
    if joan is None or Mailing.objects.exists():
        return
    allowed = permission.answers(joan, mailing.mailable())
    topic = next((code for code, answer in allowed.items() if answer.allowed), None)
    if topic is None:
        return
    title = versions.current().organisation.topics[topic].title
    mailing.send(Mailing.objects.create(topic_id=topic, subject_line=str(title), body=TEXT))
    mailing.send_all()
