"""Mails to staff about a run: it failed, was cut off, or asks before it removes so much. No number of anybody."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import staff
from portal.organisation import versions
from portal.outbox import flows as outbox
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message
from portal.retention.models import Part, Run
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint

DESK: Final = "desk"
"""Where an address of the organisation's own is known from."""


def failed(run: Run) -> None:
    """Officers and owners are told that a run failed. Within a transaction."""
    _write(FAILED, run)


def asks(run: Run) -> None:
    """They are told that a run waits for their yes. Within a transaction."""
    _write(ASKS, run)


def cut_off(run: Run) -> None:
    """They are told, once for each run, that what was at work on it has gone and that it goes on. In a transaction."""
    if not Message.objects.filter(kind=CUT_OFF.code, params__run=run.pk).exists():
        _write(CUT_OFF, run)


def _write(kind: MailKind, run: Run) -> None:
    for point in _readers():
        outbox.enqueue(kind.code, point, params={"run": run.pk})


def _readers() -> list[ContactPoint]:
    """The officers, and the address for questions about data: rules name their owners, and no address of theirs."""
    controller = versions.current().organisation.controller
    desk = people.reach(Channel.EMAIL, controller.email, context=DESK, source=DESK)
    return list({point.pk: point for point in [*staff.reach(staff.officers()), desk]}.values())


def _of_failure(message: Message) -> dict[str, Any]:
    run = _run(message)
    left = run.parts.filter(state=Part.State.WAITING)
    return {
        "headline": _("Retention stopped: a run failed"),
        "lead": _("The run of %(day)s stopped with an error (%(trouble)s). What was deleted until then is on record.")
        % {"day": _day(run), "trouble": run.trouble},
        "next": _("Not done: %(what)s. The next run does it. If that fails too, ask who runs the server.")
        % {"what": _named(left)},
        **_frame(run),
    }


def _of_cut_off(message: Message) -> dict[str, Any]:
    run = _run(message)
    lead = _(
        "The run of %(day)s stopped in the middle: the program, or its database, went away. It goes on where it was."
    )
    return {
        "headline": _("Retention was cut off, and goes on"),
        "lead": lead % {"day": _day(run)},
        "next": _("Nothing is lost, and nothing for you to do. If this comes again, ask who runs the server."),
        **_frame(run),
    }


def _of_question(message: Message) -> dict[str, Any]:
    run = _run(message)
    asking = list(run.parts.filter(state=Part.State.ASKING))
    if not asking or run.state != Run.State.ASKING:
        raise NoLongerNeeded("Somebody answered, or a later run asks again.")
    rows = sum(part.due for part in asking)
    words = ngettext(
        "The run of %(day)s would remove %(rows)s row, a large part of what is held.",
        "The run of %(day)s would remove %(rows)s rows, a large part of what is held.",
        rows,
    )
    return {
        "headline": _("Retention asks: may so much go?"),
        "lead": words % {"day": _day(run), "rows": f"{rows:,}"},
        "next": _("It waits with: %(what)s. Look whether that is right, then say yes. Until then it stays.")
        % {"what": _named(asking)},
        **_frame(run),
    }


def _run(message: Message) -> Run:
    run = Run.objects.filter(pk=message.params["run"]).first()
    if run is None:
        raise NoLongerNeeded("The run is gone.")
    return run


def _frame(run: Run) -> dict[str, Any]:
    return {
        "url": f"{settings.BASE_URL}{reverse('admin:portal_retention_run_change', args=[run.pk])}",
        "footer": {
            "purpose": _("the work on retention"),
            "held": _("this address"),
            "source": _("your work for us"),
        },
    }


def _day(run: Run) -> str:
    return date_format(localtime(run.started_at), "l j F Y")


def _named(parts: Any) -> str:
    """The rules by their titles, each with who answers for it."""
    rules = versions.current().organisation.retention
    found = {part.rule: part.owner for part in parts}
    named = [_("%(rule)s (%(owner)s)") % {"rule": rules[code].title if code in rules else code, "owner": owner}
             for code, owner in found.items()]  # fmt: skip
    return ", ".join(named) or _("nothing")


FAILED: Final = MailKind(
    "retention-failed", Category.SERVICE, "retention/news", _of_failure, gettext_lazy("A retention run failed")
)
ASKS: Final = MailKind(
    "retention-asks", Category.SERVICE, "retention/news", _of_question, gettext_lazy("A retention run asks")
)
CUT_OFF: Final = MailKind(
    "retention-cut-off", Category.SERVICE, "retention/news", _of_cut_off, gettext_lazy("A retention run was cut off")
)
KINDS: Final = (FAILED, ASKS, CUT_OFF)
