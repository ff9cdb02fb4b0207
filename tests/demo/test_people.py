"""The demo's people are made by the real flows, once, with each organisation's own topics."""

import pytest

from accounts.models import User
from consent.cookies import figures
from consent.cookies.models import Choice, Refusals
from consent.cookies.register import optional as optional_in
from consent.ledger.models import Event
from consent.preferences.models import Confirmation
from portal.database import database_now
from portal.demo import news, people
from portal.demo.install import organisations
from portal.demo.logins import CUSTOMER, EVERYTHING, PROSPECT_EMAIL, STAFF
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects import flows as subjects
from portal.subjects.models import Channel, Subject

VISITORS = 4
REFUSERS = 2  # of those who choose on each site
pytestmark = pytest.mark.django_db(transaction=True)


create_cookie_choices = people.create_cookie_choices


@pytest.fixture(autouse=True)
def _no_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers that chose cookies are a matter of the last test alone."""
    monkeypatch.setattr(people, "create_cookie_choices", lambda _current: None)


def test_joan_and_priya_can_sign_in(organisation: Current) -> None:
    people.create()
    joan, priya = User.objects.at(CUSTOMER.email).get(), User.objects.at(STAFF.email).get()
    assert joan.check_password(CUSTOMER.password)
    assert not joan.is_staff
    assert priya.check_password(STAFF.password)
    assert (priya.is_staff, priya.is_superuser) == (True, False)
    assert priya.groups.filter(name="Privacy officer").exists()
    assert User.objects.at(EVERYTHING.email).get().is_superuser


@pytest.mark.parametrize("organisation", organisations(), indirect=True)
def test_joan_chose_among_the_organisations_own_topics(organisation: Current) -> None:
    people.create()
    joan = User.objects.at(CUSTOMER.email).get()
    codes = set(Event.objects.filter(subject=joan.subject).values_list("code", flat=True))
    assert codes
    assert codes <= set(organisation.organisation.topics)


def test_marek_has_asked_and_not_confirmed(organisation: Current) -> None:
    people.create()
    marek = subjects.find(Channel.EMAIL, PROSPECT_EMAIL)
    assert marek is not None
    assert marek.proved_at is None
    assert Confirmation.objects.filter(contact_point=marek, used_at=None).count() == 1
    assert Message.objects.filter(contact_point=marek).count() == 1


@pytest.mark.parametrize("organisation", organisations(), indirect=True)
def test_joan_has_a_mail_from_which_she_may_leave_and_has_it_once(organisation: Current) -> None:
    people.create()
    for _start in range(2):
        news.create()
    sent = Message.objects.exclude(topic=None).exclude(topic="")
    assert [str(one.contact_point) for one in sent] == [str(subjects.find(Channel.EMAIL, CUSTOMER.email))]


def test_making_them_again_changes_nothing(organisation: Current) -> None:
    def count() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (User, Subject, Event, Confirmation, Message))

    people.create()
    before = count()
    people.create()
    assert count() == before


@pytest.mark.parametrize("organisation", organisations(), indirect=True)
def test_browsers_chose_cookies_where_there_is_a_choice(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "create_cookie_choices", create_cookie_choices)
    monkeypatch.setattr(people, "VISITORS", VISITORS)
    today = database_now().date()
    people.create()
    people.create()
    offered = organisation.organisation.cookies.offers_choice
    assert Choice.objects.filter(recorded_at__date=today).exists() is offered
    assert sum(Refusals.objects.filter(day__gte=today).values_list("count", flat=True)) == (
        (1 + len(organisation.organisation.cookies.sites)) * REFUSERS if offered else 0
    )
    joans = Choice.objects.filter(browser__subject=User.objects.at(CUSTOMER.email).get().subject).order_by("id")
    assert [one.method for one in joans] == (
        ["chosen", "withdrawn"]
        if len(optional_in(organisation.organisation)) > 1
        else ["accept_all", "withdrawn"]
        if offered
        else []
    )

    series = [one for site in figures.by_site(today) for one in site.series]
    assert [sum(week.allowed is not None for week in one.weeks) for one in series] == [10] * len(series)
    assert all(len({(week.allowed, week.refused) for week in one.weeks}) > 5 for one in series)
    dates = list(Choice.objects.order_by("pk").values_list("recorded_at", flat=True))
    assert dates == sorted(dates)
