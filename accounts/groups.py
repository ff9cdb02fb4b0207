"""The staff groups and what each may do at the desk. They stand in code, and every migrate restores them.

Auditors read everything and change nothing. Nobody may change the ledger, by any group: its admin offers no way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

ANY: Final = "*"


@dataclass(frozen=True)
class May:
    """Permission to do something with the models of an app: ``May("view", "subjects", "subject")``."""

    action: str
    app: str = ANY
    model: str = ANY

    def covers(self, action: str, app: str, model: str) -> bool:
        """Whether this is permission for one action on one model."""
        return action == self.action and self.app in {ANY, app} and self.model in {ANY, model}


PRIVACY_OFFICER: Final = "Privacy officer"
SUPPORT: Final = "Support"
AUDITOR: Final = "Auditor"
EDITOR: Final = "Editor of notices"

GROUPS: Final[dict[str, tuple[May, ...]]] = {
    PRIVACY_OFFICER: (
        May("view"),
        May("change", "subjects"),
        May("add", "subjects", "ending"),
        May("delete", "subjects", "ending"),
        May("change", "outbox", "message"),
        May("add", "consent_preferences", "mailing"),
        May("change", "consent_preferences", "mailing"),
        May("change", "accounts", "user"),
        May("add", "dsar", "request"),
        May("change", "dsar", "request"),
        May("change", "dsar", "identitycheck"),
        May("change", "dsar", "task"),
        May("add", "portal_retention", "approval"),
        May("add", "portal_retention", "run"),
        May("change", "portal_retention", "run"),
        May("add", "portal_holds", "hold"),
        May("change", "portal_holds", "hold"),
    ),
    SUPPORT: (
        May("view", "subjects"),
        May("view", "accounts", "user"),
        May("view", "account", "emailaddress"),
        May("view", "outbox"),
        May("view", "organisation"),
        May("view", "consent_ledger"),
        May("view", "consent_preferences"),
        May("view", "consent_cookies"),
        # What was asked and how it stands; no proof of who asks, and no file.
        May("view", "dsar", "request"),
        May("view", "dsar", "event"),
        May("view", "dsar", "task"),
        May("add", "dsar", "request"),
    ),
    AUDITOR: (May("view"),),
    EDITOR: (
        May("view", "organisation"),
        May("view", "consent_notices"),
        May("add", "consent_notices"),
        May("change", "consent_notices"),
    ),
}


def fill(app_config: AppConfig, using: str, apps: Any = installed, **_kwargs: Any) -> None:
    """Gives each group exactly its permissions on the models of one app; called after every migrate, app by app."""
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:
        return
    # Django makes them in a receiver of its own, which may come after this one.
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    permissions = list(
        permission_model.objects.using(using)
        .filter(content_type__app_label=app_config.label)
        .select_related("content_type")
    )
    for name, rules in GROUPS.items():
        group, _made = group_model.objects.using(using).get_or_create(name=name)
        due = {permission.pk for permission in permissions if _granted(permission, rules)}
        has = set(group.permissions.filter(content_type__app_label=app_config.label).values_list("pk", flat=True))
        group.permissions.add(*(due - has))
        group.permissions.remove(*(has - due))


def _granted(permission: Any, rules: Iterable[May]) -> bool:
    action = permission.codename.partition("_")[0]
    kind = permission.content_type
    return any(rule.covers(action, kind.app_label, kind.model) for rule in rules)
