"""The facts of the five published policies, each in its file."""

import pytest

from portal.organisation import loader
from portal.organisation.schema import (
    About,
    Asks,
    Basis,
    ChannelName,
    CookieRule,
    DateMeans,
    Happens,
    MailOnChange,
    OptOutEnds,
    Organisation,
    PersonalAddresses,
    PurposeKind,
    RequestsOf,
    RightName,
    SpecialCategories,
    Statute,
)

CHANNELS = {ChannelName.EMAIL, ChannelName.POST, ChannelName.SMS, ChannelName.PHONE}


@pytest.fixture(scope="module")
def openmarket() -> Organisation:
    return loader.read("openmarket")


@pytest.fixture(scope="module")
def open_ecx() -> Organisation:
    return loader.read("open-ecx")


@pytest.fixture(scope="module")
def opencontact() -> Organisation:
    return loader.read("opencontact")


@pytest.fixture(scope="module")
def openitio() -> Organisation:
    return loader.read("openitio")


@pytest.fixture(scope="module")
def open_e() -> Organisation:
    return loader.read("open-e")


# OpenMarket


def test_openmarket_says_who_it_is(openmarket: Organisation) -> None:
    assert openmarket.controller.parent == "Amdocs"
    assert openmarket.controller.email == "compliance@openmarket.com"
    policy = openmarket.notices["privacy"]
    assert (policy.date, policy.date_means) == ("2017-10-02", DateMeans.IN_FORCE)


def test_openmarkets_alerts_are_no_marketing_and_its_news_is(openmarket: Organisation) -> None:
    kinds = {code: openmarket.purposes[topic.purpose].kind for code, topic in openmarket.topics.items()}
    assert kinds == {
        "newsletter": PurposeKind.MARKETING,
        "offers": PurposeKind.MARKETING,
        "product-alerts": PurposeKind.NOTICE,
        "technical-alerts": PurposeKind.NOTICE,
    }


def test_openmarket_profiles_for_marketing_as_a_purpose_of_its_own(openmarket: Organisation) -> None:
    tailoring = openmarket.purposes["tailoring"]
    assert tailoring.profiling
    assert tailoring.kind is PurposeKind.MARKETING
    assert [code for code, purpose in openmarket.purposes.items() if purpose.profiling] == ["tailoring"]


def test_openmarket_shows_a_profile_with_the_assistant_and_tells_the_assistant(openmarket: Organisation) -> None:
    assert {"contact", "social", "role", "assistant", "interests"} <= set(openmarket.profile.data)
    assert openmarket.profile.assistant
    assert openmarket.telling.assistants
    assert openmarket.telling.within.as_written() == "1 month"
    assert openmarket.data_categories["social"].fields == ("Facebook", "Twitter", "LinkedIn")
    assert "Fax number" in openmarket.data_categories["contact"].fields


def test_openmarkets_one_page_stops_all_marketing(openmarket: Organisation) -> None:
    assert openmarket.marketing.stop_all_page
    assert not openmarket.marketing.our_choice("stop_all_page")


def test_openmarkets_reports_name_nobody(openmarket: Organisation) -> None:
    assert openmarket.reports.shared
    assert openmarket.reports.fewest_people >= 2


def test_openmarkets_recipients_and_sources_are_those_of_its_policy(openmarket: Organisation) -> None:
    assert set(openmarket.recipients) == {
        *("group", "suppliers", "processors", "agencies", "debt-collectors", "public-bodies", "successor"),
    }
    assert {"fraud-prevention", "directories", "credit-reference"} <= set(openmarket.sources)
    assert openmarket.transfers.happens is Happens.POSSIBLE


def test_openmarket_copies_data_on_written_request(openmarket: Organisation) -> None:
    assert openmarket.rights.offered[RightName.ACCESS].in_writing
    assert not openmarket.rights.offered[RightName.ACCESS].our_choice()


def test_openmarket_lists_changes_and_may_mail_them(openmarket: Organisation) -> None:
    assert openmarket.notice_changes.change_list
    assert openmarket.notice_changes.mail_significant is MailOnChange.MAY
    assert openmarket.notice_changes.consent_where_required
    assert openmarket.notices["service"].kind == "contract"
    assert openmarket.contracts["service"].notice == "service"


def test_openmarket_knows_a_visitor_again_and_uses_beacons(openmarket: Organisation) -> None:
    assert openmarket.cookies.cookies["visitor"].lasts is not None
    assert {cookie.kind.value for cookie in openmarket.cookies.cookies.values()} == {"cookie", "beacon"}
    assert openmarket.notices["cookies"].kind == "cookies"


