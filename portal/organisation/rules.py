"""What the keys of an organisation file must be to each other: references, and what the law ties together.

Each rule is a generator of problems whose ``file`` is left to the loader. A rule looks at whole tables that
already have the right shape.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel

from portal.organisation import working_days
from portal.organisation.problems import Problem
from portal.organisation.schema import (
    PORTAL_CATEGORIES,
    PORTAL_RULES,
    PORTAL_SITE,
    About,
    Asks,
    Basis,
    CookieRule,
    NoticeKind,
    Organisation,
    PartyRole,
    Purpose,
    PurposeKind,
    RightName,
    SpecialCategories,
    Statute,
    Words,
)

Rule = Callable[[Organisation], Iterator[Problem]]

MARKETING_BASES = (Basis.CONSENT, Basis.LEGITIMATE_INTERESTS)
BREACH_LIMIT = timedelta(hours=72)
"""Article 33(1) GDPR."""
LONGEST_ANSWER = timedelta(days=92)
"""Three months, Article 12(3) GDPR."""
_FEWEST_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_TITLED = (
    *("purposes", "topics", "service_mails", "contexts", "forms", "data_categories", "sources", "recipients"),
    *("retention", "contracts", "systems", "notices", "roles"),
)


def problems(organisation: Organisation) -> list[Problem]:
    """Everything the rules hold against the file."""
    return [problem for rule in RULES for problem in rule(organisation)]


def _fault(table: str, key: str, message: str, remedy: str) -> Problem:
    return Problem("", table, key, message, remedy)


def _unknown(table: str, key: str, kind: str, wanted: Iterable[str], known: Collection[str]) -> Iterator[Problem]:
    for code in wanted:
        if code not in known:
            yield _fault(table, key, f"There is no {kind} {code!r}.", f"Write one of: {', '.join(known)}; or add it.")


def references_lead_somewhere(organisation: Organisation) -> Iterator[Problem]:
    """Every code that names another table's entry finds it."""
    data, purposes = organisation.data_categories, organisation.purposes
    with_data: dict[str, Mapping[str, object]] = {
        "purposes": purposes,
        "forms": organisation.forms,
        "retention": organisation.retention,
        "systems": organisation.systems,
    }
    for name, entries in with_data.items():
        for code, entry in entries.items():
            yield from _unknown(f"{name}.{code}", "data", "data category", getattr(entry, "data", ()), data)
    yield from _unknown("profile", "data", "data category", organisation.profile.data, data)
    for code, topic in organisation.topics.items():
        yield from _unknown(f"topics.{code}", "purpose", "purpose", [topic.purpose], purposes)
        yield from _unknown(f"topics.{code}", "comes_with", "context", topic.comes_with, organisation.contexts)
    for code, context in organisation.contexts.items():
        yield from _unknown(f"contexts.{code}", "only_for", "purpose", _given(context.only_for), purposes)
    for code, form in organisation.forms.items():
        yield from _unknown(f"forms.{code}", "context", "context", [form.context], organisation.contexts)
        yield from _unknown(f"forms.{code}", "source", "source", [form.source], organisation.sources)
        yield from _unknown(f"forms.{code}", "topics", "topic", form.topics, organisation.topics)
    for code, cookie in organisation.cookies.cookies.items():
        known = organisation.cookies.categories
        yield from _unknown(f"cookies.cookies.{code}", "category", "cookie category", [cookie.category], known)
    for code, site in organisation.cookies.sites.items():
        known = organisation.cookies.categories
        yield from _unknown(f"cookies.sites.{code}", "categories", "cookie category", site.categories, known)
    for code, contract in organisation.contracts.items():
        table = f"contracts.{code}"
        yield from _unknown(table, "retention", "retention rule", contract.retention, organisation.retention)
        yield from _unknown(table, "notice", "notice", _given(contract.notice), organisation.notices)


def _given(code: str | None) -> list[str]:
    return [code] if code else []


