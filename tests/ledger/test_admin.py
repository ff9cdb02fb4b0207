"""Staff read the ledger in the admin; nobody changes it there, superusers included."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from consent.ledger.circumstances import Circumstances
from consent.ledger.models import Event, State, Text
from portal.organisation.versions import Current
from portal.subjects.models import Subject
from tests.ledger.acting import WORDING, says, yes_to

PLACES = ["event", "state", "text"]


@pytest.fixture
def event(joan: Subject) -> Event:
    seen = Circumstances(ip="203.0.113.0/24", user_agent="Firefox", path="/subscribe/", staff="7")
    return says(joan, yes_to("newsletter"), circumstances=seen).events[0]


@pytest.fixture
def priya(db: None) -> Client:
    """The privacy officer, with every right there is."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("priya@staff.example", "a long enough password"))
    return client


@pytest.mark.parametrize("model", PLACES)
def test_the_lists_can_be_read_and_offer_no_way_to_add(priya: Client, event: Event, model: str) -> None:
    page = priya.get(reverse(f"admin:consent_ledger_{model}_changelist"))
    assert page.status_code == 200
    assert page.context["has_add_permission"] is False
    assert priya.get(reverse(f"admin:consent_ledger_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", PLACES)
def test_a_row_can_be_read_and_neither_changed_nor_deleted(priya: Client, event: Event, model: str) -> None:
    pk = {"event": event.pk, "state": State.objects.get().pk, "text": Text.objects.get().pk}[model]
    url = reverse(f"admin:consent_ledger_{model}_change", args=[pk])
    page = priya.get(url).content.decode()
    assert 'name="_save"' not in page
    assert priya.post(url, {"decision": "withdrawn"}).status_code == 403
    assert priya.post(reverse(f"admin:consent_ledger_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_a_decision_shows_its_words_and_where_it_was_made(priya: Client, event: Event) -> None:
    page = priya.get(reverse("admin:consent_ledger_event_change", args=[event.pk])).content.decode()
    assert WORDING.body in page
    assert "203.0.113.0/24, Firefox, /subscribe/, staff 7" in page


def test_a_decision_without_words_or_circumstances_shows_a_dash(priya: Client, joan: Subject) -> None:
    [event] = says(joan, yes_to("newsletter"), text=None).events
    page = priya.get(reverse("admin:consent_ledger_event_change", args=[event.pk])).content.decode()
    assert page.count("–") >= 2


def test_a_person_is_found_by_number_and_a_topic_by_code_and_nobody_by_an_address_in_a_url(
    priya: Client, event: Event
) -> None:
    for words, found in (
        (str(event.subject_id), [event.pk]),
        ("newsletter", [event.pk]),
        ("joan.archer@example.org", []),
    ):
        page = priya.get(reverse("admin:consent_ledger_event_changelist"), {"q": words})
        assert [row.pk for row in page.context["cl"].queryset] == found


def test_staff_without_the_right_see_nothing(event: Event, db: None) -> None:
    client = Client()
    client.force_login(get_user_model().objects.create_user("marek@staff.example", "a long password", is_staff=True))
    assert client.get(reverse("admin:consent_ledger_event_changelist")).status_code == 403


def test_the_list_names_the_topic_and_the_person_and_shows_no_digest(
    priya: Client, event: Event, organisation: Current
) -> None:
    page = priya.get(reverse("admin:consent_ledger_event_changelist")).content.decode()
    assert str(organisation.organisation.topics["newsletter"].title) in page
    assert "j•••@example.org" in page
    assert "joan.archer@example.org" not in page
    assert priya.get(reverse("admin:consent_ledger_state_changelist")).content.decode().count("j•••@example.org") == 1
    texts = priya.get(reverse("admin:consent_ledger_text_changelist")).content.decode()
    assert f">{event.text_id}" not in texts


def test_the_page_of_a_row_stands_in_groups_without_what_is_empty(priya: Client, event: Event) -> None:
    page = priya.get(reverse("admin:consent_ledger_state_change", args=[State.objects.get().pk])).content.decode()
    assert "Pause and lapse" not in page
    assert "Paused until" not in page
    assert "About" in page
    page = priya.get(reverse("admin:consent_ledger_event_change", args=[event.pk])).content.decode()
    assert "What was shown" in page
    assert "Until" not in page
