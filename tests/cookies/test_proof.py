"""Staff find a choice by the reference somebody quotes, and prove it; they change nothing, and leave their name."""

from datetime import UTC

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import flows as accounts
from accounts.groups import AUDITOR, EDITOR, PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from consent.cookies import register
from consent.cookies.choice_cookie import Credentials, new_key, quoted
from consent.cookies.flows import Save, link, remove, save
from consent.cookies.models import Choice
from consent.cookies.vocabulary import Means
from consent.ledger.models import Text
from portal import append_only
from portal.organisation.models import OrganisationVersion
from portal.organisation.versions import Current
from tests.preferences.conftest import new_version, words_of

pytestmark = pytest.mark.django_db


def staff(group: str) -> Client:
    """Somebody at the desk with the rights of a group."""
    client = Client()
    user = accounts.open_account(f"{group.lower().replace(' ', '.')}@staff.example", staff=True, groups=(group,))
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def priya(organisation: Current) -> Client:
    """The privacy officer."""
    return staff(PRIVACY_OFFICER)


@pytest.fixture
def joans(organisation: Current) -> Credentials:
    """Joan's browser, in which counting was allowed and then taken back."""
    who = Credentials.drawn()
    for choices in ({"analytics": True}, {}):
        save(
            Save(
                site="www",
                version=organisation.number,
                choices=choices,
                means=Means.SCRIPT,
                key=new_key(),
                path="/shop/",
                credentials=who,
            )
        )
    return who


