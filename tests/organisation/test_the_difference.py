"""The difference between two files, as a person reads it before applying."""

import pytest

from portal.organisation import loader
from portal.organisation.difference import difference
from tests.organisation.conftest import Variant


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ('brand = "#d6451b"', 'brand = "#d6451b"', []),
        ('brand = "#d6451b"', 'brand = "#000000"', ["~ [look] brand: “#d6451b” → “#000000”"]),
        ("fewest_people = 10", "fewest_people = 12", ["~ [reports] fewest_people: 10 → 12"]),
        ("stop_all_page = true", "stop_all_page = false", ["~ [marketing] stop_all_page: yes → no"]),
        ('phone = "0303 123 1113"\n', "", ["- [authority] phone: “0303 123 1113”"]),
        (
            'parent = "Amdocs"',
            'parent = "Amdocs"\ncompany_number = "1"',
            ["+ [controller] company_number: “1”"],
        ),
        (
            'channels = ["email", "sms"]',
            'channels = ["email"]',
            ["~ [topics.product-alerts] channels: “email”, “sms” → “email”"],
        ),
        (
            '[contracts.service]\ntitle = "Service contract with its own policy"\nnotice = "service"',
            "",
            ["- [contracts] service: “Service contract with its own policy”"],
        ),
        (
            "[service_mails.rights]",
            '[service_mails.travel]\ntitle = "Travel"\nsentence = "Tickets."\n[service_mails.rights]',
            ["+ [service_mails] travel: “Travel”"],
        ),
        (
            'title = "OpenMarket Newsletter"',
            'title = {en-gb = "Letter"}',
            ["~ [topics.newsletter] title: “OpenMarket Newsletter” → “Letter” (en-gb)"],
        ),
    ],
)
def test_a_change_is_one_line(variant: Variant, old: str, new: str, lines: list[str]) -> None:
    changed = difference(loader.read("openmarket"), loader.read(variant(old, new)))
    assert [str(change) for change in changed] == lines


def test_a_changed_order_is_a_change_because_people_see_it(variant: Variant) -> None:
    path = variant("", "")
    text = path.read_text()
    start, end = text.index("[topics.newsletter]"), text.index("[topics.offers]")
    newsletter = text[start:end]
    path.write_text(
        text.replace(newsletter, "").replace("[service_mails.orders]", f"{newsletter}[service_mails.orders]")
    )
    (change,) = difference(loader.read("openmarket"), loader.read(path))
    assert (change.table, change.key) == ("topics", "(order)")
    assert change.before == "newsletter, offers, product-alerts, technical-alerts"
    assert change.after == "offers, product-alerts, technical-alerts, newsletter"


def test_a_long_text_is_cut(variant: Variant) -> None:
    changed = difference(
        loader.read("openmarket"), loader.read(variant('parent = "Amdocs"', f'parent = "{"x" * 150}"'))
    )
    assert str(changed[0]).endswith("x…”")
    assert len(str(changed[0])) < 200


def test_without_an_old_file_each_table_is_a_line() -> None:
    lines = [str(change) for change in difference(None, loader.read("openmarket"))]
    assert "+ slug: “openmarket”" in lines
    assert "+ law: statute, country, time_zone, calendar, languages" in lines
    assert "+ controller: “OpenMarket”" in lines
    assert len(lines) == 34


def test_a_change_back_is_the_opposite_change(variant: Variant) -> None:
    ours, theirs = loader.read("openmarket"), loader.read(variant('parent = "Amdocs"\n', ""))
    there, back = difference(ours, theirs), difference(theirs, ours)
    assert [(one.table, one.key, one.before, one.after) for one in there] == [
        (one.table, one.key, one.after, one.before) for one in back
    ]
