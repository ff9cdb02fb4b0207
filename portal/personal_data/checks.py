"""System checks that keep the declarations whole: no model about people undeclared, no field forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Field, Model, TextField

from portal.personal_data import registry
from portal.personal_data.registry import ALL, SELF, Erasure, Holding

SUBJECT: Final = "subjects.Subject"
CONTACT_POINT: Final = "subjects.ContactPoint"
# Columns that name a person without a foreign key, as the ledger's do.
LOOSE_REFERENCES: Final = frozenset({"subject_id", "contact_point_id", "user_id"})


def check_declarations(**_options: Any) -> list[CheckMessage]:
    """Every model of the install, third-party ones included, against the registry."""
    return [*undeclared(apps.get_models()), *(error for holding in registry.holdings() for error in faults(holding))]


def undeclared(models: Iterable[type[Model]]) -> Iterator[Error]:
    """Models from which some way leads to a person, and about which nobody has said anything."""
    known = {holding.label for holding in registry.holdings()} | set(registry.exemptions())
    for model in sorted(pointing_at_people(models), key=lambda model: model._meta.label):
        if model._meta.label not in known:
            yield Error(
                f"{model._meta.label} points at a person and is not declared.",
                hint="Register a Holding for it in the personal_data.py of its app, or exempt it with a reason.",
                obj=model,
                id="personal_data.E001",
            )


def pointing_at_people(models: Iterable[type[Model]]) -> set[type[Model]]:
    """Subject, ContactPoint, User, and each model that refers to them, or to a model that does.

    Exempted models hold nothing about anybody, so that what refers to one of them alone is not about a person.
    """
    found = {SUBJECT, CONTACT_POINT, settings.AUTH_USER_MODEL}
    candidates = {model._meta.label: model for model in models if not model._meta.proxy}
    exempted = set(registry.exemptions())
    latest = found
    while latest:
        latest = {
            label for label, model in candidates.items() if label not in found and (found - exempted) & _targets(model)
        }
        found = found | latest
    return {model for label, model in candidates.items() if label in found}


def faults(holding: Holding) -> Iterator[Error]:
    """What is wrong with one declaration."""
    yield from _faults_of_paths(holding)
    yield from _faults_of_names(holding)
    yield from _faults_of_disclosure(holding)
    yield from _faults_of_erasure(holding)
    yield from _faults_of_anonymity(holding)
    for name in ("title", "category", "purpose", "basis", "source", "recipients", "retention"):
        if not getattr(holding, name):
            yield _error(holding, "E008", f"{holding.label} states no {name}.", "Say it in one plain sentence or code.")


def leads_to_a_person(model: type[Model], path: str) -> bool:
    """Whether an ORM path of forward relations ends at Subject, at its id, or at a column that stands for it."""
    if path == SELF:
        return model._meta.label == SUBJECT
    *hops, last = path.split("__")
    for hop in hops:
        step = _field(model, hop)
        if step is None or not (step.many_to_one or step.one_to_one) or not isinstance(step, Field):
            return False
        model = step.related_model  # type: ignore[assignment]  # a relation resolved by the app registry is a model
    end = _field(model, last)
    if end is None or not isinstance(end, Field):
        return False
    if end.is_relation:
        return not end.many_to_many and _label(end) == SUBJECT
    return last == "subject_id"


def _targets(model: type[Model]) -> set[str]:
    """Labels of the models that one refers to: by foreign keys, many-to-many fields, and loose references."""
    targets = {_label(field) for field in _fields(model) if field.is_relation}
    if LOOSE_REFERENCES & {field.name for field in _fields(model) if not field.is_relation}:
        targets.add(SUBJECT)
    return targets


def _faults_of_paths(holding: Holding) -> Iterator[Error]:
    for path in holding.paths:
        if not leads_to_a_person(holding.model, path):
            yield _error(
                holding,
                "E002",
                f"{holding.label}: the path {path!r} does not lead to a Subject.",
                "Follow forward foreign keys to subjects.Subject, end in subject_id, or give a function.",
            )


def _faults_of_names(holding: Holding) -> Iterator[Error]:
    real = {field.name for field in _fields(holding.model)}
    for group in ("export", "withhold", "survives"):
        for name in getattr(holding, group):
            if name not in real and not (group == "survives" and name == ALL):
                yield _error(
                    holding, "E003", f"{holding.label} has no field {name!r}, named in {group}.", "Correct it."
                )


def _faults_of_disclosure(holding: Holding) -> Iterator[Error]:
    way = {path.split("__")[0] for path in holding.paths}
    for field in _fields(holding.model):
        places = (field.name in holding.export) + (field.name in holding.withhold)
        if places == 2:
            yield _error(
                holding,
                "E004",
                f"{holding.label}.{field.name} is exported and withheld.",
                "Take it out of one of them.",
            )
        elif places == 0 and not (field.primary_key or field.name in way):
            yield _error(
                holding,
                "E005",
                f"{holding.label}.{field.name} is neither exported nor withheld.",
                "Give it a label in export, or a reason in withhold.",
            )


def _faults_of_erasure(holding: Holding) -> Iterator[Error]:
    survivors = set(holding.survives)
    if holding.erase is Erasure.DELETE and survivors:
        yield _error(
            holding, "E006", f"{holding.label} is deleted, so nothing in it survives.", "Use Erasure.ANONYMISE."
        )
    if holding.erase is Erasure.ANONYMISE and ALL in survivors:
        yield _error(holding, "E006", f"{holding.label} survives whole.", "Use Erasure.KEEP.")
    for field in _fields(holding.model):
        if field.primary_key or field.name in survivors or ALL in survivors:
            continue
        if holding.erase is Erasure.KEEP:
            yield _error(
                holding,
                "E007",
                f"{holding.label}.{field.name} is kept without a reason.",
                "Name it in survives, or use ALL.",
            )
        elif holding.erase is Erasure.ANONYMISE and not _clearable(field):
            yield _error(
                holding,
                "E007",
                f"{holding.label}.{field.name} cannot be cleared.",
                "Make it nullable, or name it in survives.",
            )


def _faults_of_anonymity(holding: Holding) -> Iterator[Error]:
    """Whoever is made anonymous is led to by no field, and known by no value of their own."""
    if not holding.anonymise:
        return
    remedy = "Name every field on the way to the person and every identifier, with one value for everybody."
    for path in holding.paths:
        if path.split("__")[0] not in holding.anonymise:
            yield _error(holding, "E009", f"{holding.label} leads to the person by {path!r} when anonymised.", remedy)
    for name in holding.anonymise:
        field = _field(holding.model, name)
        if field is None or field.unique:
            message = f"{holding.label} has no field {name!r} that can become the same for everybody."
            yield _error(holding, "E009", message, remedy)


def _clearable(field: Field[Any, Any]) -> bool:
    return field.null or field.has_default() or field.many_to_many is True or isinstance(field, CharField | TextField)


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _label(field: Field[Any, Any]) -> str:
    """The label of the model a relation points at."""
    related = field.related_model
    return related._meta.label if isinstance(related, type) else str(related)


def _error(holding: Holding, code: str, message: str, hint: str) -> Error:
    return Error(message, hint=hint, obj=holding.model, id=f"personal_data.{code}")
