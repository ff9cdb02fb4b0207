"""A stop outlives the record of whoever said it: it lies on the address, and a company's covers its people."""

from dataclasses import dataclass

import pytest

from consent.ledger.choices import Choice, Conditions
from consent.ledger.stops import company_of
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.organisation.schema import Basis
from portal.organisation.versions import Current
from portal.subjects import suppression
from portal.subjects.flows import add_address
from portal.subjects.models import AddressKind, ContactPoint, Subject
from tests.ledger.acting import FROM_A_SYSTEM, STOP_ALL, may_send, no_to, reach, says, to, yes_to


def scopes_at(point: ContactPoint) -> set[str]:
    return {entry.scope for entry in suppression.suppressions(point.channel, point.identity)}


@pytest.mark.parametrize(
    ("stop", "scopes"),
    [
        (STOP_ALL, {"marketing"}),
        (Choice(ObjectKind.MARKETING, "", "email", Decision.OBJECTED), {"marketing"}),
        (Choice(ObjectKind.MARKETING, "", "sms", Decision.OBJECTED), set()),
        (no_to("newsletter"), {"topic:newsletter"}),
        (no_to("newsletter", ""), {"topic:newsletter"}),
        (Choice(ObjectKind.PURPOSE, "offers", "", Decision.OBJECTED), {"topic:promotions", "topic:product-updates"}),
        (Choice(ObjectKind.PURPOSE, "site", "", Decision.OBJECTED), set()),
        (no_to("forum-answers"), set()),
        (Choice(ObjectKind.NOTICE, "privacy", "", Decision.REFUSED), set()),
    ],
)
def test_what_is_stopped_is_suppressed_at_the_address(
    joan: Subject, joans_mail: ContactPoint, stop: Choice, scopes: set[str]
) -> None:
    [event] = says(joan, stop).events
    assert scopes_at(joans_mail) == scopes
    assert {entry.position for entry in suppression.suppressions("email", joans_mail.identity)} <= {event.pk}


def test_every_address_the_stop_reaches_is_suppressed(joan: Subject, joans_mail: ContactPoint) -> None:
    phone = add_address(joan, "sms", "+447700900001", context="account", source="you")
    says(joan, STOP_ALL)
    assert scopes_at(joans_mail) == scopes_at(phone) == {"marketing"}


def test_a_new_record_at_the_same_address_meets_the_stop(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, STOP_ALL)
    ContactPoint.objects.filter(pk=joans_mail.pk).update(address="", identity="erased")
    again = reach("joan.archer@example.org", "website")
    assert again.subject != joan
    done = says(again.subject, yes_to("newsletter"), **FROM_A_SYSTEM)
    assert done.ignored == [yes_to("newsletter")]
    says(again.subject, yes_to("newsletter"))
    assert may_send(again, "newsletter").rule == "consent"
    assert may_send(again, "webinars").rule == "suppressed"


@dataclass
class Acme:
    """A client of OpenContact: two people at one company."""

    priya: ContactPoint
    marek: ContactPoint


SALE = Conditions("person", collected_in="sale", similar_products=True, refusal_offered=True).as_details()


@pytest.fixture
def acme(organisation: Current) -> Acme:
    points = []
    for name in ("priya", "marek"):
        point = reach(f"{name}@acme.example", "client", address_kind=AddressKind.BUSINESS, subscriber_kind="corporate")
        basis = to("service-news", Decision.ESTABLISHED, basis=Basis.LEGITIMATE_INTERESTS, details=SALE)
        says(point.subject, basis, **FROM_A_SYSTEM)
        points.append(point)
    return Acme(*points)


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
class TestCompanies:
    """OpenContact never markets again to a company that opted out: "the person, and the company too"."""

    def test_one_persons_stop_covers_the_company(self, acme: Acme) -> None:
        assert may_send(acme.marek, "service-news").rule == "legitimate-interests"
        says(acme.priya.subject, STOP_ALL)
        assert may_send(acme.priya, "service-news").rule == "stopped"
        assert may_send(acme.marek, "service-news").rule == "company-opted-out"

    def test_every_way_to_its_people_at_work_is_covered_and_none_at_home(self, acme: Acme) -> None:
        marek = acme.marek.subject
        desk = add_address(marek, "post", "Marek Nowak\n1 Mill Lane, Norwich", context="client", source="person")
        says(marek, yes_to("service-news", "post"))
        assert may_send(desk, "service-news").allowed
        says(acme.priya.subject, STOP_ALL)
        assert may_send(desk, "service-news").allowed
        ContactPoint.objects.filter(pk=desk.pk).update(address_kind=AddressKind.BUSINESS)
        assert may_send(desk, "service-news").rule == "company-opted-out"

    def test_a_persons_own_later_yes_is_theirs(self, acme: Acme) -> None:
        says(acme.priya.subject, STOP_ALL)
        says(acme.marek.subject, yes_to("service-news"))
        assert may_send(acme.marek, "service-news").rule == "consent"
        assert may_send(acme.priya, "service-news").rule == "stopped"

    def test_no_free_mail_service_is_a_company(self, acme: Acme) -> None:
        freelancers = [reach(f"{name}@gmail.com", "client", address_kind=AddressKind.BUSINESS) for name in ("a", "b")]
        says(freelancers[0].subject, STOP_ALL)
        assert may_send(freelancers[1], "service-news").rule == "no-basis"

    def test_leaving_one_topic_is_not_the_company_opting_out(self, acme: Acme) -> None:
        says(acme.priya.subject, no_to("service-news"))
        assert may_send(acme.marek, "service-news").allowed


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_where_the_file_does_not_say_so_a_stop_is_one_persons(organisation: Current) -> None:
    stopping = reach("priya@acme.example", "sale", address_kind=AddressKind.BUSINESS)
    says(stopping.subject, STOP_ALL)
    assert suppression.suppressions("email", "@acme.example") == []


@pytest.mark.parametrize(
    ("channel", "identity", "kind", "company"),
    [
        ("email", "priya@acme.example", "business", ("email", "@acme.example")),
        ("email", "priya@acme.example", "personal", None),
        ("email", "priya@acme.example", "unknown", None),
        ("email", "priya@gmail.com", "business", None),
        ("sms", "+447700900001", "business", None),
    ],
)
def test_what_counts_as_a_company(channel: str, identity: str, kind: str, company: tuple[str, str] | None) -> None:
    assert company_of(channel, identity, kind) == company