def prove(client: Client, who: Credentials) -> str:
    answer = client.post(reverse("admin:consent_cookies_proof", args=[who.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


BROWSERS, CHOICES = (f"/admin/consent_cookies/{model}/" for model in ("browser", "choice"))


def look_for(client: Client, place: str, typed: str) -> str:
    """The page that a search leads to."""
    return client.post(place, {"address": typed}, follow=True).content.decode()


def listed(page: str) -> str:
    return words_of(page.partition('id="result_list"')[2])


@pytest.mark.parametrize(
    "typed", ["7QK2 M9XA 4TBD 10CE", " 7qk2-m9xa-4tbd-10ce ", "7QK2–M9XA‑4TBD−10CE", "7QK2M9XA4TBDLOCE"]
)
def test_a_reference_is_found_however_somebody_wrote_it_down(
    priya: Client, joans: Credentials, organisation: Current, typed: str
) -> None:
    who = Credentials("7QK2M9XA4TBD10CE", new_key())
    save(Save(site="www", version=1, choices={"analytics": True}, means=Means.SCRIPT, key=new_key(), credentials=who))

    assert "<h2>7QK2-M9XA-4TBD-10CE</h2>" in look_for(priya, BROWSERS, typed)
    assert "7QK2-M9XA-4TBD-10CE" in listed(look_for(priya, CHOICES, typed))
    assert quoted(joans.reference) not in listed(look_for(priya, CHOICES, typed))


def test_a_reference_looked_for_is_posted_and_the_choices_found_stand_under_an_address_without_it(
    priya: Client, joans: Credentials
) -> None:
    for place in (BROWSERS, CHOICES):
        form = priya.get(place).content.decode().partition('id="changelist-search"')[2].partition("</form>")[0]
        assert 'method="post"' in form
        assert "show all" not in form
    answer = priya.post(CHOICES, {"address": quoted(joans.reference)})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert listed(page).count(quoted(joans.reference)) == 2
    assert f'value="{quoted(joans.reference)}"' in page
    assert '<a href="?">show all</a>' in page


@pytest.mark.parametrize("typed", ["ZZZZ-ZZZZ-ZZZZ-ZZZZ", "joan.archer@example.org", "", "\0", "5" * 5_000])
@pytest.mark.parametrize("place", [BROWSERS, CHOICES])
def test_a_reference_nobody_has_is_said_to_be_unknown(
    priya: Client, joans: Credentials, place: str, typed: str
) -> None:
    page = look_for(priya, place, typed)
    assert "No browser has this reference." in words_of(page)
    assert quoted(joans.reference) in listed(page)


def test_staff_who_may_not_see_choices_learn_nothing_by_looking_for_them(joans: Credentials) -> None:
    editor = staff(EDITOR)
    for place in (BROWSERS, CHOICES):
        for typed in (joans.reference, "ZZZZ-ZZZZ-ZZZZ-ZZZZ"):
            assert editor.post(place, {"address": typed}).status_code == 403


def test_choices_say_what_sites_and_categories_were_called_then_and_a_longer_list_asks_no_more(
    priya: Client, joans: Credentials, organisation: Current
) -> None:
    def asked() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            page = priya.get(CHOICES).content.decode()
        return words_of(page.partition('id="result_list"')[2]), len(queries)

    new_version(organisation, lambda content: content["cookies"]["categories"]["analytics"].update(title="Statistics"))
    said, few = asked()
    assert "Counting visits chosen one by one" in said
    assert "nothing withdrawn" in said
    for allowed in ({"analytics": True}, {"analytics": True, "sharing": True}) * 3:
        save(Save(site="www", version=2, choices=allowed, means=Means.SCRIPT, key=new_key()))
    said, many = asked()
    assert "Counting visits chosen one by one" in said
    shop = register.title(organisation.organisation, "www")
    assert f"{shop} Statistics, Social media and advertising chosen one by one" in said
    assert many <= few + 1  # the version that is new in it
    assert "0 cookie choices" in words_of(priya.get(CHOICES, {"site": "forum"}).content.decode())

    first = reverse("admin:consent_cookies_choice_change", args=[Choice.objects.order_by("pk")[0].pk])
    page = words_of(priya.get(first).content.decode())
    assert "Allowed: Counting visits Refused: Your settings, Social media and advertising" in page
    assert "analytics" not in page


def test_the_proof_names_the_site_and_its_moments_leave_no_doubt(
    priya: Client, joans: Credentials, organisation: Current
) -> None:
    said = words_of(prove(priya, joans))

    assert "Through consent.js on a site Site Website and shop (www) Page /shop/" in said
    assert f"Times Of {organisation.organisation.law.time_zone}, unless UTC stands beside them" in said
    for choice in Choice.objects.all():
        assert f"Recorded {choice.recorded_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" in said


def test_the_page_of_a_browser_says_nothing_of_a_link_that_nobody_declined(priya: Client, joans: Credentials) -> None:
    page = reverse("admin:consent_cookies_browser_change", args=[joans.reference])
    said = words_of(priya.get(page).content.decode())

    assert "Somebody signed in" not in said
    assert "Linking declined at: – " in said


def test_the_proof_holds_the_words_the_register_and_everything_kept(
    priya: Client, joans: Credentials, organisation: Current
) -> None:
    page = prove(priya, joans)

    choice = Choice.objects.order_by("id")[0]
    assert quoted(joans.reference) in page
    assert joans.secret_hash in page
    assert joans.secret not in page
    assert "May we use optional cookies? None run unless you agree." in page
    assert choice.text_id in page
    assert choice.organisation_version.digest in page
    assert "Counts pages read, without knowing who reads them." in page
    assert "chosen one by one" in page
    assert "withdrawn" in page
    assert choice.key in page
    assert "They still have the fingerprint" in page


@pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)
def test_a_cookie_is_described_as_visitors_read_it(priya: Client, organisation: Current) -> None:
    who = Credentials.drawn()
    save(Save(site="www", version=1, choices={"measuring": True}, means=Means.SCRIPT, key=new_key(), credentials=who))

    read, proven = words_of(Client().get("/cookies/").content.decode()), words_of(prove(priya, who))

    for said in ("a tiny picture", "Leaves nothing in your browser", "1 year"):
        assert said in read
        assert said in proven
    assert "Until the browser is closed" not in proven


def test_words_that_were_altered_since_are_called_so(priya: Client, joans: Credentials) -> None:
    with append_only.removed():
        Text.objects.filter(pk=Choice.objects.order_by("id")[0].text_id).update(body="Say yes.")

    assert "They no longer have the fingerprint" in prove(priya, joans)


def test_a_register_that_was_altered_since_is_called_so(priya: Client, joans: Credentials) -> None:
    assert "It no longer has that fingerprint" not in prove(priya, joans)

    with append_only.removed():
        version = OrganisationVersion.objects.get()
        version.content = version.content.replace("Counts pages read", "Counts nothing")
        version.save()

    assert "It no longer has that fingerprint" in prove(priya, joans)


@pytest.mark.parametrize("signal", [True, False])
def test_what_was_said_about_the_browsers_signal_is_among_the_words(organisation: Current, signal: bool) -> None:
    save(Save(site="www", version=1, choices={"analytics": True}, means=Means.SCRIPT, key=new_key(), signal=signal))

    said = "so these stay off: Social media and advertising. “Yes, all” allows the rest."
    assert (said in Choice.objects.get().text.body) is signal


def test_a_linked_browser_names_the_record_of_the_person(priya: Client, joans: Credentials) -> None:
    joan = accounts.open_account("joan.archer@example.org", "green kettle on Tuesdays")
    assert joan.subject is not None
    page = reverse("admin:consent_cookies_browser_change", args=[joans.reference])
    assert "Nobody: it was never linked" in priya.get(page).content.decode()

    link(joans, joan.subject)

    assert str(joan.subject_id) in prove(priya, joans)
    assert reverse("admin:subjects_subject_change", args=[joan.subject_id]) in priya.get(page).content.decode()


def test_who_draws_a_proof_is_written_down_and_a_look_at_the_address_draws_none(
    priya: Client, joans: Credentials
) -> None:
    address = reverse("admin:consent_cookies_proof", args=[joans.reference])
    assert priya.get(address)["Location"] == reverse("admin:consent_cookies_browser_change", args=[joans.reference])
    assert not LogEntry.objects.exists()

    prove(priya, joans)

    entry = LogEntry.objects.get()
    assert entry.user == User.objects.get(email="privacy.officer@staff.example")
    assert (entry.object_id, entry.change_message) == (joans.reference, "Drew the proof of the choices")


def test_a_reference_nobody_has_proves_nothing(priya: Client, joans: Credentials) -> None:
    remove(joans)

    assert priya.post(reverse("admin:consent_cookies_proof", args=[joans.reference])).status_code == 404


@pytest.mark.parametrize(("group", "status"), [(PRIVACY_OFFICER, 200), (SUPPORT, 200), (AUDITOR, 200), (EDITOR, 403)])
def test_each_group_sees_what_it_may_and_changes_nothing(joans: Credentials, group: str, status: int) -> None:
    client = staff(group)
    choice = Choice.objects.latest("id")
    addresses = {
        "browser": joans.reference,
        "choice": choice.pk,
    }
    for model, pk in addresses.items():
        page = reverse(f"admin:consent_cookies_{model}_change", args=[pk])
        assert client.get(page).status_code == status
        assert client.post(page, {"site": "blog"}).status_code == 403
        assert client.post(reverse(f"admin:consent_cookies_{model}_delete", args=[pk])).status_code == 403
        assert client.get(reverse(f"admin:consent_cookies_{model}_add")).status_code == 403
    assert client.get(reverse("admin:consent_cookies_removal_changelist")).status_code == status
    assert client.get(reverse("admin:consent_cookies_figures")).status_code == status
    assert client.post(reverse("admin:consent_cookies_proof", args=[joans.reference])).status_code == status
