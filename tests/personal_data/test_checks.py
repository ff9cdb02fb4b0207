"""The checks name every model about people that nobody declared, and every field nobody thought of."""

import uuid
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import models

from portal.personal_data import checks, registry
from portal.personal_data.registry import Erasure
from portal.subjects.models import ContactPoint, Subject
from tests.personal_data.conftest import holding

pytestmark = pytest.mark.usefixtures("_own_registry")
Model = type[models.Model]


def model(name: str, **fields: Any) -> Model:
    """A model of this name in the isolated registry."""
    meta = type("Meta", (), {"app_label": "subjects"})
    return type(name, (models.Model,), {"Meta": meta, "__module__": __name__, **fields})


def undeclared(*made: Model) -> list[str]:
    return [error.msg.split()[0] for error in checks.undeclared(made)]


def faults(declared: registry.Holding) -> list[tuple[str, str]]:
    return [(str(error.id).removeprefix("personal_data."), error.msg) for error in checks.faults(declared)]


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(lambda: models.ForeignKey(Subject, models.CASCADE, related_name="+"), id="to a Subject"),
        pytest.param(lambda: models.OneToOneField(Subject, models.CASCADE, related_name="+"), id="one to one"),
        pytest.param(lambda: models.ForeignKey(ContactPoint, models.CASCADE, related_name="+"), id="to an address"),
        pytest.param(lambda: models.ForeignKey(get_user_model(), models.CASCADE, related_name="+"), id="to a user"),
        pytest.param(lambda: models.ManyToManyField(get_user_model(), related_name="+"), id="to many users"),
    ],
)
def test_a_model_that_points_at_a_person_must_be_declared(isolated: Apps, field: Any) -> None:
    made = model("Note", whose=field())
    assert undeclared(made) == ["subjects.Note"]
    registry.exempt(made, "Holds nothing about anybody.")
    assert undeclared(made) == []


@pytest.mark.parametrize("name", ["subject_id", "contact_point_id", "user_id"])
def test_a_column_that_stands_for_a_person_counts_too(isolated: Apps, name: str) -> None:
    assert undeclared(model("Loose", **{name: models.UUIDField(default=uuid.uuid4)})) == ["subjects.Loose"]


def test_what_points_at_something_about_a_person_is_about_them_too(isolated: Apps, letter: Model) -> None:
    page = model("Page", letter=models.ForeignKey(letter, models.CASCADE, related_name="+"))
    stain = model("Stain", page=models.ForeignKey(page, models.CASCADE, related_name="+"))
    assert undeclared(stain, letter, page) == ["subjects.Letter", "subjects.Page", "subjects.Stain"]
    registry.register(holding(letter))
    assert undeclared(stain, letter, page) == ["subjects.Page", "subjects.Stain"]
    registry.exempt(page, "A page number and nothing else.")
    assert undeclared(stain, letter, page) == [], "what holds nothing about anybody passes nothing on"


def test_what_points_at_nobody_needs_no_word(isolated: Apps) -> None:
    assert undeclared(model("Weather", degrees=models.IntegerField())) == []


def test_a_proxy_holds_no_rows_of_its_own(isolated: Apps, letter: Model) -> None:
    meta = type("Meta", (), {"app_label": "subjects", "proxy": True})
    proxy = type("LoveLetter", (letter,), {"Meta": meta, "__module__": __name__})
    assert undeclared(proxy, letter) == ["subjects.Letter"]


def test_third_party_models_are_covered() -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.admin.models import LogEntry

    assert undeclared(EmailAddress, LogEntry) == ["account.EmailAddress", "admin.LogEntry"]


def test_a_whole_declaration_has_no_fault(letter: Model) -> None:
    assert faults(holding(letter)) == []