def what_must_stand_there(organisation: Organisation) -> Iterator[Problem]:
    """Entries no file can do without: what the portal itself holds, the rights of the law, the main notice."""
    for code in PORTAL_RULES:
        if code not in organisation.retention:
            message = "The rule is missing; the portal itself holds such records."
            yield _fault(f"retention.{code}", "period", message, "Add the table, with how long they are kept.")
    for code in PORTAL_CATEGORIES:
        if code not in organisation.data_categories:
            message = "The category is missing; the portal itself holds such data."
            yield _fault(f"data_categories.{code}", "title", message, "Add the table.")
    for right in RightName:
        if right not in organisation.rights.offered:
            message = "The right is missing; the law gives it to everybody."
            yield _fault(f"rights.offered.{right}", "sentence", message, "Add the table.")
    main = organisation.notices.get("privacy")
    if main is None or main.kind is not NoticeKind.PRIVACY:
        yield _fault("notices.privacy", "kind", "The main privacy notice is missing.", 'Add it, with kind = "privacy".')


def titles_differ(organisation: Organisation) -> Iterator[Problem]:
    """Two entries of one table never have the same title: nobody could tell them apart."""
    named = [(name, getattr(organisation, name), "title") for name in _TITLED]
    named.append(("cookies.categories", organisation.cookies.categories, "title"))
    named.append(("cookies.cookies", organisation.cookies.cookies, "name"))
    for table, entries, key in named:
        seen: dict[object, str] = {}
        for code, entry in entries.items():
            first = seen.setdefault(getattr(entry, key), code)
            if first != code:
                message = f"It has the same {key} as [{table}.{first}]."
                yield _fault(f"{table}.{code}", key, message, "Give each its own, or remove one.")


def purposes_have_what_their_basis_needs(organisation: Organisation) -> Iterator[Problem]:
    """Article 6, Article 9, Article 13(1)(d); PECR reg. 22(3)."""
    for code, purpose in organisation.purposes.items():
        for key, message, remedy in _purpose_faults(purpose):
            yield _fault(f"purposes.{code}", key, message, remedy)
        if purpose.special_categories:
            continue
        for category in purpose.data:
            if category in organisation.data_categories and organisation.data_categories[category].special:
                message = f"It uses {category!r}, which is special-category data (Article 9)."
                yield _fault(f"purposes.{code}", "data", message, "Add special_categories = true, or use other data.")


def _purpose_faults(purpose: Purpose) -> Iterator[tuple[str, str, str]]:
    basis = purpose.basis
    if purpose.kind is PurposeKind.MARKETING and basis not in MARKETING_BASES:
        yield "basis", f"Marketing cannot rest on {basis}.", 'Write "consent" or "legitimate_interests".'
    if purpose.soft_opt_in and (basis is not Basis.LEGITIMATE_INTERESTS or purpose.kind is not PurposeKind.MARKETING):
        remedy = "Remove soft_opt_in, or make it a marketing purpose on legitimate_interests."
        yield "soft_opt_in", "The soft opt-in belongs to marketing on legitimate interests.", remedy
    if basis is Basis.LEGITIMATE_INTERESTS and purpose.interest is None:
        yield "interest", "The legitimate interest is not stated.", "Add it in one sentence (Article 13(1)(d))."
    if basis is Basis.LEGAL_OBLIGATION and purpose.obligation is None:
        yield "obligation", "The legal obligation is not stated.", "Add it in one sentence."
    if basis in purpose.alternatives:
        yield "alternatives", f"{basis} is the basis already.", "Name only other bases."
    if purpose.special_categories and basis is not Basis.CONSENT:
        yield "basis", "Special-category data need explicit consent here.", 'Write basis = "consent".'
    if purpose.basis_change and purpose.basis_change.from_ is basis:
        remedy = "Name the basis it had before, or remove it."
        yield "basis_change", "It changes from the basis the purpose has.", remedy


def topics_fit_their_purpose(organisation: Organisation) -> Iterator[Problem]:
    """A topic is a choice, so its purpose must leave one; partners' products need consent."""
    for code, topic in organisation.topics.items():
        purpose = organisation.purposes.get(topic.purpose)
        if purpose is None:
            continue
        if purpose.kind not in (PurposeKind.MARKETING, PurposeKind.NOTICE):
            message = f"The purpose {topic.purpose!r} is of kind {purpose.kind}; people cannot choose what it sends."
            yield _fault(f"topics.{code}", "purpose", message, 'Use a purpose of kind "marketing" or "notice".')
        if topic.about is About.PARTNERS and purpose.basis is not Basis.CONSENT:
            message = "Partners' products may be marketed by consent only."
            yield _fault(f"topics.{code}", "about", message, 'Use a purpose with basis = "consent".')
        if topic.comes_with and (purpose.kind is not PurposeKind.NOTICE or purpose.basis is Basis.CONSENT):
            message = "Only a notice that rests on something else than consent can come without a yes."
            yield _fault(f"topics.{code}", "comes_with", message, "Remove it; people choose this topic themselves.")
        legitimate = purpose.basis is Basis.LEGITIMATE_INTERESTS and purpose.kind is PurposeKind.MARKETING
        if legitimate and topic.refusal is None:
            message = "Marketing without asking first offers a simple refusal (PECR reg. 22(3)(c))."
            yield _fault(f"topics.{code}", "refusal", message, 'Add the words of the "no thanks" box.')


