"""All settings. What differs per machine comes from the environment alone, through Env, and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from jinja2 import StrictUndefined

from backoffice.core.db import pool

BASE_DIR = Path(__file__).resolve().parent.parent


TERMINALS = ("none", "simulator", "mollie")


@dataclass(frozen=True, slots=True)
class Env:
    """What the environment may say, typed; a wrong or missing variable is named in one sentence."""

    debug: bool  # DEBUG: 1 on a developer's machine only
    secret_key: str  # SECRET_KEY: required unless DEBUG=1
    https: bool  # HTTPS: secure cookies, redirect and HSTS; default on unless DEBUG=1
    hsts_seconds: int  # HSTS_SECONDS
    proxy_ssl_header: str  # PROXY_SSL_HEADER: the header with which a trusted proxy says https, "X-Forwarded-Proto"
    proxy_count: int  # PROXY_COUNT: how many proxies in front each add to X-Forwarded-For whom they heard
    allowed_hosts: list[str]  # ALLOWED_HOSTS: comma separated
    csrf_trusted_origins: list[str]  # CSRF_TRUSTED_ORIGINS: comma separated, with https://
    database_url: str  # DATABASE_URL: the application's role
    database_owner_url: str  # DATABASE_OWNER_URL: the role that migrates; default DATABASE_URL
    db_pool_max: int  # DB_POOL_MAX: connections per process; 0 is no pool
    email_url: str  # EMAIL_URL: smtp://user:password@host:587?tls=1, smtps://..., file:/folder, console:, or no mail
    email_from: str  # EMAIL_FROM
    media_root: Path  # MEDIA_ROOT
    static_root: Path  # STATIC_ROOT: where collectstatic writes
    language: str  # TOONBANK_LANGUAGE: nl (default) or en; the shop speaks one language, whatever a browser asks
    require_two_factor: bool  # REQUIRE_TWO_FACTOR: a code after the password from managers up; default on, DEBUG=1 off
    request_log: bool  # REQUEST_LOG: 1 logs a line for every request
    import_max_bytes: int  # IMPORT_MAX_BYTES: the largest file that may be imported
    terminal_driver: str  # TERMINAL_DRIVER: simulator (default when DEBUG=1), mollie or none
    mollie_url: str  # MOLLIE_URL
    mollie_api_key: str  # MOLLIE_API_KEY: required with TERMINAL_DRIVER=mollie
    mollie_terminals: dict[str, str]  # MOLLIE_TERMINALS: "UT1=term_abc,UT2=term_def", by branch code and till number
    terminal_play: str  # TERMINAL_PLAY: the part that the simulator always plays; default by the cents of the amount

    @classmethod
    def read(cls, source: Mapping[str, str]) -> "Env":
        debug = _flag(source, "DEBUG", False)
        secret_key = source.get("SECRET_KEY", "")
        if not secret_key and not debug:
            raise ImproperlyConfigured("SECRET_KEY is not set: give it a long random text, or set DEBUG=1.")
        database_url = source.get("DATABASE_URL", "")
        data = Path(source.get("TOONBANK_DATA") or BASE_DIR / ".data")
        return cls(
            debug=debug,
            secret_key=secret_key or "only for a developer's machine, because DEBUG=1 and SECRET_KEY is not set",
            https=_flag(source, "HTTPS", not debug),
            hsts_seconds=_whole(source, "HSTS_SECONDS", 31_536_000),
            proxy_ssl_header=source.get("PROXY_SSL_HEADER", ""),
            proxy_count=_whole(source, "PROXY_COUNT", 0),
            allowed_hosts=_list(source, "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if debug else ""),
            csrf_trusted_origins=_list(source, "CSRF_TRUSTED_ORIGINS", ""),
            database_url=database_url,
            database_owner_url=source.get("DATABASE_OWNER_URL") or database_url,
            db_pool_max=_whole(source, "DB_POOL_MAX", 8),
            email_url=source.get("EMAIL_URL") or ("console:" if debug else ""),
            email_from=source.get("EMAIL_FROM") or "Toonbank <noreply@localhost>",
            media_root=Path(source.get("MEDIA_ROOT") or data / "media"),
            static_root=Path(source.get("STATIC_ROOT") or data / "static"),
            language=_one_of(source, "TOONBANK_LANGUAGE", ("nl", "en"), "nl"),
            require_two_factor=_flag(source, "REQUIRE_TWO_FACTOR", not debug),
            request_log=_flag(source, "REQUEST_LOG", False),
            import_max_bytes=_whole(source, "IMPORT_MAX_BYTES", 5_000_000),
            terminal_driver=_one_of(source, "TERMINAL_DRIVER", TERMINALS, "simulator" if debug else "none"),
            mollie_url=(source.get("MOLLIE_URL") or "https://api.mollie.com").rstrip("/"),
            mollie_api_key=_mollie_key(source),
            mollie_terminals=_pairs(source, "MOLLIE_TERMINALS"),
            terminal_play=source.get("TERMINAL_PLAY", ""),
        )


def _flag(source: Mapping[str, str], name: str, default: bool) -> bool:
    value = source.get(name, "")
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1" if value else default


def _whole(source: Mapping[str, str], name: str, default: int) -> int:
    value = source.get(name, "")
    if value and not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value) if value else default


def _one_of(source: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    value = source.get(name) or default
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(known)}.")
    return value


def _pairs(source: Mapping[str, str], name: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in _list(source, name, "")]
    if not all(key and value for key, _equals, value in pairs):
        raise ImproperlyConfigured(f"{name} must be like UT1=term_abc,UT2=term_def.")
    return {key.strip(): value.strip() for key, _equals, value in pairs}


def _mollie_key(source: Mapping[str, str]) -> str:
    key = source.get("MOLLIE_API_KEY", "")
    if source.get("TERMINAL_DRIVER") == "mollie" and not key:
        raise ImproperlyConfigured("MOLLIE_API_KEY is not set: TERMINAL_DRIVER=mollie asks for it.")
    return key


def _list(source: Mapping[str, str], name: str, default: str) -> list[str]:
    return [part.strip() for part in source.get(name, default).split(",") if part.strip()]


RESERVED = "In user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25 and a space as %20."


def split(name: str, url: str) -> tuple[SplitResult, int | None]:
    """The URL in parts, and its port. Raises ImproperlyConfigured where it is none."""
    if "#" in url:
        raise ImproperlyConfigured(f"{name} holds a #. {RESERVED}")
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a port that is no number. {RESERVED}") from None


def database(name: str, url: str) -> dict[str, str]:
    """postgresql://user:password@host:port/name as Django's keys; ?host= may name the folder of a unix socket."""
    parts, port = split(name, url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} must start with postgresql://.")
    if not parts.username or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must name a user and a database: postgresql://user@host/database. {RESERVED}"
        )
    if "@" in parts.path + parts.query:
        raise ImproperlyConfigured(f"{name} has an @ behind its host. {RESERVED}")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", unquote(parts.hostname or "")),
        "PORT": query.get("port", str(port or "")),
    }


