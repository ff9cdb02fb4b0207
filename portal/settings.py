"""Settings of the portal. Everything an operator may choose comes from the environment, checked at the start.

The table of all variables stands in docs/settings.md; a test holds it to this file.
"""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import environment as env
from portal import static_headers

# ModelAdmin[User] and ModelForm[User], as the type stubs want them written, work at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

DEMO = env.flag("DEMO", False, help="Demo install: a demo inbox, development secrets, no HTTPS.")
DEBUG = False
_dev = "development-only-" + "0" * 32 if DEMO else None

VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"), help="Folder for files the portal writes."))
SECRET_KEY = env.secret("SECRET_KEY", _dev, help="Signs sessions and forms.", at_least=40)
LINK_KEYS = env.secrets(
    "LINK_KEYS",
    f"dev:{_dev}" if _dev else None,
    help="Keys for links in mails. The first signs; keep the others for as long as their mails lie in inboxes.",
)
SUPPRESSION_KEYS = env.secrets(
    "SUPPRESSION_KEYS",
    f"dev:{_dev}" if _dev else None,
    help="Keys that scramble suppressed addresses. The first is used; never drop one that made a live entry.",
)
IDENTITY_KEYS = env.secrets(
    "IDENTITY_KEYS",
    f"dev:{_dev}" if _dev else None,
    help="Keys that encrypt proofs of identity. The first encrypts; keep the others while they may still open one.",
)
FILE_KEYS = env.secrets(
    "FILE_KEYS",
    f"dev:{_dev}" if _dev else None,
    help="Keys that encrypt files of requests. The first encrypts; keep the others while they may still open one.",
)
BASE_URL = env.url(
    "BASE_URL", "http://localhost:8000" if DEMO else None, help="Where people reach the portal; used in mails."
)
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.names(
    "ALLOWED_HOSTS", "localhost,127.0.0.1" if DEMO else "", help="Host names the portal answers to."
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty: name the hosts the portal answers to.")
TRUSTED_PROXY_COUNT = env.number(
    "TRUSTED_PROXY_COUNT", 0, most=9, help="Reverse proxies in front that set X-Forwarded-For."
)

INSTALLED_APPS = [
    "portal.organisation",
    "portal.subjects",
    "portal.personal_data",
    "portal.outbox",
    "portal.retention",
    "portal.jobs",
    "portal.holds",
    "accounts",
    "consent.ledger",
    "consent.preferences",
    "consent.cookies",
    "dsar",
    "portal.holds.desk_config.DeskConfig",  # Django's admin, which deletes nothing that is held
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    *(["portal.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "portal.middleware.head_without_body",
    # Headers first: what stands above also speaks for errors that arise below.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.cross_origin_isolation",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.no_store",
    "portal.middleware.one_version",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageOfPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consent.cookies.middleware.cookie_choice",
    "portal.middleware.designed_errors",
    "portal.middleware.UnavailableDatabase",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.organisation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Databases. Everything works on PostgreSQL and SQLite; no ATOMIC_REQUESTS, flows open their own transactions.
DATABASE_URL = env.url(
    "DATABASE_URL",
    f"sqlite:///{VAR_DIR / 'portal.sqlite3'}",
    schemes=("postgres", "postgresql", "sqlite"),
    help="The database. PostgreSQL in production.",
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(dj_database_url.parse(DATABASE_URL, conn_max_age=None, conn_health_checks=True))
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 5,
        "options": "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=10000 -c statement_timeout=60000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and broker. The cache only counts attempts, and survives the loss of Redis (portal/cache.py).
REDIS_URL = env.url(
    "REDIS_URL",
    "redis://localhost:6379/0",
    schemes=("redis", "rediss", "unix"),
    help="Broker and shared cache: Valkey or Redis.",
)
CACHES = {
    "default": {
        "BACKEND": "portal.cache.ResilientRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "KEY_FUNCTION": "portal.cache.scrambled_key",
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
# No ETA, no countdown: a message has a run_at column and the sweep finds it.
CELERY_BEAT_SCHEDULE = {
    "outbox-sweep": {"task": "portal.outbox.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "preferences-send-mailings": {
        "task": "consent.preferences.send_mailing",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "preferences-forget-unconfirmed": {
        "task": "consent.preferences.forget_unconfirmed",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "ledger-forget-keys": {
        "task": "consent.ledger.forget_keys",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "requests-watch-deadlines": {"task": "dsar.watch_deadlines", "schedule": 3600.0, "options": {"expires": 3600}},
    "requests-tidy": {"task": "dsar.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
    "holds-watch": {"task": "portal.holds.watch", "schedule": 3600.0, "options": {"expires": 3600}},
    # The run of the day is begun once; a long one is gone on with at the next look.
    "retention-expire": {"task": "portal.retention.expire", "schedule": 900.0, "options": {"expires": 600}},
    "jobs-prune": {"task": "portal.jobs.prune", "schedule": 86400.0, "options": {"expires": 3600}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Retention
RETENTION_ASK_ABOVE_PERCENT = env.number(
    "RETENTION_ASK_ABOVE_PERCENT",
    20,
    most=100,
    help="The share of one kind of records above which a retention run asks before it removes them.",
)
RETENTION_ASK_FROM_ROWS = env.number(
    "RETENTION_ASK_FROM_ROWS", 100, help="Fewer rows than this go without asking, whatever their share."
)

# Mail leaves through the outbox alone; Django's own mail functions go there too.
EMAIL_BACKEND = "portal.outbox.backend.RefuseDirectMail"
SMTP_URL = env.url(
    "SMTP_URL",
    "smtp://localhost:1025" if DEMO else None,
    schemes=("smtp", "smtp+tls", "smtps"),
    help="The mail server: smtp:// plain, smtp+tls:// STARTTLS, smtps:// TLS throughout; user:password@ if asked.",
)
OUTBOX_CONVERSATION_SECONDS = env.number(
    "OUTBOX_CONVERSATION_SECONDS",
    20,
    least=1,
    most=120,
    help="Longest SMTP conversation for one mail; a permit lasts 10 s longer.",
)
OUTBOX_DOMAIN_PER_MINUTE = env.number("OUTBOX_DOMAIN_PER_MINUTE", 600, least=1, help="Mails a minute to one domain.")
OUTBOX_MAX_ATTEMPTS = env.number(
    "OUTBOX_MAX_ATTEMPTS", 10, least=1, most=50, help="Attempts before a mail is given to staff."
)
OUTBOX_NUDGE = env.flag(
    "OUTBOX_NUDGE", True, help="Tell a worker as soon as mail waits; without it the sweep finds it."
)

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/preferences/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.ChangeAddressForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.ReplacePasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.AskForCodeForm",
    "confirm_login_code": "accounts.forms.CodeForm",
    "confirm_password_reset_code": "accounts.forms.CodeForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmAddressForm",
}
# On top of allauth's own: no more than ten codes an hour to one address, ten guesses in one session.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
    "signup": "20/m/ip",
    "guess_code": "10/10m/key",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# Web
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_prefix = "__Host-" if HTTPS else ""
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = f"{_prefix}session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.static_files.Storage"},
}
# Encrypted, and in no folder that is served (dsar/files/vault.py).
PRIVATE_DIR = VAR_DIR / "private"
FILE_UPLOAD_HANDLERS = ["dsar.files.upload.InMemoryWithinBounds"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers.of_shared_script
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers print paths as they are.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        # A line for each task, at each sweep, would bury what matters; the job runs tell what ran.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # What fpdf2 makes a PDF with tells of each glyph.
        "fontTools": {"level": "WARNING"},
        # It names the letters that a font lacks, and they may be somebody's name.
        "fpdf": {"level": "ERROR"},
    },
}
