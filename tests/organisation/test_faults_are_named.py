"""Whatever is wrong in a file is named with file, table, key and remedy, and nothing is loaded."""

import pytest

from portal.organisation import loader
from tests.organisation.conftest import Problems, Variant

# ruff: noqa: E501 - one fault a line: the table is read down its columns
# fmt: off

NEWS = '[purposes.news]\ntitle = "News you signed up for"\n'
OFFERS_BASIS = 'basis = "legitimate_interests"\ninterest = "We want our customers to know what else we can do for them."\n'

FAULTS = {
    # name: (old, new, table, key, part of the message, part of the remedy)
    "unknown table": ("", "[purposse.x]\na = 1", "", "purposse", "no such key", "Did you mean 'purposes'?"),
    "unknown key": ("brand =", "brant =", "look", "brant", "no such key", "Did you mean 'brand'?"),
    "unknown key, far from all": ("brand =", "zzz = 1\nbrand =", "look", "zzz", "no such key", "the keys here are: brand"),
    "key missing": ('legal_name = "OpenMarket"\n', "", "controller", "legal_name", "missing", "a text in quotes"),
    "table missing": ("[look]\nbrand", "[sharing2]\nbrand", "", "look", "missing", "Add it: a table"),
    "text for a list": (
        'data = ["contact", "preferences"]\nchosen_by = "controller"\nchosen_keys = ["basis"]\n\n[purposes.offers]',
        'data = "contact"\n\n[purposes.offers]',
        "purposes.news",
        "data",
        "wrong type",
        "a list",
    ),
    "number for a text": ('name = "OpenMarket"', "name = 7", "", "name", "7 is of the wrong type", "in quotes"),
    "list for a text": ('name = "OpenMarket"', 'name = ["x"]', "", "name", "A list is of the wrong type", "in quotes"),
    "table for a text": ('name = "OpenMarket"', 'name = {x = "y"}', "", "name", "A table is of the wrong type", "in quotes"),
    "text for yes or no": ("stop_all_page = true", 'stop_all_page = "yes"', "marketing", "stop_all_page", "wrong type", "true or"),
    "text for a number": ("fewest_people = 10", 'fewest_people = "10"', "reports", "fewest_people", "wrong type", "number"),
    "yes for a number": ("fewest_people = 10", "fewest_people = true", "reports", "fewest_people", "true is of", "number"),
    "fraction for a number": ("fewest_people = 10", "fewest_people = 9.5", "reports", "fewest_people", "wrong type", "whole"),
    "infinite number": ("fewest_people = 10", "fewest_people = inf", "reports", "fewest_people", "wrong type", "whole"),
    "number for a table": ('[look]\nbrand = "#d6451b"', "", "", "look", "missing", "a table"),
    "text for tables": ("[contracts.service]", '[contracts]\nx = "y"\n[contracts.service]', "contracts", "x", "wrong type", "a table"),
    "list for words": ('refusal = "No thanks, no offers."', 'refusal = ["No"]', "topics.offers", "refusal", "no text", "one text"),
    "number too small": ("fewest_people = 10", "fewest_people = 1", "reports", "fewest_people", "too small", "2 or more"),
    "number too large": ("fewest_people = 10", "fewest_people = 5000", "reports", "fewest_people", "too large", "1000 or less"),
    "empty list": ('channels = ["email", "sms"]', "channels = []", "topics.product-alerts", "channels", "empty", "at least one"),
    "unknown channel": ('["email", "sms"]', '["email", "fax"]', "topics.product-alerts", "channels", "'fax'", "email, sms, phone, post"),
    "basis missing": (f'{NEWS}sentence = "To send you the newsletter you asked for."\nbasis = "consent"\n', f'{NEWS}sentence = "x"\n', "purposes.news", "basis", "lawful basis is missing", "one of: consent"),
    "basis unknown": ('basis = "consent"\nkind = "marketing"', 'basis = "implied"\nkind = "marketing"', "purposes.news", "basis", "no lawful basis", "one of: consent, contract"),
    "kind unknown": ('basis = "consent"\nkind = "marketing"', 'basis = "consent"\nkind = "ads"', "purposes.news", "kind", "'ads'", "marketing, notice"),
    "topic of no purpose": ('purpose = "news"', 'purpose = "new"', "topics.newsletter", "purpose", "no purpose 'new'", "news, offers"),
    "topic on a service purpose": ('purpose = "news"', 'purpose = "service"', "topics.newsletter", "purpose", "people cannot choose", '"marketing" or "notice"'),
    "topic on an internal purpose": ('purpose = "news"', 'purpose = "fraud"', "topics.newsletter", "purpose", "people cannot choose", '"marketing" or "notice"'),
    "sites that share a choice about other things": ('[cookies.sites.www]\n', '[cookies.sites.blog]\ntitle = "Blog"\norigins = ["https://blog.openmarket.com"]\ndomain = "openmarket.com"\ncategories = ["needed"]\n\n[cookies.sites.www]\ndomain = "openmarket.com"\n', "cookies.sites.www", "categories", "[cookies.sites.blog], which has other", "two domains"),
    "cookie of no category": ('category = "recognition"', 'category = "fun"', "cookies.cookies.visitor", "category", "'fun'", "needed, recognition"),
    "retention of no data": ('data = ["usage", "browsing"]\nperiod', 'data = ["shoes"]\nperiod', "retention.usage", "data", "'shoes'", "identity"),
    "purpose of no data": ('data = ["usage", "interests", "role"]', 'data = ["shoes"]', "purposes.tailoring", "data", "'shoes'", "identity"),
    "form of no data": ('data = ["contact", "preferences"]\ntopics', 'data = ["shoes"]\ntopics', "forms.subscribe", "data", "'shoes'", "identity"),
    "system of no data": ('data = ["usage", "contact"]', 'data = ["shoes"]', "systems.messaging", "data", "'shoes'", "identity"),
    "profile of no data": ('data = ["identity", "contact", "social", "role", "interests", "assistant"]', 'data = ["shoes"]', "profile", "data", "'shoes'", "identity"),
    "form of no topic": ('topics = ["offers"]', 'topics = ["offer"]', "forms.order", "topics", "no topic 'offer'", "newsletter"),
    "form of no context": ('context = "purchase"', 'context = "shop"', "forms.order", "context", "'shop'", "website"),
    "form of no source": ('context = "purchase"\nsource = "person"', 'context = "purchase"\nsource = "x"', "forms.order", "source", "'x'", "person"),
    "context of no purpose": ('only_for = "answers"', 'only_for = "x"', "contexts.support", "only_for", "'x'", "news"),
    "contract of no rule": ('notice = "service"', "retention = {x = '1 year'}", "contracts.service", "retention", "'x'", "contacts"),
    "contract of no notice": ('notice = "service"', 'notice = "x"', "contracts.service", "notice", "'x'", "privacy"),
    "contract against a rule": ('notice = "service"', "retention = {contacts = '1 year'}", "contracts.service", "retention", "no room", "by_contract = true"),
    "granted by default": ('frequency = "About once a month"', "default = true", "topics.newsletter", "default", "Nothing is ever granted by default", "Remove the key"),
    "preselected": ('frequency = "About once a month"', "preselected = true", "topics.newsletter", "preselected", "Nothing is ever granted", "Remove the key"),
    "granted, said with a hyphen": ('frequency = "About once a month"', "granted-by-default = false", "topics.newsletter", "granted-by-default", "Nothing is ever granted", "Remove"),
    "form with ticked boxes": ('topics = ["offers"]', 'topics = ["offers"]\npreticked = ["offers"]', "forms.order", "preticked", "Nothing is ever granted", "Remove the key"),
    "category on by default": ('rule = "necessary"', 'rule = "necessary"\nenabled = true', "cookies.categories.needed", "enabled", "Nothing is ever granted", "Remove the key"),
    "no period": ('response = "28 days"', 'response = "6 yeers"', "rights", "response", "'6 yeers' is no period", '"28 days"'),
    "period without unit": ('response = "28 days"', 'response = "28"', "rights", "response", "no period", '"28 days"'),
    "period as a number": ('response = "28 days"', "response = 28", "rights", "response", "28 is no period", '"28 days"'),
    "negative period": ('response = "28 days"', 'response = "-3 days"', "rights", "response", "negative", '"28 days"'),
    "negative retention": ('period = "2 years"', 'period = "-2 years"', "retention.contacts", "period", "negative", "whole number"),
    "no time to answer": ('response = "28 days"', 'response = "0 days"', "rights", "response", "no time at all", "at least one"),
    "breach told too late": ('report_within = "72 hours"', 'report_within = "4 days"', "breach", "report_within", "longer than the law", "72 hours"),
    "answer too late": ('response = "28 days"\nchosen_by', 'response = "93 days"\nchosen_by', "rights", "response", "longer than the law ever allows", "28 days"),
    "one answer too late": ('access = {', 'access = {response = "4 months", ', "rights.offered.access", "response", "longer than the law ever allows", "28 days"),
    "breach in months": ('report_within = "72 hours"', 'report_within = "1 month"', "breach", "report_within", "longer than the law", "72 hours"),
    "link in months": ('preference_link = "90 days"', 'preference_link = "3 months"', "mail", "preference_link", "no exact length", "90 days"),
    "marketing without a yes": ('purpose = "news"', 'purpose = "news"\ncomes_with = ["website"]', "topics.newsletter", "comes_with", "without a yes", "Remove it"),
    "notice of no context": ('purpose = "news"', 'purpose = "news"\ncomes_with = ["pub"]', "topics.newsletter", "comes_with", "no context 'pub'", "website"),
    "soft opt-in on consent": ('basis = "consent"\nkind = "marketing"', 'basis = "consent"\nsoft_opt_in = true\nkind = "marketing"', "purposes.news", "soft_opt_in", "belongs to marketing on legitimate interests", "Remove soft_opt_in"),
    "interest missing": (OFFERS_BASIS, 'basis = "legitimate_interests"\n', "purposes.offers", "interest", "not stated", "Article 13"),
    "obligation missing": (OFFERS_BASIS + 'kind = "marketing"\nsoft_opt_in = true', 'basis = "legal_obligation"\nkind = "internal"', "purposes.offers", "obligation", "not stated", "one sentence"),
    "marketing on contract": ('basis = "consent"\nkind = "marketing"', 'basis = "contract"\nkind = "marketing"', "purposes.news", "basis", "Marketing cannot rest on contract", "consent"),
    "the same basis twice": ('basis = "consent"\nkind = "notice"', 'basis = "consent"\nalternatives = ["consent"]\nkind = "notice"', "purposes.alerts", "alternatives", "already", "other bases"),
    "basis changed to itself": ('basis = "consent"\nkind = "notice"', 'basis = "consent"\nbasis_change = {from = "consent", treatment = "keep"}\nkind = "notice"', "purposes.alerts", "basis_change", "from the basis the purpose has", "before"),
    "partners without consent": ('purpose = "offers"', 'purpose = "offers"\nabout = "partners"', "topics.offers", "about", "by consent only", "consent"),
    "no way to refuse": ('refusal = "No thanks, no offers."\n', "", "topics.offers", "refusal", "simple refusal", "no thanks"),
    "form that asks for nothing": ('asks = "refusal"', 'asks = "nothing"', "forms.order", "asks", "1 topics", "nothing"),
    "form that asks about nothing": ('asks = "nothing"', 'asks = "consent"', "forms.question", "asks", "0 topics", "nothing"),
    "special data undeclared": ('title = "Social networks"', 'title = "Social networks"\nspecial = true', "data_categories.social", "special", "never held", "special_data.held"),
    "special data on contract": ("profiling = true", "profiling = true\nspecial_categories = true", "purposes.tailoring", "basis", "explicit consent", "consent"),
    "documents not permitted": ("[rights.identity]", "[rights.identity]\ncertified = true", "rights.identity", "documents", "No document", "Name them"),
    "age nobody asks for": ("We do not seek data of children.\"", 'We do not."\nremove_below = 16', "children", "declaration", "nobody is asked", "words of the box"),
    "processor of nobody": ('role = "controller"\nsentence = "We decide', 'role = "processor"\nsentence = "We decide', "roles.customers", "on_instruction_of", "instructions", "whose"),
    "an authority of its own": ('role = "controller"\nsentence = "We decide', 'role = "authority"\nsentence = "We decide', "roles.customers", "role", "no authority", "controller"),
    "no colour": ('brand = "#d6451b"', 'brand = "red"', "look", "brand", "'red' is no colour", "#0b5cad"),
    "no time zone": ("Europe/London", "Europe/Londn", "law", "time_zone", "no time zone 'Europe/Londn'", "Europe/London"),
    "time zone outside": ("Europe/London", "../../etc/passwd", "law", "time_zone", "no time zone", "IANA"),
    "bad address": ('email = "compliance@openmarket.com"', 'email = "compliance"', "controller", "email", "no e-mail address", "name@example.org"),
    "http": ('website = "https://www.openmarket.com"', 'website = "http://www.openmarket.com"', "controller", "website", "no https address", "https://"),
    "no host": ('website = "https://www.openmarket.com"', 'website = "https://"', "controller", "website", "no https address", "https://"),
    "broken host": ('website = "https://www.openmarket.com"', 'website = "https://[x"', "controller", "website", "no https address", "https://"),
    "no country": ('country = "GB"', 'country = "England"', "law", "country", "not in the right form", "ISO 3166"),
    "no calendar": ('calendar = "GB-ENG"', 'calendar = "bank"', "law", "calendar", "not in the right form", "GB-ENG"),
    "calendar of nowhere": ('calendar = "GB-ENG"', 'calendar = "GB-XXX"', "law", "calendar", "no holiday calendar 'GB-XXX'", "GB-ENG"),
    "no language": ('languages = ["en-gb"]', 'languages = ["English"]', "law", "languages", "not in the right form", "en-gb"),
    "no statute": ('statute = "uk"', 'statute = "us"', "law", "statute", "'us' is not known", "uk, eu"),
    "no date": ('date = "2017-10-02"\ndate_means', 'date = "2017-13-02"\ndate_means', "notices.privacy", "date", "no date", "2018-06"),
    "text in a strange language": ('title = "OpenMarket Newsletter"', 'title = {en-gb = "News", de = "Brief"}', "topics.newsletter", "title", "'de' is not in law.languages", "Add it there"),
    "text without the first language": ('title = "OpenMarket Newsletter"', 'title = {de = "Brief"}', "topics.newsletter", "title", "missing in en-gb", "first of law.languages"),
    "language misspelt": ('title = "OpenMarket Newsletter"', 'title = {English = "News"}', "topics.newsletter", "title", "no language", "en-gb"),
    "empty text": ('title = "OpenMarket Newsletter"', 'title = " "', "topics.newsletter", "title", "empty", "words people will read"),
    "empty line": ('legal_name = "OpenMarket"', 'legal_name = ""', "controller", "legal_name", "empty", "words"),
    "control character": ('title = "OpenMarket Newsletter"', 'title = "News\\u0000"', "topics.newsletter", "title", "control character", "plain text"),
    "two lines for one": ('legal_name = "OpenMarket"', 'legal_name = "Open\\nMarket"', "controller", "legal_name", "right form", "one short line"),
    "line too long": ('legal_name = "OpenMarket"', f'legal_name = "{"x" * 201}"', "controller", "legal_name", "too long", "200"),
    "text too long": ('title = "OpenMarket Newsletter"', f'title = "{"x" * 2001}"', "topics.newsletter", "title", "longer than 2000", "shorter"),
    "bad code": ("[topics.newsletter]", '[topics."News Letter"]', "topics", "News Letter", "not in the right form", "small letters"),
    "slug": ('slug = "openmarket"', 'slug = "Open Market"', "", "slug", "not in the right form", "small letters"),
    "two topics of one title": ('title = "Technical alerts"', 'title = "Product alerts"', "topics.technical-alerts", "title", "same title as [topics.product-alerts]", "its own"),
    "two cookies of one name": ('name = "__Host-csrf"', 'name = "__Host-session"', "cookies.cookies.csrf", "name", "same name", "its own"),
    "portal's rule missing": ("[retention.suppression]", "[retention.other]", "retention.suppression", "period", "portal itself", "Add the table"),
    "domain under another": ("[cookies.sites.www]", '[cookies.sites.blog]\ntitle = "Blog"\norigins = ["https://blog.openmarket.com"]\ndomain = "blog.openmarket.com"\n\n[cookies.sites.www]\ndomain = "openmarket.com"', "cookies.sites.blog", "domain", "under openmarket.com", "or no domain"),
    "right missing": ("portability = {", "access2 = {", "rights.offered", "access2", "not known", "one of: informed, access"),
    "chosen key unknown": ('chosen_keys = ["frequency", "channels"]', 'chosen_keys = ["frequencies"]', "topics.newsletter", "chosen_keys", "'frequencies'", "Name keys"),
    "chosen keys of nobody": ('chosen_by = "controller"\nchosen_keys = ["frequency", "channels"]', 'chosen_keys = ["frequency"]', "topics.newsletter", "chosen_keys", "without a chooser", "chosen_by"),
    "chosen by whom": ('chosen_by = "controller"\nstatute', 'chosen_by = "us"\nstatute', "law", "chosen_by", "'us'", "policy, controller"),
    "main notice of another kind": ('kind = "privacy"', 'kind = "contract"', "notices.privacy", "kind", "main privacy notice", 'kind = "privacy"'),
}
# fmt: on


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place_and_its_remedy(name: str, variant: Variant, problems: Problems) -> None:
    old, new, table, key, message, remedy = FAULTS[name]
    found = problems(variant(old, new))
    places = [(problem.table, problem.key) for problem in found]
    assert (table, key) in places, found
    problem = found[places.index((table, key))]
    assert problem.file == "ours.toml"
    assert message in problem.message
    assert remedy in problem.remedy


