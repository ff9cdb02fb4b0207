"""Imports point one way, and so do the names that Django resolves later: foreign keys and migrations."""

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

# Lower layers first; within the kernel too. What is not named here is Django's or allauth's and below all of ours.
LAYERS = [
    "jobs",
    "personal_data",
    "organisation",
    "subjects",
    "outbox",
    "portal_holds",
    "portal_retention",
    "accounts",
    "consent_ledger",
    "consent_preferences",
    "consent_cookies",
    "dsar",
    "demo",
]


def layer(label: str) -> int:
    return LAYERS.index(label) if label in LAYERS else -1


def pointing_up(label: str, others: set[str]) -> list[str]:
    return sorted(other for other in others if layer(other) > layer(label))


def related(model: type[Model]) -> set[str]:
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return {field.related_model._meta.app_label for field in fields if isinstance(field.related_model, type)}


def test_every_app_of_ours_has_its_layer() -> None:
    ours = {
        app.label for app in apps.get_app_configs() if app.name.startswith(("portal.", "accounts", "consent.", "dsar"))
    }
    assert ours == set(LAYERS)


def test_no_foreign_key_points_up() -> None:
    models = [model for label in LAYERS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    assert models
    found = {model._meta.label: pointing_up(model._meta.app_label, related(model)) for model in models}
    assert {name: up for name, up in found.items() if up} == {}


def test_no_migration_waits_for_a_layer_above() -> None:
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    found = {
        f"{label}.{name}": pointing_up(label, {dependency[0] for dependency in migration.dependencies})
        for (label, name), migration in migrations.items()
        if label in LAYERS
    }
    assert found
    assert {name: up for name, up in found.items() if up} == {}
