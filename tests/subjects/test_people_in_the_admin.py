"""Priya, a privacy officer, finds people, sees where an address came from, joins and parts records."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from portal.subjects import flows, merging, suppression
from portal.subjects.models import AddressKind, Channel, ContactPoint, Ending, Merge, Subject
from tests.subjects.conftest import JOAN

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/subjects/subject/"


@pytest.fixture
def priya(client: Client) -> Client:
    officer = get_user_model().objects.create_superuser(email="priya@staff.example", password=None)
    client.force_login(officer)
    return client


def page_of(point: ContactPoint) -> str:
    return reverse("admin:subjects_subject_change", args=[point.subject_id])


def test_the_list_shows_addresses_masked(priya: Client, joan: ContactPoint) -> None:
    flows.add_address(joan.subject, Channel.EMAIL, "old@example.org", context="form", source="person")
    flows.retire(flows.find(Channel.EMAIL, "old@example.org") or joan)
    page = priya.get(PEOPLE).text
    assert "j•••@example.org" in page
    assert JOAN not in page
    assert "o•••" not in page


def test_the_list_leads_to_a_person_by_the_address_and_calls_nobody_wrong(priya: Client, joan: ContactPoint) -> None:
    page = priya.get(PEOPLE).text
    assert f'{page_of(joan)}">j•••@example.org</a>' in page
    assert f'<td class="field-record">{str(joan.subject_id)[:8]}</td>' in page
    assert "icon-no" not in page
    flows.retire(joan)
    assert f'{page_of(joan)}">no address</a>' in priya.get(PEOPLE).text


def test_a_page_is_headed_by_the_address_masked_and_by_a_number_only_where_there_is_none(
    priya: Client, joan: ContactPoint
) -> None:
    assert "<h2>j•••@example.org</h2>" in priya.get(page_of(joan)).text
    flows.retire(joan)
    page = priya.get(page_of(joan)).text
    assert f"<h2>record {str(joan.subject_id)[:8]}</h2>" in page
    assert "<title>record " in page


@pytest.mark.parametrize("typed", [JOAN, " Joan.Archer@EXAMPLE.org "])
def test_an_address_in_any_spelling_leads_to_its_person(priya: Client, joan: ContactPoint, typed: str) -> None:
    answer = priya.post(PEOPLE, {"address": typed})
    assert answer.headers["Location"] == page_of(joan)
    assert "@" not in answer.headers["Location"]


def test_the_number_of_a_record_leads_to_it(priya: Client, joan: ContactPoint) -> None:
    for said in (str(joan.subject_id), str(joan.subject_id)[:8], f" {str(joan.subject_id)[:8].upper()} "):
        assert priya.post(PEOPLE, {"address": said}).headers["Location"] == page_of(joan)


def test_a_number_cut_short_that_two_have_leads_to_neither(priya: Client) -> None:
    for last in ("1", "f"):
        Subject.objects.create(pk=f"5b0e4c0e-3d5c-4f0a-9d55-3f6f6c0f9f1{last}")
    assert "Nobody is known" in priya.post(PEOPLE, {"address": "5b0e4c0e"}, follow=True).text


@pytest.mark.parametrize("typed", ["marek.nowak@example.com", "nonsense", "", "5b0e4c0e-3d5c-4f0a-9d55-3f6f6c0f9f11"])
def test_somebody_unknown_is_said_to_be_unknown(priya: Client, joan: ContactPoint, typed: str) -> None:
    answer = priya.post(PEOPLE, {"address": typed}, follow=True)
    assert "Nobody is known at this address." in answer.text


def test_staff_who_may_not_see_people_learn_nothing_by_looking_for_them(client: Client, joan: ContactPoint) -> None:
    client.force_login(get_user_model().objects.create_user(email="temp@staff.example", is_staff=True))
    assert client.post(PEOPLE, {"address": JOAN}).status_code == 403
    assert client.post(PEOPLE, {"address": "marek.nowak@example.com"}).status_code == 403


def test_the_search_form_posts_so_that_the_address_stays_out_of_the_url(priya: Client) -> None:
    page = priya.get(PEOPLE).text
    form = page[page.index('id="changelist-search"') : page.index("searchbar_helptext")]
    assert 'method="post"' in form
    assert "csrfmiddlewaretoken" in form


def test_a_person_is_shown_with_addresses_origins_and_stops(priya: Client, joan: ContactPoint) -> None:
    suppression.suppress(joan, suppression.MARKETING, 5, "opt-out")
    page = " ".join(priya.get(page_of(joan)).text.split())
    assert JOAN in page
    assert "form (person)" in page
    assert "<td>all marketing</td><td>opt-out</td><td>in force</td>" in page


def test_staff_correct_the_kind_of_an_address_and_write_down_an_end_and_nothing_else(
    priya: Client, joan: ContactPoint
) -> None:
    answer = priya.post(
        page_of(joan),
        {
            "language": "en-gb",
            "restricted_at_0": "",
            "restricted_at_1": "",
            "contact_points-TOTAL_FORMS": "1",
            "contact_points-INITIAL_FORMS": "1",
            "contact_points-0-id": str(joan.pk),
            "contact_points-0-subject": str(joan.subject_id),
            "contact_points-0-address_kind": "business",
            "contact_points-0-subscriber_kind": "unknown",
            "contact_points-0-address": "marek.nowak@example.com",
            "endings-TOTAL_FORMS": "1",
            "endings-INITIAL_FORMS": "0",
            "endings-0-subject": str(joan.subject_id),
            "endings-0-what": "service",
            "endings-0-day": "2026-06-30",
        },
    )
    joan.refresh_from_db()
    assert answer.status_code == 302
    assert joan.address_kind == AddressKind.BUSINESS
    assert joan.address == JOAN
    assert [(end.what, end.day) for end in Ending.objects.all()] == [("service", date(2026, 6, 30))]


def test_nobody_is_added_or_deleted_here(priya: Client, joan: ContactPoint) -> None:
    for url in (f"{PEOPLE}add/", f"{page_of(joan).removesuffix('change/')}delete/"):
        assert priya.get(url).status_code == 403


def act(priya: Client, model: str, action: str, *pks: object) -> str:
    chosen = {"action": action, "_selected_action": [str(pk) for pk in pks]}
    return priya.post(f"/admin/subjects/{model}/", chosen, follow=True).text


def test_two_people_are_merged_into_the_one_known_longer(
    priya: Client, joan: ContactPoint, marek: ContactPoint
) -> None:
    assert "Merged." in act(priya, "subject", "merge_two", marek.subject_id, joan.subject_id)
    assert set(Subject.objects.living().get().contact_points.all()) == {joan, marek}


def test_one_person_alone_is_not_merged(priya: Client, joan: ContactPoint) -> None:
    assert "Select exactly two people." in act(priya, "subject", "merge_two", joan.subject_id)
    assert not Merge.objects.exists()


def test_a_refused_merge_says_why(priya: Client, joan: ContactPoint, marek: ContactPoint) -> None:
    merging.merge(joan.subject, marek.subject)
    page = act(priya, "subject", "merge_two", joan.subject_id, marek.subject_id)
    assert "was merged into another already" in page


def test_a_merge_is_undone_once(priya: Client, joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    assert f"Merge {merge.pk} is undone." in act(priya, "merge", "undo", merge.pk)
    assert "undone already" in act(priya, "merge", "undo", merge.pk)
    assert Subject.objects.living().count() == 2


@pytest.mark.parametrize("model", ["merge", "suppression"])
def test_merges_and_suppressions_are_read_only(
    priya: Client, joan: ContactPoint, marek: ContactPoint, model: str
) -> None:
    row = {
        "merge": merging.merge(joan.subject, marek.subject),
        "suppression": suppression.suppress(marek, suppression.MARKETING, 5, "opt-out"),
    }[model]
    url = reverse(f"admin:subjects_{model}_change", args=[row.pk])
    assert priya.get(url).status_code == 200
    assert "_save" not in priya.get(url).text
    assert priya.post(url, {}).status_code == 403
    assert priya.get(url.replace("change/", "delete/")).status_code == 403
    assert priya.get(f"/admin/subjects/{model}/add/").status_code == 403