# Open ECX


def test_open_ecx_says_who_it_is(open_ecx: Organisation) -> None:
    who = open_ecx.controller
    assert (who.legal_name, who.company_number) == ("Open ECX Limited", "08036689")
    assert who.address == ("Manor Court", "Salisbury Hall Lane", "Ribchester", "Preston PR3 3XR")
    assert who.email == "enquiries@openecx.co.uk"
    assert open_ecx.notices["privacy"].date == "2018-06-21"


def test_open_ecxs_table_of_purposes_and_bases(open_ecx: Organisation) -> None:
    everything = set(open_ecx.data_categories)
    table = {code: (purpose.basis, set(purpose.data)) for code, purpose in open_ecx.purposes.items()}
    assert table["services"] == (Basis.CONTRACT, everything)
    assert table["payments"] == (Basis.CONTRACT, {"transactions", "payment"})
    assert open_ecx.purposes["payments"].alternatives == (Basis.CONSENT,)
    assert table["queries"] == (Basis.LEGAL_OBLIGATION, everything)
    assert table["training"] == (Basis.LEGITIMATE_INTERESTS, everything)
    assert table["credit-checks"] == (Basis.CONTRACT, {"contact", "payment"})
    assert table["money-laundering"] == (Basis.LEGAL_OBLIGATION, {"contact"})
    assert table["marketing"] == (Basis.LEGITIMATE_INTERESTS, everything - {"payment"})
    assert table["fraud"] == (Basis.LEGITIMATE_INTERESTS, everything)


def test_open_ecx_chose_the_basis_of_product_development_itself(open_ecx: Organisation) -> None:
    assert open_ecx.purposes["development"].our_choice("basis")
    assert not open_ecx.purposes["marketing"].our_choice("basis")


def test_open_ecx_markets_by_soft_opt_in_on_four_channels(open_ecx: Organisation) -> None:
    assert open_ecx.purposes["marketing"].soft_opt_in
    assert set(open_ecx.topics["product-news"].channels) == CHANNELS


def test_open_ecxs_partners_come_by_consent_only(open_ecx: Organisation) -> None:
    topic = open_ecx.topics["partner-products"]
    assert topic.about is About.PARTNERS
    assert open_ecx.purposes[topic.purpose].basis is Basis.CONSENT


def test_open_ecx_asks_for_feedback_as_a_topic_of_its_own(open_ecx: Organisation) -> None:
    assert open_ecx.topics["feedback"].purpose == "feedback"


def test_open_ecxs_forms_gate_and_record(open_ecx: Organisation) -> None:
    gates = {code for code, form in open_ecx.forms.items() if form.gates}
    assert gates == {"datasheet", "case-study", "video", "webinar", "event"}
    assert {"survey", "chat", "enquiry"} <= set(open_ecx.forms)
    assert all(form.records_untaken for form in open_ecx.forms.values() if form.topics)


def test_open_ecx_names_sources_and_recipients(open_ecx: Organisation) -> None:
    assert open_ecx.sources["data-lists"].basis is Basis.LEGITIMATE_INTERESTS
    assert set(open_ecx.sources) == {
        *("person", "customers", "group", "related", "data-lists", "credit-reference", "registers"),
    }
    assert set(open_ecx.recipients) == {
        *("group", "advisers", "approved", "credit-reference", "providers", "purchasers", "regulators", "police"),
    }


def test_open_ecx_permits_two_documents_by_post(open_ecx: Organisation) -> None:
    identity = open_ecx.rights.identity
    assert len(identity.documents) == 2
    assert identity.certified
    assert identity.by_post


def test_open_ecx_moves_data_to_another_provider_and_asks_to_hear_complaints_first(open_ecx: Organisation) -> None:
    assert open_ecx.rights.offered[RightName.PORTABILITY].to_others
    assert open_ecx.authority.asks_to_hear_first
    assert "Information Commissioner" in str(open_ecx.authority.name)


# OpenContact


def test_opencontact_says_who_it_is(opencontact: Organisation) -> None:
    who = opencontact.controller
    assert (who.company_number, who.address[-1]) == ("4064781", "Norwich NR1 3PA")
    assert who.registered_with_authority
    assert who.email == "info@opencontact.co.uk"
    assert opencontact.notices["privacy"].date is None


