"""A rule of the organisation file works only after somebody saw what it would do, and again after each change of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.retention import also, rules
from portal.retention.models import Approval
from portal.retention.rules import Rule


class Changed(Exception):
    """The rule is not the one that was looked at: look again. Nothing was approved."""


def is_approved(rule: Rule) -> bool:
    """Whether the latest approval of this rule is of these very terms."""
    latest = Approval.objects.filter(rule=rule.code).order_by("-pk").first()
    return latest is not None and latest.rule_digest == rule.digest


def approve(code: str, digest: str, by: str) -> Approval:
    """Let the rule work from the next run on. ``digest`` is that of the rule whose preview was shown, ``by`` the key of
    who approves (:mod:`portal.staff`). Raises :class:`Changed`, and ``NoRule`` for a rule that is gone."""
    from portal.retention.flows import preview  # it asks here whether a rule is approved

    rule = rules.rule(code)
    if rule.digest != digest:
        raise Changed
    seen = [line.as_json() for line in preview.lines(rule=code)]
    with transaction.atomic():
        return Approval.objects.create(
            rule=code,
            rule_digest=digest,
            terms=terms(rule),
            organisation_version_id=rule.current.id,
            preview=seen,
            approved_by=by,
        )


def waiting() -> list[Rule]:
    """Rules that nobody has approved as they are now, each once."""
    found = {rule.code: rule for _holding, rule in also.in_force()}
    return [rule for _code, rule in sorted(found.items()) if not is_approved(rule)]


def terms(rule: Rule) -> dict[str, Any]:
    """What the rule says, for the record."""
    return {
        "period": rule.entry.period.as_written(),
        "from": str(rule.start),
        "action": str(rule.entry.action),
        "contracts": {code: period.as_written() for code, period in sorted(rule.own.items())},
        "version": rule.version,
    }
