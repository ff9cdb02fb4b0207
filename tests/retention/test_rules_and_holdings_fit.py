"""A file whose rules cannot be carried out, or would delete what must stay, is refused when it is loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.organisation import loader
from portal.organisation.loader import OrganisationFileError

pytestmark = pytest.mark.django_db


def altered(tmp_path: Path, slug: str, table: str, key: str, value: str) -> Path:
    """A copy of a file that ships, in which one key of one table says something else."""
    text = (loader.SHIPPED / f"{slug}.toml").read_text(encoding="utf-8")
    head, found, rest = text.partition(f"[{table}]\n")
    assert found
    changed, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", rest, count=1)
    assert count
    path = tmp_path / f"{slug}.toml"
    path.write_text(head + found + changed, encoding="utf-8")
    return path


def problem(path: Path) -> str:
    with pytest.raises(OrganisationFileError) as refused:
        loader.apply(loader.read(path), path.name)
    (found,) = refused.value.problems
    return str(found)


@pytest.mark.parametrize("loaded_before", [False, True])
def test_a_start_that_a_holding_cannot_tell_is_named(tmp_path: Path, loaded_before: bool) -> None:
    if loaded_before:
        loader.apply(loader.read("open-e"))
    said = problem(altered(tmp_path, "open-e", "retention.mails", "from", '"opt_out"'))
    assert said.startswith("open-e.toml: [retention.mails] from: outbox.Message cannot tell when 'opt_out' was.")
    assert "sent" in said


def test_an_action_that_leaves_nothing_is_named(tmp_path: Path) -> None:
    said = problem(altered(tmp_path, "open-e", "retention.mails", "action", '"anonymise"'))
    assert "[retention.mails] action: outbox.Message has nothing left once it names nobody." in said


def test_a_stop_outlives_the_addresses_it_is_for(tmp_path: Path) -> None:
    said = problem(altered(tmp_path, "open-e", "retention.suppression", "period", '"2 years"'))
    assert "[retention.suppression] period: It ends before [retention.decisions]" in said


def test_a_request_outlives_what_is_counted_from_contact_in_it(tmp_path: Path) -> None:
    said = problem(altered(tmp_path, "openitio", "retention.requests", "period", '"5 years"'))
    assert "[retention.requests] period: It ends before [retention.contacts]" in said
    assert "at least '6 years'" in said


def test_where_nothing_is_counted_from_contact_a_request_may_go_sooner(tmp_path: Path) -> None:
    loader.apply(loader.read(altered(tmp_path, "openmarket", "retention.requests", "period", '"1 year"')))


def test_no_contract_keeps_longer_than_at_most(tmp_path: Path) -> None:
    path = altered(tmp_path, "opencontact", "retention.contacts", "by_contract", "true\nup_to = true")
    path = path.rename(path.with_name("x.toml"))
    text = path.read_text(encoding="utf-8").replace('contacts = "2 years", client', 'contacts = "3 years", client')
    path.write_text(text, encoding="utf-8")
    assert "[contracts.emergency-line] retention: 3 years is longer than [retention.contacts] allows" in problem(path)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("from", '"collected"', "An address that nobody proved is dated by when it was typed."),
        ("action", '"review"', "Whose address was typed is promised by mail that it goes."),
        ("period", '"27 days"', "A request waits 28 days for its code, and its address with it."),
        ("owner", '"Us"\nby_contract = true', "Nobody of whom only an address is known has a contract."),
    ],
)
def test_an_address_nobody_proved_goes_as_mails_promise_and_not_while_something_waits(
    tmp_path: Path, key: str, value: str, said: str
) -> None:
    assert said in problem(altered(tmp_path, "open-e", "retention.unproved", key, value))


def test_an_address_stays_as_long_as_the_link_that_confirms_it_works(tmp_path: Path) -> None:
    path = altered(tmp_path, "open-e", "mail", "confirmation_link", '"29 days"')
    said = problem(path)
    assert "[retention.unproved] period: An address would go while the link that confirms it still works" in said


def test_nothing_else_is_dated_by_when_an_address_was_typed(tmp_path: Path) -> None:
    path = altered(tmp_path, "open-e", "retention.orders", "from", '"typed"')
    assert "[retention.orders] from: Only addresses that nobody proved are dated by" in problem(path)


def test_a_rule_for_nothing_is_named(tmp_path: Path) -> None:
    text = (loader.SHIPPED / "open-e.toml").read_text(encoding="utf-8")
    nothing = (
        '\n[data_categories.moods]\nchosen_by = "controller"\ntitle = "Moods"\nsentence = "How you felt."\n'
        'fields = ["mood"]\n\n[retention.moods]\nchosen_by = "controller"\ntitle = "Moods"\ndata = ["moods"]\n'
        'period = "1 year"\nfrom = "collected"\naction = "delete"\nreason = "None."\nowner = "Nobody"\n'
    )
    path = tmp_path / "open-e.toml"
    path.write_text(text + nothing, encoding="utf-8")
    assert "[retention.moods] data: Nothing is held to which it applies" in problem(path)
