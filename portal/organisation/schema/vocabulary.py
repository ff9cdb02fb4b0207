"""The words an organisation file may choose from, each a fixed list."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """Lawful bases: Article 6(1)(a) to (f) UK/EU GDPR, and (ea) of the UK GDPR since 2026."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    RECOGNISED_LEGITIMATE_INTERESTS = "recognised_legitimate_interests"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class PurposeKind(StrEnum):
    """What mails for a purpose are: ``marketing`` obeys every stop, ``notice`` has its own switch
    and survives "stop all marketing", ``service`` has none, ``internal`` sends nothing."""

    MARKETING = "marketing"
    NOTICE = "notice"
    SERVICE = "service"
    INTERNAL = "internal"


class ChosenBy(StrEnum):
    """Who settled a value: the published ``policy``, or the ``controller`` where the policy is silent or vague."""

    POLICY = "policy"
    CONTROLLER = "controller"


class Statute(StrEnum):
    """The law that fixes deadlines: UK GDPR with the DPA 2018, or the EU GDPR with Regulation 1182/71."""

    UK = "uk"
    EU = "eu"


class Treatment(StrEnum):
    """What a changed lawful basis means for people already subscribed."""

    KEEP = "keep"
    STOP = "stop"
    ASK_AGAIN = "ask_again"


class ChannelName(StrEnum):
    """Ways to reach a person, by the names ``portal.subjects.models.Channel`` has."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"


class About(StrEnum):
    """Whose products a topic is about. The soft opt-in covers ``own`` alone (PECR reg. 22(3)(b))."""

    OWN = "own"
    PARTNERS = "partners"


class PersonalAddresses(StrEnum):
    """Whether a private address needs ``consent`` for any marketing, or the purpose's own ``basis`` decides."""

    CONSENT = "consent"
    BASIS = "basis"


class OptOutEnds(StrEnum):
    """How far an opt-out reaches: ``marketing``, or ``everything`` the organisation would write."""

    MARKETING = "marketing"
    EVERYTHING = "everything"


class Asks(StrEnum):
    """What a form's boxes ask: a yes (``consent``), or a "no thanks" (``refusal``). None is ever ticked beforehand."""

    CONSENT = "consent"
    REFUSAL = "refusal"
    NOTHING = "nothing"


class PartyRole(StrEnum):
    """What somebody is to the data (Article 4(7), (8) and (9))."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    AUTHORITY = "authority"
    PUBLIC = "public"


class RequestsOf(StrEnum):
    """What happens to requests of these people: answered here, or passed on to the controller they belong to."""

    ANSWER = "answer"
    PASS_ON = "pass_on"  # noqa: S105 - no password: a request handed on


class Happens(StrEnum):
    """Whether something happens at all."""

    NEVER = "never"
    POSSIBLE = "possible"
    ALWAYS = "always"


class RightName(StrEnum):
    """The rights of Articles 7, 12 to 22 and 77, as requests name them."""

    INFORMED = "informed"
    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    MARKETING_OPT_OUT = "marketing_opt_out"
    WITHDRAW_CONSENT = "withdraw_consent"
    HUMAN_REVIEW = "human_review"
    COMPLAINT = "complaint"


class RetentionStart(StrEnum):
    """The event from which a retention period runs."""

    COLLECTED = "collected"
    LAST_CONTACT = "last_contact"
    LAST_DECISION = "last_decision"
    LAST_USE = "last_use"
    ACCOUNT_CLOSED = "account_closed"
    SERVICE_ENDED = "service_ended"
    CONTRACT_ENDED = "contract_ended"
    FINANCIAL_YEAR_ENDED = "financial_year_ended"
    APPLICATION_CLOSED = "application_closed"
    REQUEST_CLOSED = "request_closed"
    CHECK_DONE = "check_done"
    INCIDENT_CLOSED = "incident_closed"
    DISCOVERY = "discovery"
    SENT = "sent"
    OPT_OUT = "opt_out"
    SESSION_ENDED = "session_ended"
    TYPED = "typed"


class RetentionAction(StrEnum):
    """What happens at the end of the period."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    REVIEW = "review"


class CookieRule(StrEnum):
    """What a cookie category needs: nothing, clear words and a way to object (PECR Sch. A1), or consent."""

    NECESSARY = "necessary"
    OBJECTION = "objection"
    CONSENT = "consent"


class CookieParty(StrEnum):
    """Who sets a cookie: this site, or somebody else."""

    FIRST = "first"
    THIRD = "third"


class CookieKind(StrEnum):
    """What is left in or asked of the browser."""

    COOKIE = "cookie"
    STORAGE = "storage"
    BEACON = "beacon"


class ConsentSignal(StrEnum):
    """Signals of Google Consent Mode v2."""

    AD_STORAGE = "ad_storage"
    AD_USER_DATA = "ad_user_data"
    AD_PERSONALIZATION = "ad_personalization"
    ANALYTICS_STORAGE = "analytics_storage"
    FUNCTIONALITY_STORAGE = "functionality_storage"
    PERSONALIZATION_STORAGE = "personalization_storage"
    SECURITY_STORAGE = "security_storage"


class NoticeKind(StrEnum):
    """What a notice is about."""

    PRIVACY = "privacy"
    COOKIES = "cookies"
    CONTRACT = "contract"


class DateMeans(StrEnum):
    """What the date printed on a policy says."""

    IN_FORCE = "in_force"
    LAST_UPDATED = "last_updated"
    RELEASED = "released"


class MailOnChange(StrEnum):
    """Whether a significant change of a notice is mailed to registered people."""

    NEVER = "never"
    MAY = "may"
    ALWAYS = "always"


class SpecialCategories(StrEnum):
    """When data of Article 9 are held."""

    NEVER = "never"
    EXPLICIT_CONSENT = "explicit_consent"
    EXPLICIT_CONSENT_OR_CONDITION = "explicit_consent_or_condition"
