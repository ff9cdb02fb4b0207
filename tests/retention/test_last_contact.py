"""Six years after the last contact: an act of the person, or an answer of ours. Saying stop keeps nobody longer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from consent.ledger.models import Event
from consent.ledger.vocabulary import Decision
from dsar import codes
from dsar.flows import asking, talking
from dsar.flows.asking import Wish
from dsar.models import Challenge, Request
from dsar.models import Event as Line
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from portal.outbox import flows as outbox
from portal.personal_data.registry import holding_of
from portal.retention import rules, starts
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import BY_CONFIRMATION_MAIL, BY_ONE_CLICK, ON_A_FORM, STOP_ALL, confirm, says, yes_to
from tests.retention.moments import JOAN, MAREK, PRIYA, as_of, at, goes_after, happened, has_no_date, met

pytestmark = [as_of("openitio"), pytest.mark.django_db]


@pytest.fixture
def topic(organisation: Current) -> str:
    return next(iter(organisation.organisation.topics))


def did(person: Subject, *choices: object, day: str, **how: object) -> None:
    for event in says(person, *choices, **how).events:  # type: ignore[arg-type]  # choices, by the sentence's name
        happened(event, day, "occurred_at", "recorded_at")


def asked(matter: Matter, day: str) -> Request:
    """Joan asks as a guest and enters the code, all on one day."""
    request = asking.ask_as_guest(JOAN, Wish(matter, {"what": "All of it."} if matter is Matter.INFORMED else {}))
    assert asking.enter_code(request, codes.derive(Challenge.objects.get(request=request)))
    for line in Line.objects.filter(request=request):
        happened(line, day, "at", "recorded_at")
    return request


def test_the_first_meeting_counts_if_the_person_gave_the_address(joans_mail: ContactPoint) -> None:
    assert goes_after(joans_mail, "2026-03-02")


def test_who_was_found_elsewhere_and_never_spoke_to_us_has_no_date(organisation: Current) -> None:
    assert has_no_date(met(MAREK, "2020-03-02", source="linkedin"))


def test_a_yes_counts_once_it_is_confirmed(joans_mail: ContactPoint, topic: str) -> None:
    did(joans_mail.subject, yes_to(topic), day="2021-05-05", **ON_A_FORM)
    assert goes_after(joans_mail, "2026-03-02")
    did(joans_mail.subject, confirm(topic), day="2021-05-06", **BY_CONFIRMATION_MAIL)
    assert goes_after(joans_mail, "2027-05-06")


def test_saying_stop_starts_nothing_anew(joans_mail: ContactPoint, topic: str) -> None:
    did(joans_mail.subject, yes_to(topic), day="2021-05-05")
    did(joans_mail.subject, STOP_ALL, day="2022-05-05")
    did(joans_mail.subject, yes_to(topic), day="2021-06-06")
    did(joans_mail.subject, STOP_ALL, day="2023-05-05", **BY_ONE_CLICK)
    assert goes_after(joans_mail, "2027-06-06")


def test_saying_stop_counts_where_the_rule_says_so(joans_mail: ContactPoint) -> None:
    did(joans_mail.subject, STOP_ALL, day="2022-05-05")
    rule = rules.rule("contacts")
    generous = replace(rule, entry=rule.entry.model_copy(update={"opt_out_restarts": True}))
    dated = starts.dated(holding_of(ContactPoint), generous).get(pk=joans_mail.pk)
    assert dated.starts_at == at("2022-05-05")


def test_a_mail_of_ours_is_no_contact(joans_mail: ContactPoint) -> None:
    outbox.enqueue("account-password-changed", joans_mail)
    assert goes_after(joans_mail, "2026-03-02")


def test_a_matter_of_theirs_is_contact_from_both_sides(joans_mail: ContactPoint) -> None:
    request = asked(Matter.INFORMED, "2021-07-07")
    assert goes_after(joans_mail, "2027-07-07")
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    happened(talking.reply(request, priya, "It came from you."), "2021-08-08", "at")
    assert goes_after(joans_mail, "2027-08-08")


def test_a_note_among_ourselves_is_none(joans_mail: ContactPoint) -> None:
    request = asked(Matter.INFORMED, "2021-07-07")
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    happened(talking.keep_note(request, priya, "She is nice."), "2022-08-08", "at")
    assert goes_after(joans_mail, "2027-07-07")


@pytest.mark.parametrize("matter", [Matter.ERASURE, Matter.MARKETING_OPT_OUT])
def test_who_asks_to_be_forgotten_or_left_alone_is_not_kept_longer_for_it(
    joans_mail: ContactPoint, matter: Matter
) -> None:
    asked(matter, "2021-07-07")
    assert goes_after(joans_mail, "2026-03-02")


def test_a_request_that_nobody_confirmed_is_nobodys(joans_mail: ContactPoint) -> None:
    asking.ask_as_guest(JOAN, Wish(Matter.ACCESS))
    assert goes_after(joans_mail, "2026-03-02")


def test_signing_in_counts(joans_mail: ContactPoint) -> None:
    user = accounts.open_account(JOAN)
    User.objects.filter(pk=user.pk).update(date_joined=at("2020-03-02"), last_login=at("2021-09-09"))
    assert goes_after(joans_mail, "2027-09-09")


def test_people_found_to_be_one_have_one_last_contact(joans_mail: ContactPoint, topic: str) -> None:
    other = met(MAREK, "2019-01-01")
    did(other.subject, yes_to(topic), day="2022-02-02")
    merge = merging.merge(joans_mail.subject, other.subject)
    assert goes_after(joans_mail, "2028-02-02")
    assert goes_after(Event.objects.filter(decision=Decision.MERGED).latest("pk").subject, "2028-02-02")
    merging.undo(merge)
    assert goes_after(joans_mail, "2026-03-02")


def test_a_third_record_behind_two_merges_counts_too(joans_mail: ContactPoint, topic: str) -> None:
    second, third = met(MAREK, "2019-01-01"), met("joan@work.example", "2019-01-01")
    did(third.subject, yes_to(topic), day="2022-02-02")
    first = merging.merge(second.subject, third.subject)
    merging.merge(joans_mail.subject, second.subject)
    assert goes_after(joans_mail, "2028-02-02")
    assert goes_after(Subject.objects.get(pk=third.subject_id), "2028-02-02")
    merging.undo(first)
    assert goes_after(joans_mail, "2026-03-02")
    assert goes_after(Subject.objects.get(pk=first.absorbed_id), "2028-02-02")
