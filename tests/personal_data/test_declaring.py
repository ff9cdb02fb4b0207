"""Each model is declared once, by the app whose it is."""

from importlib import import_module

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from portal.organisation import loader
from portal.personal_data import registry
from portal.personal_data.checks import check_declarations
from portal.subjects.models import ContactPoint, Subject
from tests.personal_data.conftest import holding

Model = type[models.Model]


def test_every_apps_declarations_were_found_at_the_start() -> None:
    labels = [holding.label for holding in registry.holdings()]
    assert {"subjects.Subject", "subjects.ContactPoint", "subjects.Suppression"} <= set(labels)
    assert labels == sorted(labels)
    import_module("portal.subjects.personal_data")
    assert labels == [holding.label for holding in registry.holdings()], "a second import declares nothing again"


def test_the_whole_install_is_declared() -> None:
    assert check_declarations(app_configs=None) == []


def test_django_runs_the_check_by_itself() -> None:
    from django.core.checks import registry as checks

    assert str(check_declarations) in {str(check) for check in checks.registry.get_checks()}


@pytest.mark.parametrize("slug", loader.shipped())
def test_every_shipped_file_has_a_rule_and_a_category_for_each_holding(slug: str) -> None:
    organisation = loader.read(slug)
    assert registry.missing_from(organisation.retention, organisation.data_categories) == []


@pytest.mark.usefixtures("_own_registry")
class TestARegistryOfItsOwn:
    def test_a_holding_is_found_by_its_model(self, letter: Model) -> None:
        declared = registry.register(holding(letter))
        assert registry.holdings() == (declared,)
        assert registry.holding_of(letter) is declared
        with pytest.raises(LookupError):
            registry.holding_of(Subject)

    def test_a_second_declaration_is_refused(self, letter: Model) -> None:
        registry.register(holding(letter))
        with pytest.raises(registry.AlreadyDeclared, match=r"subjects\.Letter is declared twice"):
            registry.register(holding(letter))
        with pytest.raises(registry.AlreadyDeclared):
            registry.exempt(letter, "Holds nothing about anybody.")

    def test_what_is_exempted_cannot_be_declared_too(self, letter: Model) -> None:
        registry.exempt(letter, "Holds nothing about anybody.")
        assert registry.exemptions() == {"subjects.Letter": "Holds nothing about anybody."}
        with pytest.raises(registry.AlreadyDeclared):
            registry.register(holding(letter))

    def test_an_exemption_needs_a_reason(self, letter: Model) -> None:
        with pytest.raises(ImproperlyConfigured, match="without a reason"):
            registry.exempt(letter, "")

    def test_a_file_without_its_rule_or_category_is_named(self, letter: Model) -> None:
        registry.register(holding(letter))
        assert registry.missing_from({"correspondence"}, {"correspondence"}) == []
        rule, category = registry.missing_from({"contacts"}, {"identity"})
        assert rule == "subjects.Letter is kept by the rule 'correspondence', which [retention] does not have."
        assert category.startswith("subjects.Letter holds data of the category 'correspondence'")

    def test_the_paths_of_a_function_are_none(self, letter: Model) -> None:
        assert holding(letter, subject=lambda subject: ContactPoint.objects.none()).paths == ()
        assert holding(letter, subject=("survivor", "absorbed")).paths == ("survivor", "absorbed")
