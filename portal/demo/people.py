"""The demo's people, made through the flows that make everybody else, with the topics of the loaded organisation.

Joan is a customer: an account, two topics she said yes to, one of which she left again. Marek is a prospect who
asked for a topic and has not confirmed it: his confirmation lies in the demo inbox. Priya is the privacy officer,
with the rights of her group and no others; who needs every right there is signs in as root. Beside them some browsers
whose users nobody knows chose cookies.
"""

from django.db import transaction

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from consent.cookies import flows as cookies
from consent.cookies import register
from consent.cookies.choice_cookie import Credentials, Remembered, new_key
from consent.cookies.flows import Save
from consent.cookies.models import Browser
from consent.cookies.vocabulary import Means
from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Method
from consent.preferences.flows import acts, stopping, subscribing
from portal.demo import choices
from portal.demo.logins import CUSTOMER, EVERYTHING, PROSPECT_EMAIL, STAFF
from portal.organisation import versions
from portal.organisation.schema import PORTAL_SITE, ChannelName
from portal.organisation.versions import Current
from portal.subjects import flows as subjects
from portal.subjects.models import Channel

VISITORS = 30
"""How many browsers choose on each site as the demo is made."""


def create() -> None:
    """Make whoever of them is not there yet. Nothing that a visitor changed since is touched."""
    current = versions.current()
    topics = [code for code, topic in current.organisation.topics.items() if ChannelName.EMAIL in topic.channels]
    if not User.objects.at(CUSTOMER.email).exists():
        create_customer(topics[:2], current.id)
    if subjects.find(Channel.EMAIL, PROSPECT_EMAIL) is None:
        create_prospect(topics[:1], current.id)
    if not User.objects.at(STAFF.email).exists():
        accounts.open_account(STAFF.email, STAFF.password, name=STAFF.name, staff=True, groups=(PRIVACY_OFFICER,))
    if not User.objects.at(EVERYTHING.email).exists():
        accounts.open_account(EVERYTHING.email, EVERYTHING.password, name=EVERYTHING.name, superuser=True)
    if not Browser.objects.exists():
        create_cookie_choices(current)


@transaction.atomic
def create_customer(topics: list[str], version_id: int) -> None:
    """Joan signs up, proves her address, chooses ``topics``, and leaves the last of them if there is more than one."""
    user = accounts.open_account(CUSTOMER.email, CUSTOMER.password, name=CUSTOMER.name)
    point = subjects.find(Channel.EMAIL, CUSTOMER.email)
    if point is None or user.subject is None:
        raise RuntimeError("An account was opened without its person.")
    subjects.prove(point)
    at_sign_up = Circumstances(user_agent="Firefox", path="/account/signup/")
    subscribing.choose_at_sign_up(user.subject, topics, version_id=version_id, circumstances=at_sign_up)
    if len(topics) > 1:
        on_page = Circumstances(user_agent="Firefox", path="/preferences/")
        stopping.stop_topic(user.subject, topics[-1], acts.Doing(Method.PREFERENCE_CENTRE, True, on_page))


def create_prospect(topics: list[str], version_id: int) -> None:
    """Marek asks for ``topics`` on the form; whether he confirms is the visitor's to play."""
    on_form = Circumstances(user_agent="Chrome", path="/subscribe/")
    subscribing.subscribe(PROSPECT_EMAIL, topics, version_id=version_id, circumstances=on_form)


def create_cookie_choices(current: Current) -> None:
    """On every site some browsers chose in the past weeks, and some choose now, more refuse.

    Joan allowed the first category in her browser, noted it with her account, and took it back later.
    """
    choices.create_history(current)
    for site in (PORTAL_SITE, *current.organisation.cookies.sites):
        optional = list(register.optional(current.organisation, site))
        if not optional:
            continue
        for number in range(VISITORS):
            allowed = optional if number % 5 == 0 else optional[:1] if number % 3 == 0 else []
            choose_cookies(current, site, allowed)
        if site == PORTAL_SITE:
            hers = choose_cookies(current, site, optional[:1]).credentials
            joan = User.objects.at(CUSTOMER.email).get().subject
            if hers is not None and joan is not None:
                cookies.link(hers, joan)
                choose_cookies(current, site, [], hers)


def choose_cookies(
    current: Current, site: str, allowed: list[str], credentials: Credentials | None = None
) -> Remembered:
    """One press in a banner."""
    press = Save(
        site=site,
        version=current.number,
        choices=dict.fromkeys(allowed, True),
        means=Means.FORM if site == PORTAL_SITE else Means.SCRIPT,
        key=new_key(),
        path="/",
        credentials=credentials,
    )
    return cookies.save(press)
