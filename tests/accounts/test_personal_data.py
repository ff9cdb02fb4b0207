"""What accounts hold is declared, and a person finds it."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry

from accounts.models import User
from portal.organisation.versions import Current
from portal.personal_data import registry


def test_a_person_finds_their_account_and_its_address(joan: User, priya: User) -> None:
    assert joan.subject is not None
    held = {holding.model: list(rows) for holding, rows in registry.held_about(joan.subject)}
    assert held[User] == [joan]
    assert [copy.email for copy in held[EmailAddress]] == [joan.email]
    assert held[LogEntry] == []


def test_a_password_is_never_exported() -> None:
    holding = registry.holding_of(User)
    assert "password" in holding.withhold
    assert not {"password", "is_superuser", "user_permissions"} & set(holding.export)


def test_how_long_it_is_kept_is_the_organisations_promise(organisation: Current) -> None:
    kept = {registry.holding_of(model).retention for model in (User, EmailAddress, LogEntry)}
    assert kept <= set(organisation.organisation.retention)