def forms_ask_what_they_offer(organisation: Organisation) -> Iterator[Problem]:
    """A form with topics asks about them, one without does not."""
    for code, form in organisation.forms.items():
        if bool(form.topics) == (form.asks is Asks.NOTHING):
            message = f"It offers {len(form.topics)} topics and asks for {form.asks}."
            yield _fault(f"forms.{code}", "asks", message, 'Write "nothing" exactly where no topic is offered.')


def roles_are_of_the_law(organisation: Organisation) -> Iterator[Problem]:
    """Article 28(3): a processor acts on documented instructions, and says whose."""
    for code, role in organisation.roles.items():
        if role.role not in (PartyRole.CONTROLLER, PartyRole.PROCESSOR):
            message = f"An organisation is no {role.role} to anybody's data."
            yield _fault(f"roles.{code}", "role", message, 'Write "controller" or "processor".')
        if role.role is PartyRole.PROCESSOR and role.on_instruction_of is None:
            message = "A processor acts on somebody's instructions."
            yield _fault(f"roles.{code}", "on_instruction_of", message, "Say whose.")


def periods_keep_the_law(organisation: Organisation) -> Iterator[Problem]:
    """Hours where the law counts hours; no contract period where the rule allows none."""
    within = organisation.breach.report_within
    if within.unit in {"month", "year"} or within.as_timedelta() > BREACH_LIMIT:
        message = f"{within.as_written()} is longer than the law allows (Article 33(1))."
        yield _fault("breach", "report_within", message, 'Write "72 hours" or less.')
    for key in ("confirmation_link", "preference_link"):
        if getattr(organisation.mail, key).unit in {"month", "year"}:
            message = "A link's life has no exact length in months or years."
            yield _fault("mail", key, message, 'Write days: "90 days".')
    for code, contract in organisation.contracts.items():
        for rule in contract.retention:
            if rule in organisation.retention and not organisation.retention[rule].by_contract:
                message = f"The retention rule {rule!r} leaves no room for a contract's own period."
                yield _fault(
                    f"contracts.{code}", "retention", message, f"Add by_contract = true to [retention.{rule}]."
                )


def answers_can_be_counted(organisation: Organisation) -> Iterator[Problem]:
    """Deadlines have a calendar of holidays, and no promise of an answer is longer than the law ever allows."""
    try:
        working_days.Calendar(organisation.law.calendar)
    except working_days.UnknownCalendar:
        message = f"There is no holiday calendar {organisation.law.calendar!r}."
        yield _fault("law", "calendar", message, 'Write a country, or a country and a part of it: "DE", "GB-ENG".')
    own = ((f"rights.offered.{name}", right.response) for name, right in organisation.rights.offered.items())
    for table, response in (("rights", organisation.rights.response), *own):
        if response is not None and response.amount * _FEWEST_DAYS[response.unit] > LONGEST_ANSWER.days:
            message = f"{response.as_written()} is longer than the law ever allows (Article 12(3))."
            yield _fault(table, "response", message, 'Write "28 days", or as much as "3 months".')


def safeguards_are_whole(organisation: Organisation) -> Iterator[Problem]:
    """Rules that need a second key: documents, special data, children."""
    identity = organisation.rights.identity
    if (identity.certified or identity.by_post) and not identity.documents:
        remedy = "Name them, or remove certified and by_post."
        yield _fault("rights.identity", "documents", "No document is permitted.", remedy)
    if organisation.special_data.held is SpecialCategories.NEVER:
        for code, category in organisation.data_categories.items():
            if category.special:
                message = "It is special, and [special_data] says such data are never held."
                yield _fault(f"data_categories.{code}", "special", message, "Remove it, or change special_data.held.")
    children = organisation.children
    if (children.remove_below or children.parental_consent_below) and children.declaration is None:
        yield _fault("children", "declaration", "An age is set and nobody is asked.", "Add the words of the box.")