def test_opencontact_answers_within_28_days_and_promised_it_for_access(opencontact: Organisation) -> None:
    access = opencontact.rights.offered[RightName.ACCESS]
    assert access.response is not None
    assert access.response.as_written() == "28 days"
    assert not access.our_choice()


def test_opencontact_passes_on_what_belongs_to_its_clients(opencontact: Organisation) -> None:
    role = opencontact.roles["clients-customers"]
    assert role.role == "processor"
    assert role.requests is RequestsOf.PASS_ON


def test_opencontact_writes_to_private_addresses_by_consent_only(opencontact: Organisation) -> None:
    assert opencontact.marketing.personal_addresses is PersonalAddresses.CONSENT
    assert opencontact.purposes["business-marketing"].basis is Basis.LEGITIMATE_INTERESTS
    assert opencontact.purposes["personal-updates"].basis is Basis.CONSENT


def test_opencontacts_opt_out_covers_the_company_for_ever_and_ends_all_for_applicants(
    opencontact: Organisation,
) -> None:
    assert opencontact.marketing.company_opt_out_covers_people
    assert opencontact.marketing.opt_out_is_for_ever
    assert opencontact.contexts["applications"].opt_out_ends is OptOutEnds.EVERYTHING


def test_opencontact_records_the_boxes_left_empty(opencontact: Organisation) -> None:
    assert opencontact.forms["subscribe"].records_untaken
    assert opencontact.forms["quote"].asks is Asks.REFUSAL


def test_opencontact_has_three_cookie_categories_to_choose(opencontact: Organisation) -> None:
    asked = [code for code, one in opencontact.cookies.categories.items() if one.rule is CookieRule.CONSENT]
    assert asked == ["analytical", "functionality", "targeting"]


def test_opencontacts_contracts_carry_their_own_periods(opencontact: Organisation) -> None:
    assert opencontact.retention["client-calls"].by_contract
    assert opencontact.contracts["standard"].retention["client-calls"].as_written() == "3 months"


def test_opencontact_reports_serious_breaches_within_72_hours(opencontact: Organisation) -> None:
    breach = opencontact.breach
    assert breach.report_within.as_written() == "72 hours"
    assert set(breach.serious) == {"financial", "physical", "emotional", "identity-theft", "insurance", "many-people"}
    assert breach.serious["many-people"].people == 10
    assert set(breach.not_reportable) == {"staff-data"}
    assert breach.records_all


def test_opencontact_holds_special_data_with_express_consent_only(opencontact: Organisation) -> None:
    assert opencontact.special_data.held is SpecialCategories.EXPLICIT_CONSENT


def test_opencontact_keeps_device_data_and_stays_in_the_eea_unless_told(opencontact: Organisation) -> None:
    assert set(opencontact.data_categories["device"].fields) == {
        *("IP address", "Browser", "Domain", "Access times", "Referring address"),
    }
    assert "client" in str(opencontact.transfers.on_instruction_of)
    assert opencontact.collection.least_data


# Openitio


def test_openitio_says_who_it_is_and_since_when(openitio: Organisation) -> None:
    who = openitio.controller
    assert (who.company_number, who.address[0]) == ("12166309", "PO Box 86-90")
    policy = openitio.notices["privacy"]
    assert (policy.date, policy.date_means) == ("2020-02", DateMeans.RELEASED)


@pytest.mark.parametrize("rule", ["contacts", "dealings"])
def test_openitio_keeps_dealings_up_to_six_years_after_the_last_contact(openitio: Organisation, rule: str) -> None:
    found = openitio.retention[rule]
    assert (found.period.as_written(), found.from_) == ("6 years", "last_contact")
    assert found.up_to
    assert not found.opt_out_restarts
    assert not found.our_choice()


def test_openitio_keeps_a_cv_longer_for_a_reason(openitio: Organisation) -> None:
    assert openitio.retention["applications"].may_be_longer is not None


def test_openitios_ages(openitio: Organisation) -> None:
    children = openitio.children
    assert (children.parental_consent_below, children.remove_below) == (13, 16)
    assert openitio.marketing.minimum_age == 16
    assert str(children.declaration) == "I am 16 or over"
    assert children.requests_minimum_age is None
    assert openitio.retention["under-age"].period.amount == 0


def test_openitios_support_desk_serves_one_purpose_and_never_marketing(openitio: Organisation) -> None:
    context = openitio.contexts["support-desk"]
    assert not context.marketing
    assert context.only_for == "support-authority"


