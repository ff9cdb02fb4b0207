"""The rules of the file in force, what each would do, and the yes that lets it work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal import staff
from portal.database import database_now
from portal.desk import DeskPage
from portal.holds import described
from portal.personal_data.registry import Text
from portal.retention import also
from portal.retention.desk import words
from portal.retention.flows import approving, preview
from portal.retention.models import Approval
from portal.retention.rules import NoRule, Rule

AHEAD: Final = timedelta(days=30)


@dataclass
class Ruled:
    """A rule, what is kept by it, and the approval that lets it work as it is now.

    ``worked_before`` is whether it was approved in other terms; ``without_it`` says what goes though it is not.
    """

    rule: Rule
    rows: list[str] = field(default_factory=list)
    approval: Approval | None = None
    worked_before: bool = False
    without_it: list[Text] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What it says."""
        return words.sentence(self.rule)

    @property
    def approved_by(self) -> str:
        """Who let it work."""
        return staff.name(self.approval.approved_by) if self.approval else ""


def of_file() -> list[Ruled]:
    """Every rule by which something here is kept, by title; two statements, however many there are."""
    found: dict[str, Ruled] = {}
    for holding, rule in also.in_force():
        ruled = found.setdefault(rule.code, Ruled(rule))
        ruled.rows.append(described.name_of(holding))
        ruled.without_it += [holding.without_rule] if holding.without_rule else []
    for approval in _latest_approvals():
        approved = found.get(approval.rule)
        if approved is not None and approved.rule.digest == approval.rule_digest:
            approved.approval = approval
        elif approved is not None:
            approved.worked_before = True
    return sorted(found.values(), key=lambda one: str(one.rule.entry.title).casefold())


def _latest_approvals() -> Iterator[Approval]:
    """The latest of each rule, whatever terms it was of."""
    newest = Approval.objects.values("rule").annotate(newest=Max("pk")).values("newest")
    yield from Approval.objects.filter(pk__in=newest)


class RetentionPage(DeskPage):
    """A page for who may look at runs; ``may`` says what more they may do."""

    needs = "portal_retention.view_run"

    def show(self, name: str, title: str, **context: Any) -> HttpResponse:
        """The page of this template."""
        user = self.request.user
        may = {
            "approve": user.has_perm("portal_retention.add_approval"),
            "steer": user.has_perm("portal_retention.change_run"),
            "see_holds": user.has_perm("portal_holds.view_hold"),
        }
        framed = self.frame(title, may=may, **context)
        return render(self.request, f"admin/portal_retention/run/{name}.html", framed)


class Rules(RetentionPage):
    """All of them, with who owns each and why."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.show("rules", _("Rules of retention"), rules=of_file())


class Preview(RetentionPage):
    """What one rule would do now: counts, samples, and the button that lets it."""

    def get(self, _request: HttpRequest, code: str) -> HttpResponse:
        """The page."""
        ruled = next((one for one in of_file() if one.rule.code == code), None)
        if ruled is None:
            raise Http404
        lines = [(line, list(_linked(line))) for line in preview.lines(rule=code)]
        title = _("What would go: %(rule)s") % {"rule": ruled.rule.entry.title}
        return self.show("preview", title, ruled=ruled, lines=lines)


class Approve(DeskPage):
    """Somebody looked, and lets the rule work. Posted with the digest of what they saw."""

    needs = "portal_retention.add_approval"

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Lets it; a rule that has changed since is shown again instead."""
        try:
            approved = approving.approve(code, request.POST.get("digest", ""), str(request.user.pk))
        except NoRule:
            raise Http404 from None
        except approving.Changed:
            messages.error(request, _("The rule has changed since you looked. Look again: this is what it does now."))
            return redirect("admin:portal_retention_preview", code)
        self.desk.log_addition(request, approved, _("Approved"))
        messages.success(request, _("Approved. It works from the next run on."))
        return redirect("admin:portal_retention_rules")


class Coming(RetentionPage):
    """What goes in the next 30 days, if nobody does anything."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """The page."""
        now = database_now()
        works = {one.rule.code for one in of_file() if one.approval is not None}
        coming = preview.coming(now, now + AHEAD)
        lines = [(work, first, more, work.rule.code in works) for work, first, more in coming]
        return self.show("coming", _("What goes in the next 30 days"), lines=lines, until=now + AHEAD)


def _linked(line: preview.Line) -> Iterator[tuple[Any, Any]]:
    """The samples, each leading to its page at the desk where there is one."""
    for sample in line.samples:
        yield described.link(line.holding, sample.key, sample.key), sample.start