def test_every_fault_of_a_file_is_named_at_once(variant: Variant, problems: Problems) -> None:
    path = variant('brand = "#d6451b"', 'brand = "red"')
    path.write_text(
        path.read_text().replace("Europe/London", "Europe/Londn").replace('response = "28 days"', 'response = "28"')
    )
    assert {(problem.table, problem.key) for problem in problems(path)} == {
        ("look", "brand"),
        ("law", "time_zone"),
        ("rights", "response"),
    }


def test_a_list_whose_entries_are_at_fault_is_not_called_empty_too(variant: Variant, problems: Problems) -> None:
    whole = '["https://www.openmarket.com", "https://staging.openmarket.com"]'
    found = problems(variant(whole, '["https://www.openmarket.com/", "www.openmarket.com"]'))
    assert [problem.message for problem in found] == [
        "'https://www.openmarket.com/' is no https origin.",
        "'www.openmarket.com' is no https origin.",
    ]


def test_a_missing_category_of_the_portal_is_named(variant: Variant, problems: Problems) -> None:
    path = variant("[data_categories.account]", "[data_categories.login]")
    assert ("data_categories.account", "title") in [(problem.table, problem.key) for problem in problems(path)]


def test_a_missing_right_is_named(variant: Variant, problems: Problems) -> None:
    path = variant("human_review = {", "#")
    assert [(problem.table, problem.key) for problem in problems(path)] == [("rights.offered.human_review", "sentence")]


def test_special_data_need_a_purpose_that_says_so(variant: Variant, problems: Problems) -> None:
    path = variant('data = ["device"]', 'data = ["device", "sensitive"]', slug="opencontact")
    assert [(problem.table, problem.key) for problem in problems(path)] == [("purposes.site", "data")]


def test_a_problem_reads_as_a_sentence(variant: Variant, problems: Problems) -> None:
    problem = problems(variant('brand = "#d6451b"', 'brand = "red"'))[0]
    assert (
        str(problem) == "ours.toml: [look] brand: 'red' is no colour. Write # and six hexadecimal digits: \"#0b5cad\"."
    )


def test_the_error_says_all_problems(variant: Variant) -> None:
    with pytest.raises(loader.OrganisationFileError, match=r"\[look\] brand: 'red' is no colour"):
        loader.read(variant('brand = "#d6451b"', 'brand = "red"'))