def test_openitio_keeps_nothing_of_a_friend(openitio: Organisation) -> None:
    assert not openitio.contexts["email-a-friend"].kept
    assert not openitio.contexts["email-a-friend"].marketing
    assert openitio.retention["friends"].period.amount == 0


def test_openitios_legitimate_interests(openitio: Organisation) -> None:
    interests = [code for code, one in openitio.purposes.items() if one.basis is Basis.LEGITIMATE_INTERESTS]
    stated = [code for code in interests if not openitio.purposes[code].our_choice("basis")]
    assert stated == ["technology-marketing", "personal-service", "improvement", "trends", "claims", "rights"]


def test_openitio_tells_people_found_elsewhere_at_the_first_contact(openitio: Organisation) -> None:
    assert openitio.telling.at_first_contact
    assert openitio.telling.within.as_written() == "1 month"
    assert {"search-engines", "linkedin"} <= {code for code, source in openitio.sources.items() if not source.person}


def test_every_mail_of_openitio_carries_a_layered_notice(openitio: Organisation) -> None:
    assert openitio.mail.layered_notice
    assert not openitio.mail.our_choice("layered_notice")


def test_openitio_offers_human_intervention_and_a_cookie_policy_to_download(openitio: Organisation) -> None:
    assert not openitio.rights.offered[RightName.HUMAN_REVIEW].our_choice()
    assert openitio.cookies.policy_download
    assert openitio.cookies.cookies["ga"].name == "_ga"
    assert openitio.cookies.cookies["ga"].provider == "Google"


def test_openitio_checks_applicants_by_agreement_only_and_sells_nothing(openitio: Organisation) -> None:
    assert openitio.purposes["security-checks"].basis is Basis.CONSENT
    assert openitio.special_data.held is SpecialCategories.EXPLICIT_CONSENT_OR_CONDITION
    assert not openitio.sharing.sold
    assert not openitio.sharing.our_choice("sold")


# Open-E


def test_open_e_says_who_it_is_and_chose_its_law(open_e: Organisation) -> None:
    assert open_e.controller.address == ("2853 Wendy Springs Court", "Marietta, GA 30062", "USA")
    assert open_e.controller.email == "privacy@open-e.com"
    assert open_e.law.statute is Statute.EU
    assert open_e.law.our_choice("statute")
    assert open_e.notices["privacy"].date == "2018-05-25"


def test_open_e_markets_to_subscribers_only(open_e: Organisation) -> None:
    marketing = [one for one in open_e.purposes.values() if one.kind is PurposeKind.MARKETING]
    assert {one.basis for one in marketing} == {Basis.CONSENT}
    assert not any(one.our_choice("basis") for one in marketing)
    assert str(open_e.marketing.settings_title) == "Notification and Newsletter settings"


def test_open_es_topics(open_e: Organisation) -> None:
    titles = [str(topic.title) for topic in open_e.topics.values()]
    assert titles[:3] == ["Open-E Newsletter", "Partner Exclusive News", "Webinar Invitations"]
    assert {"promotions", "product-updates"} <= set(open_e.topics)


@pytest.mark.parametrize("code", ["forum", "blog"])
def test_what_open_e_knows_from_forum_and_blog_is_public_and_never_marketed_to(open_e: Organisation, code: str) -> None:
    context = open_e.contexts[code]
    assert not context.marketing
    assert context.public
    assert "everybody" in str(context.sentence)


def test_open_es_forum_mails_have_a_switch_of_their_own(open_e: Organisation) -> None:
    topic = open_e.topics["forum-answers"]
    assert open_e.purposes[topic.purpose].kind is PurposeKind.NOTICE


def test_open_e_asks_before_a_use_that_does_not_fit(open_e: Organisation) -> None:
    assert open_e.collection.new_purpose_needs_consent
    assert not open_e.collection.our_choice("new_purpose_needs_consent")


def test_open_es_cookie_categories(open_e: Organisation) -> None:
    assert list(open_e.cookies.categories) == ["essential", "functionality", "analytics", "sharing"]
    assert open_e.cookies.categories["sharing"].shared


def test_open_es_people_manage_their_data_and_can_raise_the_alarm(open_e: Organisation) -> None:
    assert open_e.profile.managed_in_account
    assert not open_e.profile.our_choice()
    assert open_e.breach.people_can_report
    assert not open_e.breach.our_choice("people_can_report")
    assert not open_e.rights.offered[RightName.PORTABILITY].our_choice()
