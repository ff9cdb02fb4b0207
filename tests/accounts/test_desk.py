"""Accounts in the admin: staff make them, groups stand in code, nobody gives themselves rights."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import addresses, flows, groups
from accounts.models import User
from portal.subjects import merging
from portal.subjects.models import ContactPoint
from tests.accounts.conftest import JOAN, MAREK

ADD = "admin:accounts_user_add"


@pytest.fixture
def desk(client: Client, priya: User) -> Client:
    client.force_login(priya)
    return client


@pytest.fixture
def officer(client: Client, db: None) -> Client:
    user = flows.open_account("sam@staff.example", staff=True, groups=(groups.PRIVACY_OFFICER,))
    client.force_login(user)
    return client


def test_the_list_shows_who_is_behind_an_account(desk: Client, joan: User) -> None:
    page = desk.get(reverse("admin:accounts_user_changelist")).content.decode()
    assert JOAN in page
    assert str(joan.subject_id) in page


def test_what_a_field_of_an_account_is_described_by_is_there(desk: Client, joan: User) -> None:
    page = desk.get(reverse("admin:accounts_user_change", args=[joan.pk])).content.decode()
    described = {name for names in re.findall(r'aria-describedby="([^"]+)"', page) for name in names.split()}
    assert described <= set(re.findall(r'\bid="([^"]+)"', page))


def test_an_account_is_found_by_its_address_which_stands_in_no_url(desk: Client, joan: User) -> None:
    changelist = reverse("admin:accounts_user_changelist")
    assert desk.post(changelist, {"address": JOAN.upper()})["Location"] == reverse(
        "admin:accounts_user_change", args=[joan.pk]
    )
    answer = desk.post(changelist, {"address": "nobody.knows@example.org"}, follow=True)
    assert "No account has this address." in answer.content.decode()
    assert answer.redirect_chain == [(changelist, 302)]


def test_a_new_account_is_joined_to_its_person(desk: Client, marek: ContactPoint) -> None:
    data = {"email": MAREK.upper(), "name": "Marek", "usable_password": "false"}
    answer = desk.post(reverse(ADD), data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    user = User.objects.get(email=MAREK)
    assert user.subject == marek.subject
    assert list(addresses.differences()) == []


@pytest.mark.parametrize("address", ["", "marek", f"{MAREK}\r\nBcc: {JOAN}", "a" * 400 + "@example.org"])
def test_what_is_no_address_is_refused(desk: Client, address: str) -> None:
    answer = desk.post(reverse(ADD), {"email": address, "usable_password": "false"})
    assert answer.context["adminform"].form.errors.keys() == {"email"}


def test_a_second_account_for_one_person_is_refused(desk: Client, joan: User, marek: ContactPoint) -> None:
    assert joan.subject is not None
    merging.merge(joan.subject, marek.subject)
    answer = desk.post(reverse(ADD), {"email": MAREK, "usable_password": "false"})
    assert "has an account already" in str(answer.context["adminform"].form.errors)
    answer = desk.post(reverse(ADD), {"email": JOAN.upper(), "usable_password": "false"})
    assert answer.context["adminform"].form.errors.keys() == {"email"}


def test_the_address_of_an_account_is_the_persons_own_to_change(desk: Client, joan: User) -> None:
    desk.post(
        reverse("admin:accounts_user_change", args=[joan.pk]), {"email": MAREK, "name": "Joan", "is_active": "on"}
    )
    joan.refresh_from_db()
    assert (joan.email, joan.name) == (JOAN, "Joan")


def test_the_copy_of_an_address_cannot_be_changed_behind_its_owner(desk: Client) -> None:
    assert not admin.site.is_registered(EmailAddress)
    assert desk.get("/admin/account/emailaddress/").status_code == 404


def test_an_unproved_account_says_so(desk: Client) -> None:
    User.objects.create_user(MAREK)
    assert "address not proved" in desk.get(reverse("admin:accounts_user_changelist")).content.decode()


def test_an_officer_gives_nobody_rights(officer: Client, joan: User, priya: User) -> None:
    officer.post(
        reverse("admin:accounts_user_change", args=[joan.pk]),
        {"name": "Joan", "is_active": "on", "is_staff": "on", "is_superuser": "on"},
    )
    joan.refresh_from_db()
    assert joan.name == "Joan"
    assert not joan.is_staff
    assert not joan.is_superuser
    answer = officer.post(
        reverse("admin:auth_user_password_change", args=[priya.pk]), {"password1": "x", "password2": "x"}
    )
    assert answer.status_code == 403


def test_a_customer_does_not_get_in(client: Client, joan: User) -> None:
    client.force_login(joan)
    assert client.get(reverse("admin:accounts_user_changelist"), follow=True).status_code == 403


def test_groups_are_shown_and_stand_in_code(desk: Client) -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(groups.GROUPS)
    auditor = Group.objects.get(name=groups.AUDITOR)
    assert desk.get(reverse("admin:auth_group_change", args=[auditor.pk])).status_code == 200
    for url in (reverse("admin:auth_group_add"), reverse("admin:auth_group_delete", args=[auditor.pk])):
        assert desk.get(url).status_code == 403


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    call_command("migrate", verbosity=0)
    allowed = Group.objects.get(name=groups.AUDITOR).permissions.all()
    assert {permission.codename.partition("_")[0] for permission in allowed} == {"view"}
    assert allowed.count() == Permission.objects.filter(codename__startswith="view_").count()


def test_no_group_changes_the_ledger() -> None:
    ledger = Permission.objects.filter(content_type__app_label="consent_ledger").exclude(codename__startswith="view_")
    assert not ledger.filter(group__isnull=False).exists()


def test_migrating_takes_back_what_was_added_by_hand() -> None:
    auditor = Group.objects.get(name=groups.AUDITOR)
    extra = Permission.objects.get(codename="delete_user")
    auditor.permissions.add(extra)
    auditor.permissions.remove(Permission.objects.get(codename="view_user"))
    call_command("migrate", verbosity=0)
    codes = set(auditor.permissions.values_list("codename", flat=True))
    assert "delete_user" not in codes
    assert "view_user" in codes


pytestmark = pytest.mark.django_db
