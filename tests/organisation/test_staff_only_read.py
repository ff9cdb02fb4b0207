"""Staff read versions and topics in the admin; nobody changes them there."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.organisation import loader
from portal.organisation.models import OrganisationVersion, Topic


@pytest.fixture
def priya(client: Client, db: None) -> Client:
    """Priya, privacy officer, signed in."""
    loader.apply(loader.read("openmarket"))
    client.force_login(User.objects.create_superuser("priya@staff.example", "a long password"))
    return client


def test_versions_are_listed_with_their_number_of_changes(priya: Client) -> None:
    page = priya.get(reverse("admin:organisation_organisationversion_changelist"))
    assert page.status_code == 200
    assert "openmarket" in page.content.decode()


def test_a_version_shows_what_changed_and_no_field_to_change(priya: Client) -> None:
    version = OrganisationVersion.objects.get()
    page = priya.get(reverse("admin:organisation_organisationversion_change", args=[version.pk])).content.decode()
    assert "technical-alerts" in page
    assert 'name="slug"' not in page
    assert 'name="_save"' not in page


def test_topics_are_listed(priya: Client) -> None:
    page = priya.get(reverse("admin:organisation_topic_changelist"), {"q": "technical"}).content.decode()
    assert "Technical alerts" in page
    assert "Marketing offers" not in page


@pytest.mark.parametrize("model", ["organisationversion", "topic"])
def test_nothing_can_be_added_changed_or_deleted(priya: Client, model: str) -> None:
    pk = Topic.objects.first().pk if model == "topic" else OrganisationVersion.objects.get().pk  # type: ignore[union-attr]  # the file has topics
    assert priya.get(reverse(f"admin:organisation_{model}_add")).status_code == 403
    assert priya.post(reverse(f"admin:organisation_{model}_change", args=[pk]), {"title": "x"}).status_code == 403
    assert priya.post(reverse(f"admin:organisation_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert Topic.objects.count() == 4
    assert OrganisationVersion.objects.count() == 1