@pytest.mark.parametrize(
    "path",
    [
        "text",
        "read_at",
        "nothing",
        "copies_to",
        "copies_to__subject",
        "nothing__subject",
        "subject__language",
        "self",
        "id",
    ],
)
def test_a_path_that_does_not_lead_to_a_person_is_named(letter: Model, path: str) -> None:
    found = faults(holding(letter, subject=path, withhold={"pages": "None", "subject": "A number"}))
    assert ("E002", f"subjects.Letter: the path {path!r} does not lead to a Subject.") in found
    assert {code for code, _message in found} == {"E002"}


@pytest.mark.parametrize(
    ("about", "path"),
    [
        ("subjects.Subject", "self"),
        ("subjects.ContactPoint", "subject"),
        ("subjects.ContactPoint", "subject_id"),
        ("subjects.Provenance", "contact_point__subject"),
        ("subjects.Provenance", "contact_point__subject_id"),
        ("accounts.User", "subject"),
    ],
)
def test_a_path_that_leads_to_a_person_is_taken(about: str, path: str) -> None:
    from django.apps import apps

    assert checks.leads_to_a_person(apps.get_model(about), path)


def test_a_loose_column_is_a_path(isolated: Apps) -> None:
    assert checks.leads_to_a_person(model("Loose", subject_id=models.UUIDField()), "subject_id")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"export": {"text": "T", "read_at": "R", "copies_to": "C", "stamp": "S"}}, ("E003", "named in export")),
        ({"withhold": {"pages": "P", "stamp": "S"}}, ("E003", "named in withhold")),
        ({"export": {"text": "T", "read_at": "R", "copies_to": "C", "*": "all"}}, ("E003", "named in export")),
        ({"withhold": {"pages": "P", "text": "T"}}, ("E004", "text is exported and withheld")),
        ({"withhold": {}}, ("E005", "pages is neither exported nor withheld")),
        ({"export": {"text": "T", "read_at": "R"}}, ("E005", "copies_to is neither exported nor withheld")),
        ({"survives": {"text": "Evidence"}}, ("E006", "nothing in it survives")),
        ({"retention": ""}, ("E008", "states no retention")),
        ({"basis": ""}, ("E008", "states no basis")),
    ],
)
def test_one_slip_is_one_fault(letter: Model, changes: dict[str, Any], expected: tuple[str, str]) -> None:
    ((code, message),) = faults(holding(letter, **changes))
    assert code == expected[0]
    assert expected[1] in message


def test_what_is_kept_is_kept_for_a_reason(letter: Model) -> None:
    found = faults(holding(letter, erase=Erasure.KEEP, survives={"text": "Evidence", "subject": "Evidence"}))
    assert [message.split()[0] for _code, message in found] == [
        "subjects.Letter.read_at",
        "subjects.Letter.pages",
        "subjects.Letter.copies_to",
    ]
    assert {code for code, _message in found} == {"E007"}
    assert faults(holding(letter, erase=Erasure.KEEP, survives={registry.ALL: "Evidence"})) == []


def test_what_is_anonymised_can_be_cleared_or_survives(letter: Model) -> None:
    ((code, message),) = faults(holding(letter, erase=Erasure.ANONYMISE))
    assert (code, message) == ("E007", "subjects.Letter.pages cannot be cleared.")
    assert faults(holding(letter, erase=Erasure.ANONYMISE, survives={"pages": "Counts"})) == []


def test_what_survives_whole_is_not_anonymised(letter: Model) -> None:
    ((code, message),) = faults(holding(letter, erase=Erasure.ANONYMISE, survives={registry.ALL: "Evidence"}))
    assert (code, message) == ("E006", "subjects.Letter survives whole.")


def test_a_misspelt_survivor_is_named(letter: Model) -> None:
    found = faults(holding(letter, erase=Erasure.ANONYMISE, survives={"pages": "Counts", "pgaes": "Counts"}))
    assert found == [("E003", "subjects.Letter has no field 'pgaes', named in survives.")]


def test_every_error_says_what_to_do(letter: Model) -> None:
    errors = [*checks.undeclared([letter]), *checks.faults(holding(letter, subject="text", retention=""))]
    assert len(errors) >= 3
    assert all(error.hint for error in errors)
