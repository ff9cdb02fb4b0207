"""A rule works once its preview was approved; changed, it waits again; and much at once is asked about."""

from typing import Any

import pytest
from django.conf import settings

from portal.organisation import loader, versions
from portal.organisation.schema import Period, RetentionAction
from portal.outbox.models import Message
from portal.retention import rules
from portal.retention.flows import approving, preview, steering
from portal.retention.models import Approval, Part, Run
from tests.retention import scene
from tests.retention.scene import NOW, PRIYA, years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture
def old_mails(organisation: versions.Current) -> None:
    scene.mails(scene.person(met=years_ago(1)), years_ago(3), 3)


def change_mails(**changes: Any) -> None:
    """Another version of the file, with another rule for mails."""
    organisation = versions.current().organisation
    rule = organisation.retention["mails"].model_copy(update=changes)
    retention = {**organisation.retention, "mails": rule}
    loader.apply(organisation.model_copy(update={"retention": retention}))


def approve(code: str) -> Approval:
    return approving.approve(code, rules.rule(code).digest, PRIYA)


def gone() -> int:
    run = scene.expire()
    return run.parts.get(holding="outbox.Message").removed


def test_a_preview_counts_and_shows_samples_and_changes_nothing(old_mails: None) -> None:
    line = next(line for line in preview.lines(NOW, "mails") if line.holding.label == "outbox.Message")
    assert (line.total, line.due, line.going, line.approved) == (3, 3, 3, False)
    assert {sample.key for sample in line.samples} == {str(one.pk) for one in Message.objects.all()}
    assert Message.objects.count() == 3


def test_nothing_goes_by_a_rule_that_nobody_approved(old_mails: None) -> None:
    assert gone() == 0
    assert Part.objects.get(holding="outbox.Message").state == Part.State.UNAPPROVED
    approve("mails")
    assert gone() == 3


def test_an_approval_keeps_what_was_seen_and_by_whom(old_mails: None) -> None:
    approval = approve("mails")
    assert (approval.approved_by, approval.preview[0]["total"]) == (PRIYA, 3)
    assert approval.terms["period"] == "2 years"


def test_who_looked_at_another_version_approves_nothing(old_mails: None) -> None:
    seen = rules.rule("mails").digest
    change_mails(period=Period.of("1 month"))
    with pytest.raises(approving.Changed):
        approving.approve("mails", seen, PRIYA)
    assert gone() == 0


def test_a_changed_rule_waits_and_so_does_one_changed_back(old_mails: None) -> None:
    approve("mails")
    change_mails(period=Period.of("30 months"))
    assert gone() == 0
    approve("mails")
    change_mails(period=Period.of("2 years"))
    assert gone() == 0, "its first approval is not its latest"


def test_other_words_need_no_other_look(old_mails: None) -> None:
    approve("mails")
    change_mails(owner="Somebody else")
    assert gone() == 3


def test_what_a_person_has_to_look_at_is_not_removed(old_mails: None) -> None:
    change_mails(action=RetentionAction.REVIEW)
    approve("mails")
    assert gone() == 0
    assert Part.objects.get(holding="outbox.Message").state == Part.State.REVIEW


def test_much_at_once_waits_for_a_yes_and_the_rest_goes_on(
    old_mails: None, monkeypatch: pytest.MonkeyPatch, mailed: Any
) -> None:
    monkeypatch.setattr(settings, "RETENTION_ASK_FROM_ROWS", 3)
    scene.circumstances(scene.person(), years_ago(2))
    scene.approve()
    run = scene.expire()
    asking = run.parts.get(holding="outbox.Message")
    assert (run.state, asking.state, asking.removed) == (Run.State.ASKING, Part.State.ASKING, 0)
    assert run.parts.get(holding="consent_ledger.CircumstancesRecord").removed == 1
    assert mailed("retention-asks") == 1
    steering.allow(asking, PRIYA)
    assert scene.expire().state == Run.State.DONE
    asking.refresh_from_db()
    assert (asking.removed, asking.allowed_by) == (3, PRIYA)


def test_a_question_nobody_answered_is_asked_again_by_the_next_run(
    old_mails: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RETENTION_ASK_FROM_ROWS", 3)
    scene.approve()
    first = scene.expire()
    second = scene.expire()
    first.refresh_from_db()
    assert (first.state, second.state) == (Run.State.DONE, Run.State.ASKING)
    with pytest.raises(steering.TooLate):
        steering.allow(first.parts.get(holding="outbox.Message"), PRIYA)