def email(url: str) -> dict[str, Any]:
    """EMAIL_URL as Django's settings."""
    parts, port = split("EMAIL_URL", url or "dummy:")
    known = {"smtp": "smtp", "smtps": "smtp", "file": "filebased", "console": "console", "dummy": "dummy"}
    backend = known.get(parts.scheme)
    if backend is None:
        raise ImproperlyConfigured("EMAIL_URL must start with smtp://, smtps://, file: or console:.")
    found: dict[str, Any] = {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}
    if backend == "filebased":
        found["EMAIL_FILE_PATH"] = unquote(parts.path)
    if backend == "smtp":
        if not parts.hostname or "@" in parts.path + parts.query:
            raise ImproperlyConfigured(f"EMAIL_URL must name a mail server: smtp://user:password@host:587. {RESERVED}")
        found |= {
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": dict(parse_qsl(parts.query)).get("tls") == "1",
            "EMAIL_TIMEOUT": 20,
        }
    return found


env = Env.read(os.environ)

# who we are
DEBUG = env.debug
SECRET_KEY = env.secret_key
ALLOWED_HOSTS = env.allowed_hosts
CSRF_TRUSTED_ORIGINS = env.csrf_trusted_origins
ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "django_htmx",
    "djmoney",
    "csp",
    "axes",
    "django_filters",
    "procrastinate.contrib.django",
    "backoffice.core",
    "backoffice.relations",
    "backoffice.catalog",
    "sales",
    "sales.documents",
    "payments",
    "pos",
]
MIDDLEWARE = [
    "backoffice.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pos.middleware.TillMiddleware",
    "backoffice.relations.middleware.RightsMiddleware",
    "backoffice.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
# all that is ours is drawn by Jinja2; Django's own templates are for its admin alone
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "backoffice.core.templating.environment",
            "extensions": ["jinja2.ext.i18n"],
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "context_processors": [*CONTEXT_PROCESSORS, "backoffice.relations.context.shell"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]

FORM_RENDERER = "backoffice.core.forms.Renderer"

# the database: the application's role serves, the owner's role migrates (core/db/roles.py)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "toonbank",
            # the server ends what was asked by a process that is gone, so that nobody waits for its locks
            "options": "-c lock_timeout=3s -c statement_timeout=15s -c client_connection_check_interval=1s",
        },
    }
}
DATABASE_OWNER: dict[str, Any] = {}
if env.database_url:
    DATABASES["default"] |= database("DATABASE_URL", env.database_url)
    DATABASE_OWNER = database("DATABASE_OWNER_URL", env.database_owner_url)
    if env.db_pool_max:
        DATABASES["default"]["OPTIONS"]["pool"] = pool.options(env.db_pool_max)
