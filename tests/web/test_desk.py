"""Staff come to the desk by the same door as everybody, and find their way about."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from portal.jobs.models import JobRun

pytestmark = pytest.mark.django_db


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client, priya: User) -> None:
    answer = client.get("/admin/jobs/jobrun/", follow=True)
    assert answer.redirect_chain[-1][0] == "/account/login/?next=/admin/jobs/jobrun/"
    client.post(answer.redirect_chain[-1][0], {"login": priya.email, "password": "correct horse battery"})
    assert client.get("/admin/jobs/jobrun/").status_code == 200


def test_whoever_is_signed_in_already_goes_straight_in(client: Client, priya: User) -> None:
    client.force_login(priya)
    assert client.get("/admin/login/", follow=True).redirect_chain == [("/admin/", 302)]


def test_a_customer_is_told_that_it_is_not_theirs(client: Client, joan: User) -> None:
    client.force_login(joan)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "You are signed in as" in answer.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(client: Client, priya: User, target: str) -> None:
    address = client.get("/admin/login/", {"next": target})["Location"]
    answer = client.post(address, {"login": priya.email, "password": "correct horse battery"})
    assert "evil.example" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")


def test_a_password_is_changed_where_its_owner_is_told_by_mail(client: Client, priya: User) -> None:
    client.force_login(priya)
    assert client.get("/admin/password_change/")["Location"] == "/account/password/change/"


def test_a_list_is_searched_by_a_field_with_a_label(client: Client, priya: User, joan: User) -> None:
    client.force_login(priya)
    page = client.get("/admin/consent_ledger/event/", {"q": "newsletter", "actor__exact": "person"}).content.decode()
    assert '<label for="searchbar">Search</label>' in page
    assert 'value="newsletter" id="searchbar"' in page
    assert re.search(r'<input type="hidden" name="actor__exact" value="person">', page)
    assert "0 found" in page


def test_a_list_writes_times_as_every_other_page_does(client: Client, priya: User) -> None:
    JobRun.objects.create(name="test.sweep", outcome="succeeded", started_at=datetime(2026, 3, 17, 11, 32, tzinfo=UTC))
    client.force_login(priya)
    page = client.get("/admin/jobs/jobrun/").content.decode()
    assert "17 March 2026, 12:32" in page, "in the organisation’s own time"
    assert not re.search(r"[ap]\.m\.|noon|midnight", page)


def test_the_desk_bears_the_organisations_name_and_leads_back(client: Client, priya: User) -> None:
    client.force_login(priya)
    page = client.get("/admin/").content.decode()
    assert "Open-E: privacy desk" in page
    assert '<a href="/">Privacy centre</a>' in page
    assert "Django administration" not in page