def cookies_keep_the_law(organisation: Organisation) -> Iterator[Problem]:
    """In the EU optional cookies need consent (Directive 2002/58/EC, Art. 5(3)); PECR Sch. A1 knows objection too."""
    for code, category in organisation.cookies.categories.items():
        if category.rule is CookieRule.OBJECTION and organisation.law.statute is Statute.EU:
            message = "In the EU clear words and a way to object are not enough."
            yield _fault(f"cookies.categories.{code}", "rule", message, 'Write rule = "consent".')
        if category.refused_by_gpc and not category.optional:
            message = "Nobody can refuse what is necessary."
            yield _fault(f"cookies.categories.{code}", "refused_by_gpc", message, "Remove the key, or the rule.")


def sites_are_told_apart(organisation: Organisation) -> Iterator[Problem]:
    """An origin asks for one site, and a cookie can only be set on a domain that the site is under. Under a domain
    there is no other: a browser shows a page both cookies, and says of neither where it lies."""
    seen: dict[str, str] = {}
    domains = {site.domain for site in organisation.cookies.sites.values() if site.domain}
    for code, site in organisation.cookies.sites.items():
        table = f"cookies.sites.{code}"
        if code == PORTAL_SITE:
            yield _fault(table, "title", "That is the portal itself.", "Give the site another code.")
        for origin in site.origins:
            first = seen.setdefault(origin, code)
            if first != code:
                message = f"{origin} stands in [cookies.sites.{first}] too."
                yield _fault(table, "origins", message, "Give each origin one site.")
            host = urlsplit(origin).hostname or ""
            if site.domain and host != site.domain and not host.endswith(f".{site.domain}"):
                message = f"{origin} is not under {site.domain}: a browser would refuse the cookie."
                yield _fault(table, "domain", message, "Name a domain that all origins are under, or make two sites.")
        for wider in sorted(domains):
            if site.domain and site.domain.endswith(f".{wider}"):
                message = f"{site.domain} is under {wider}: a page there would read the choices of both."
                yield _fault(table, "domain", message, f'Write "{wider}", or no domain.')
    yield from _one_choice_is_about_the_same(organisation)


def _one_choice_is_about_the_same(organisation: Organisation) -> Iterator[Problem]:
    """What one of the sites that share a choice did not ask about would count as refused on the others."""
    every = tuple(organisation.cookies.categories)
    first: dict[str, tuple[str, set[str]]] = {}
    for code, site in organisation.cookies.sites.items():
        if site.domain:
            used = {
                one
                for one in site.categories or every
                if (category := organisation.cookies.categories.get(one)) and category.optional
            }
            neighbour, theirs = first.setdefault(site.domain, (code, used))
            if used != theirs:
                message = f"It shares its choice with [cookies.sites.{neighbour}], which has other categories."
                yield _fault(f"cookies.sites.{code}", "categories", message, "Give both the same, or two domains.")


def texts_are_in_the_files_languages(organisation: Organisation) -> Iterator[Problem]:
    """A text written per language has the first language of the file, and none the file does not name."""
    languages = organisation.law.languages
    for place, words in _words(organisation, ()):
        table, key = ".".join(place[:-1]), place[-1]
        if words.languages and languages[0] not in words.languages:
            message = f"The text is missing in {languages[0]}."
            yield _fault(table, key, message, "Add it: it is the first of law.languages.")
        for language in words.languages:
            if language not in languages:
                yield _fault(table, key, f"{language!r} is not in law.languages.", "Add it there, or remove the text.")


def _words(value: object, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Words]]:
    if isinstance(value, Words):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _words(getattr(value, name), (*place, field.alias or name))
    elif isinstance(value, Mapping):
        for code, entry in value.items():
            yield from _words(entry, (*place, str(code)))
    elif isinstance(value, tuple):
        for number, entry in enumerate(value, 1):
            yield from _words(entry, (*place, str(number)))


RULES: tuple[Rule, ...] = (
    references_lead_somewhere,
    what_must_stand_there,
    titles_differ,
    purposes_have_what_their_basis_needs,
    topics_fit_their_purpose,
    forms_ask_what_they_offer,
    roles_are_of_the_law,
    periods_keep_the_law,
    answers_can_be_counted,
    safeguards_are_whole,
    cookies_keep_the_law,
    sites_are_told_apart,
    texts_are_in_the_files_languages,
)