else:
    DATABASES["default"] |= {"ENGINE": "backoffice.core.db.missing", "NAME": "unset"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# who may come in
AUTH_USER_MODEL = "relations.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "backoffice.relations.backends.DeskBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "backoffice.relations.passwords.OwnNameValidator"},
    {"NAME": "backoffice.relations.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
ADDRESS_FAILURE_LIMIT = 30  # of one address over all names
AXES_HANDLER, AXES_CLIENT_IP_CALLABLE = "backoffice.relations.throttle.Handler", "backoffice.relations.throttle.address"
PROXY_COUNT = env.proxy_count
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who asks again while waiting does not wait longer
AXES_USERNAME_FORM_FIELD = "username"  # the login form's name for it, not the model's ("email")
AXES_LOCKOUT_CALLABLE = "backoffice.relations.views.session.locked_out"
# a code of an app after the password, for these roles; on a developer's machine and in the demo the log-in is one step
REQUIRE_TWO_FACTOR = env.require_two_factor
TWO_FACTOR_ROLES = ("manager", "office", "admin")
TWO_FACTOR_LIMIT, TWO_FACTOR_LOCK = 5, timedelta(minutes=15)
# a log-in lasts so many hours: the shortest of the roles that one holds
SESSION_HOURS = {"seller": 14, "manager": 12, "office": 10, "admin": 8}
SESSION_ENGINE = "backoffice.core.sessions"
SESSION_COOKIE_AGE = 14 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# how many percent below the list price each role may sell
DISCOUNT_CEILINGS = {"seller": 10, "manager": 30, "office": 30, "admin": 100}
# how much cash a role without the right to refund may give back beside a manager's own login, EUR
REFUND_CEILINGS = {"seller": 50}
# above this, EUR, reversing an entry asks a second person's login
REVERSE_CEILING = 250
# how many days an offerte is valid, counted from its date
QUOTATION_DAYS = 30

# the pinautomaat (payments/terminals)
TERMINAL_DRIVER, TERMINAL_PLAY = env.terminal_driver, env.terminal_play
MOLLIE_URL, MOLLIE_API_KEY, MOLLIE_TERMINALS = env.mollie_url, env.mollie_api_key, env.mollie_terminals
# a till locks itself after so many seconds without a touch; wrong PIN codes beyond the first few make it wait, longer
# every time
TILL_IDLE_SECONDS = 300
PIN_FREE_FAILURES, PIN_PAUSE_SECONDS, PIN_PAUSE_MOST = 5, 15, 900

# what the browser is told
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.https
SECURE_SSL_REDIRECT = env.https
SECURE_REDIRECT_EXEMPT = [r"^gezond/$", r"^klaar/$"]  # a balancer asks them by http, behind the proxy
SECURE_HSTS_SECONDS = env.hsts_seconds if env.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.https
if env.proxy_ssl_header:
    SECURE_PROXY_SSL_HEADER = ("HTTP_" + env.proxy_ssl_header.upper().replace("-", "_"), "https")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "midi", "display-capture")
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a matrix of 40 colours and 60 sizes, with what goes along
IMPORT_MAX_BYTES = env.import_max_bytes
IMPORTERS = {"articles": "backoffice.catalog.imports.ARTICLES", "customers": "backoffice.relations.imports.CUSTOMERS"}
# what `manage.py serve` says: who may log in to the demo shop
DEMO_LOGINS = "pos.demo.LOGINS"

# the worker (core/tasks.py): a job of a worker that gave no sign of life for so many seconds is taken up again
WORKER_HEARTBEAT, WORKER_STALLED = 2, 10
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 2,
    "delete_jobs": "successful",
    "update_heartbeat_interval": WORKER_HEARTBEAT,
    "stalled_worker_timeout": WORKER_STALLED,
    "shutdown_graceful_timeout": 20,
}

# language, time and money
LANGUAGE_CODE = env.language
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "backoffice" / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # else a key in a template prints as 12.345
DEFAULT_CURRENCY = "EUR"
CURRENCIES = ("EUR",)

# files
STATIC_URL = "/static/"
STATIC_ROOT = env.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.media_root
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
# what a page of the till loads, in one file of each kind (backoffice.core.static)
STATIC_FLAT = ("css/till-screen.css", "js/till-screen.js")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "backoffice.core.static.FlatStorage"
    },
}

# mail and log
globals().update(email(env.email_url))
# nobody receives what is mailed: it is refused, never called sent (sales.documents.services.mailing)
MAIL_OFF = not env.email_url or (env.email_url.startswith("console:") and not DEBUG)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.email_from
# how long after each try that failed the next one is, in seconds; after the last the mail has failed (a day in all)
MAIL_RETRY_SECONDS = [60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "backoffice.core.logs.JsonLine"},
        "plain": {"()": "backoffice.core.logs.PlainLine"},
    },
    "filters": {"seldom": {"()": "backoffice.core.logs.Seldom"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if DEBUG else "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "psycopg.pool": {"filters": ["seldom"]},
        "django.request": {"level": "ERROR"},  # a page that is not there is no event
        "toonbank.request": {"level": "INFO" if env.request_log else "WARNING"},
    },
}
