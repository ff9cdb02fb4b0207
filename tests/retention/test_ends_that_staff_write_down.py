"""A service or a contract ends on a day that staff write down; while one runs, nothing that waits for its end goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db.models import F

from accounts import flows as accounts
from accounts.models import User
from portal.organisation.schema import Period
from portal.personal_data.registry import holding_of
from portal.retention import rules, starts
from portal.retention.until import until
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Ending, Subject
from tests.retention.moments import JOAN, MAREK, as_of, at, goes_after, has_no_date, met

pytestmark = pytest.mark.django_db
SERVICE, CONTRACT = Ending.What.SERVICE, Ending.What.CONTRACT


def ends(person: Subject, what: str, day: str | None, contract: str = "") -> Ending:
    return Ending.objects.create(
        subject=person, what=what, contract=contract, day=None if day is None else date.fromisoformat(day)
    )


@as_of("open-ecx")
def test_the_years_run_from_the_end_of_the_service(joans_mail: ContactPoint) -> None:
    assert has_no_date(joans_mail)
    ends(joans_mail.subject, SERVICE, "2020-02-29")
    assert goes_after(joans_mail, "2023-02-28")
    assert goes_after(joans_mail.subject, "2023-02-28")


@as_of("open-ecx")
def test_of_two_services_the_later_end_counts_and_one_that_runs_keeps_all(joans_mail: ContactPoint) -> None:
    ends(joans_mail.subject, SERVICE, "2020-06-30")
    ends(joans_mail.subject, SERVICE, "2021-06-30")
    assert goes_after(joans_mail, "2024-06-30")
    running = ends(joans_mail.subject, SERVICE, None)
    assert has_no_date(joans_mail)
    running.delete()
    ends(joans_mail.subject, CONTRACT, None)
    assert goes_after(joans_mail, "2024-06-30"), "a contract is no service"


@as_of("open-ecx")
def test_a_service_of_the_other_record_is_theirs_too(joans_mail: ContactPoint) -> None:
    other = met(MAREK, "2019-01-01")
    ends(joans_mail.subject, SERVICE, "2020-06-30")
    ends(other.subject, SERVICE, None)
    merge = merging.merge(joans_mail.subject, other.subject)
    assert has_no_date(joans_mail)
    merging.undo(merge)
    assert goes_after(joans_mail, "2023-06-30")


@as_of("open-ecx")
def test_an_open_account_is_a_service_that_runs(joans_mail: ContactPoint) -> None:
    ends(joans_mail.subject, SERVICE, "2020-06-30")
    user = accounts.open_account(JOAN)
    assert has_no_date(joans_mail)
    user.is_active = False
    user.save()
    assert goes_after(joans_mail, "2023-06-30")
    assert user.closed_at is not None
    assert User.objects.get(pk=user.pk).closed_at == user.closed_at


@as_of("opencontact")
@pytest.mark.parametrize(
    ("contract", "last_day"), [("", "2022-06-30"), ("standard", "2021-06-30"), ("emergency-line", "2022-06-30")]
)
def test_a_contract_carries_its_own_period(joans_mail: ContactPoint, contract: str, last_day: str) -> None:
    ends(joans_mail.subject, CONTRACT, "2020-06-30", contract)
    assert goes_after(joans_mail, last_day)
    assert until(holding_of(ContactPoint), joans_mail).last_day == date.fromisoformat(last_day)


@as_of("opencontact")
def test_of_two_contracts_the_one_that_keeps_longer_decides(joans_mail: ContactPoint) -> None:
    ends(joans_mail.subject, CONTRACT, "2020-06-30", "emergency-line")
    ends(joans_mail.subject, CONTRACT, "2021-01-31", "standard")
    assert goes_after(joans_mail, "2022-06-30")
    ends(joans_mail.subject, CONTRACT, "2021-08-31", "standard")
    assert goes_after(joans_mail, "2022-08-31")
    ends(joans_mail.subject, CONTRACT, None, "standard")
    assert has_no_date(joans_mail)


@as_of("opencontact")
def test_what_the_rows_date_themselves_is_kept_for_the_longest_of_the_persons_contracts(
    joans_mail: ContactPoint,
) -> None:
    """No holding here is kept by ``client-calls``; so Joan's address stands for a call noted on that day."""
    holding = replace(holding_of(ContactPoint), retention="client-calls", starts={"collected": F("created_at")})
    ContactPoint.objects.update(created_at=at("2026-01-10"))
    rule = rules.rule("client-calls")

    def due(day: str) -> bool:
        return starts.due(holding, rule, at(day)).exists()

    assert [due("2026-07-10"), due("2026-07-11")] == [False, True]  # six months: no contract says otherwise
    ends(joans_mail.subject, CONTRACT, "2020-06-30", "standard")
    assert [due("2026-04-10"), due("2026-04-11")] == [False, True]  # three months
    ends(joans_mail.subject, CONTRACT, None, "emergency-line")
    assert [due("2028-01-10"), due("2028-01-11")] == [False, True]  # two years
    assert set(rule.own.values()) == {Period.of("3 months"), Period.of("2 years")}
