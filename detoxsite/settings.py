"""Django settings. Everything that differs between installations comes from the environment: docs/settings.md.

Without DATABASE_URL this is a trial: embedded database, generated keys in ``DETOX_VAR/keys``, email written to files.
With it, it is production unless DEBUG is set, and a missing secret stops the start, naming the variable.
"""

import os
import re
import secrets
import sys
from email.utils import parseaddr
from pathlib import Path

import dj_database_url
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django_prose_editor.config import html_tags
from environs import Env
from js_asset import Script
from whitenoise.compress import Compressor

from detoxsite.core import db_timeout, email_url, secret_files, security_contact
from detoxsite.core.encryption import sealing
from detoxsite.core.media_storage import storage_of
from detoxsite.ops.embedded_postgres import Postgres

BASE_DIR = Path(__file__).resolve().parent.parent

SECRETS = (  # each can also come from a file: NAME_FILE
    *("SECRET_KEY", "DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URL"),
    *("EMAIL_URL", "CACHE_URL", "MEDIA_STORAGE_URL"),
    *("SEALING_PUBLIC_KEY", "SEALING_PRIVATE_KEYS", "INDEX_KEY"),
    *("READYZ_TOKEN", "OPERATOR_ALERTS", "OIDC_CLIENT_SECRET"),
)
try:
    secret_files.load(SECRETS)
except secret_files.UnreadableSecret as exc:
    raise ImproperlyConfigured(str(exc)) from exc

env = Env()
VAR = Path(env.str("DETOX_VAR", "") or BASE_DIR / "var").resolve()
DEBUG = env.bool("DEBUG", False)
TRIAL = DEBUG or not env.str("DATABASE_URL", "")
SITES = {site.strip() for site in env.list("DETOX_SITES", ["public", "staff"])}
HAS_OWN_DATABASE = bool(env.str("DATABASE_URL", ""))  # not the embedded one
SAMPLE = env.bool("DETOX_SAMPLE", not HAS_OWN_DATABASE)


def _required(name: str) -> str:
    value = env.str(name, "")
    if not value:
        file = f", or {name}_FILE with the path of a file that holds it" if name in SECRETS else ""
        raise ImproperlyConfigured(f"{name} is missing. Set it{file}.")
    return value


def _trial_key(name: str, make=lambda: secrets.token_urlsafe(50)) -> str:
    """A key that a trial generates at its first start and keeps."""
    file = VAR / "keys" / name.lower()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(make())
    except FileExistsError:
        pass
    return file.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or (_trial_key("SECRET_KEY") if TRIAL else _required("SECRET_KEY"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", []) or (["127.0.0.1", "localhost"] if TRIAL else [_required("ALLOWED_HOSTS")])

# What people send is sealed to the public key. A process without the staff site holds no private key.
SEALING_PRIVATE_KEYS = env.list("SEALING_PRIVATE_KEYS", [])  # newest first
SEALING_PUBLIC_KEY = env.str("SEALING_PUBLIC_KEY", "")
if TRIAL and not SEALING_PUBLIC_KEY:
    SEALING_PRIVATE_KEYS = SEALING_PRIVATE_KEYS or [_trial_key("SEALING_PRIVATE_KEYS", sealing.new_private_key)]
    SEALING_PUBLIC_KEY = sealing.derive_public_key(SEALING_PRIVATE_KEYS[0])
SEALING_PUBLIC_KEY = SEALING_PUBLIC_KEY or _required("SEALING_PUBLIC_KEY")
if "staff" not in SITES:
    SEALING_PRIVATE_KEYS = []
elif not SEALING_PRIVATE_KEYS:
    _required("SEALING_PRIVATE_KEYS")
try:
    _public_keys = {sealing.derive_public_key(key) for key in SEALING_PRIVATE_KEYS}
    sealing.PublicKey(sealing.decode_key(SEALING_PUBLIC_KEY))
except ValueError as exc:
    raise ImproperlyConfigured("SEALING_PUBLIC_KEY or SEALING_PRIVATE_KEYS is not a complete key.") from exc
if "staff" in SITES and "".join(SEALING_PUBLIC_KEY.split()) not in _public_keys:
    raise ImproperlyConfigured("SEALING_PUBLIC_KEY matches none of SEALING_PRIVATE_KEYS: no one could read anything.")
if not SITES or SITES - {"public", "staff"}:
    raise ImproperlyConfigured("DETOX_SITES may contain only public and staff.")
INDEX_KEY = env.str("INDEX_KEY", "") or (_trial_key("INDEX_KEY") if TRIAL else _required("INDEX_KEY"))

INSTALLED_APPS = [
    "detoxsite.core",
    "articles",
    "testimonials",
    "intake",
    "detoxsite.ops",
    "detoxsite.sample",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_prose_editor",
    "imagefield",
    "js_asset",
    "pgtrigger",
    "detoxsite.dashboard.apps.DashboardConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "detoxsite.core.request_metrics.measured",
    "detoxsite.core.middleware.cache_policy",
    "detoxsite.core.middleware.request_time_limit",
    "detoxsite.core.middleware.service_unavailable",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "detoxsite.core.middleware.ContentSecurityPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "detoxsite.core.middleware.security_headers",
    "detoxsite.core.own_half.health_checks_by_any_name",
    "detoxsite.core.own_half.only_own_half",
    "detoxsite.core.middleware.staff_turn",
    "detoxsite.core.middleware.Compression",
    "detoxsite.core.staff_middleware.StaffSession",
    "django.middleware.common.CommonMiddleware",
    "detoxsite.core.redirects.middleware.redirects",
    "django.middleware.csrf.CsrfViewMiddleware",
    "detoxsite.core.staff_middleware.StaffAuthentication",
    "detoxsite.core.staff_middleware.StaffMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "detoxsite.core.staff_middleware.staff_gate",
    "detoxsite.core.middleware.refused_request",
]

ROOT_URLCONF = "detoxsite.urls"
WSGI_APPLICATION = "detoxsite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "detoxsite.core.context_processors.center",
            ],
            "builtins": ["detoxsite.core.templatetags.page_tags", "detoxsite.core.templatetags.parts"],
            "libraries": {"desk": "detoxsite.dashboard.desk_tags"},
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["form_fields"]
CRISPY_TEMPLATE_PACK = "form_fields"
FORM_RENDERER = "detoxsite.core.form_renderer.FormRenderer"

# --- data ------------------------------------------------------------------------------------------------------------

_program = sys.argv[1] if sys.argv[0].endswith("manage.py") and sys.argv[1:] else Path(sys.argv[0]).stem
_CONNECTION = {"connect_timeout": 3, "application_name": f"detoxsite {_program}"[:63]}  # seconds; in pg_stat_activity


def _entry(url: str, **options) -> dict:
    """The entry of DATABASES for a URL."""
    found = dj_database_url.parse(url, engine="detoxsite.core.postgresql", conn_max_age=60, conn_health_checks=True)
    return found | {"OPTIONS": {**_CONNECTION, **found.get("OPTIONS", {}), **options}}


# Commands reach PostgreSQL itself (manage.py); web processes and the worker may go through a pooler.
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", "")
_database = "DATABASE_DIRECT_URL" if DATABASE_DIRECT_URL and env.bool("DETOX_DIRECT", False) else "DATABASE_URL"
DATABASES = {"default": _entry(env.str(_database, "") or Postgres(VAR / "postgres").url)}
PUBLIC_DATABASE_ROLE = env.str("PUBLIC_DATABASE_ROLE", "")  # to which each migration grants what the public half needs
DATABASE_SECRET = _database  # which secret the password comes from, to be read again when it was changed
DATABASE_POOLING = env.str("DATABASE_POOLING", "") or ("transaction" if DATABASE_DIRECT_URL else "")
if DATABASE_POOLING not in {"", "session", "transaction"}:
    raise ImproperlyConfigured("DATABASE_POOLING may be transaction or session, or empty where there is no pooler.")
KEEPS_SESSION = DATABASE_POOLING != "transaction" or _database != "DATABASE_URL"  # of a connection to the database
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = not KEEPS_SESSION
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", "")
if DATABASE_REPLICA_URL:  # public pages are read from it where it is up to date
    DATABASES["replica"] = _entry(DATABASE_REPLICA_URL, connection_factory=db_timeout.SpareConnection)
    DATABASES["replica"]["DISABLE_SERVER_SIDE_CURSORS"] = not KEEPS_SESSION
    DATABASE_ROUTERS = ["detoxsite.core.read_replica.Router"]
DATABASE_CONNECTIONS = env.int("DATABASE_CONNECTIONS", 8)  # at most, of a web process or worker
if DATABASE_CONNECTIONS < 4:
    raise ImproperlyConfigured("DATABASE_CONNECTIONS has to be 4 or more.")
POSTGRESQL_BIN = env.str("POSTGRESQL_BIN", "")  # folder of pg_dump and pg_restore, if they are not found by themselves
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", [])  # public keys of age, to which every backup is encrypted
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# counts the attempts to sign in: it must be shared by all processes, and add a key atomically, which files cannot
DATABASE_CACHE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "detoxsite_cache",
    "KEY_FUNCTION": "detoxsite.core.encryption.digests.cache_key",  # keys would hold internet addresses
    "OPTIONS": {"MAX_ENTRIES": 100_000},  # a flood of attempts must not push out what is counted
}
CACHE_URL = env.str("CACHE_URL", "")
SHARED_CACHES = {  # where CACHE_URL is given
    "default": {
        "BACKEND": "detoxsite.core.shared_cache.SharedCache",
        "LOCATION": CACHE_URL,
        "KEY_FUNCTION": DATABASE_CACHE["KEY_FUNCTION"],
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},  # seconds
    },
    "database": DATABASE_CACHE,  # takes over while Redis is away
}
CACHES = SHARED_CACHES if CACHE_URL else {"default": DATABASE_CACHE}
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("CACHE_URL has to begin with redis://, rediss:// or unix://.")

PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", 24)  # of finished pages in each web process

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "detoxsite" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": storage_of(env.str("MEDIA_STORAGE_URL", "")),
    "staticfiles": {"BACKEND": "detoxsite.core.static_storage.StaticStorage"},
}
# Source maps are for developers alone, and took two thirds of the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
VIDEO_MAX_MB = env.int("VIDEO_MAX_MB", 200)  # that staff may upload
if not 1 <= VIDEO_MAX_MB <= 1000:  # a longer request is not received at all: ops/request_limits.py
    raise ImproperlyConfigured("VIDEO_MAX_MB has to be between 1 and 1000.")
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    64 * 1024 * 1024
)  # more than the web server passes on (ops/request_limits.py): a visitor's photo is never written to a temporary file
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an article of many blocks
IMAGEFIELD_BIN_DEPTH = 2
IMAGEFIELD_FORMATS = {}

# --- who may see what /readyz says in detail -------------------------------------------------------------------------

READYZ_TOKEN = env.str("READYZ_TOKEN", "")  # of the operator; without one: whoever asks from this machine
MANAGER_TOKEN = env.str("DETOX_MANAGER_TOKEN", "")  # of the process manager, which passes it to its processes

# --- accounts --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "detoxsite.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds until a one-time sign-in link expires
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
ACCOUNT_ADAPTER = "detoxsite.core.sign_in.adapter.StaffAdapter"
ACCOUNT_FORMS = {"login": "detoxsite.core.sign_in.forms.SignInForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "detoxsite.core.accounts.SignInTokens"  # noqa: S105
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}  # wrong passwords; whose: core/sign_in/adapter.py
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no one can make us send email to strangers
ACCOUNT_SESSION_REMEMBER = False  # computers are shared: the session ends with the browser
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds for which a sign-in is recent
SECOND_FACTOR = env.str("SECOND_FACTOR", "optional" if TRIAL else "required")
if SECOND_FACTOR not in ("optional", "required"):
    raise ImproperlyConfigured("SECOND_FACTOR may be optional or required.")
if SECOND_FACTOR == "optional" and not TRIAL:
    raise ImproperlyConfigured("SECOND_FACTOR may be optional in a trial only.")
SECOND_FACTOR_REQUIRED = SECOND_FACTOR == "required"
MFA_ADAPTER = "detoxsite.core.sign_in.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Detoxsite"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that the clock of a phone may be off
MFA_FORMS = {
    "authenticate": "detoxsite.core.sign_in.forms.SecondFactorForm",
    "reauthenticate": "detoxsite.core.sign_in.forms.ConfirmItIsYouForm",
}
if OIDC_SERVER := env.str("OIDC_SERVER", ""):  # the center's own identity provider
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_ADAPTER = "detoxsite.core.sign_in.openid.OpenIdAdapter"
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "center",
                    "name": env.str("OIDC_NAME", "your work account"),
                    "client_id": _required("OIDC_CLIENT_ID"),
                    "secret": _required("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_SERVER},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

_host = "localhost" if TRIAL else ALLOWED_HOSTS[0].lstrip(".*")
_has_name = any(letter.isalpha() for letter in _host)  # not all hosts, nor an internet address
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "") or (f"desk@{_host}" if _has_name else _required("EMAIL_FROM"))
NEUTRAL_FROM = env.str("EMAIL_NEUTRAL_FROM", "") or parseaddr(DEFAULT_FROM_EMAIL)[1]  # to authors of reviews
if TRIAL and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
else:
    try:
        vars().update(email_url.parse(_required("EMAIL_URL")))
    except ValueError as exc:
        raise ImproperlyConfigured(str(exc)) from exc
STAFF_ORIGIN = env.str("STAFF_ORIGIN", "") or (
    f"http://127.0.0.1:{env.int('PORT', 8000)}" if TRIAL else f"https://{ALLOWED_HOSTS[0]}"
)  # origin of links in email to staff
PUBLIC_ORIGIN = env.str("PUBLIC_ORIGIN", "") or (
    f"http://127.0.0.1:{env.int('PORT', 8000)}" if TRIAL else f"https://{ALLOWED_HOSTS[0].lstrip('.*')}"
)  # origin of links in email to authors of reviews

SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")  # for reports of vulnerabilities, in /.well-known/security.txt
if SECURITY_CONTACT and not security_contact.CONTACT.fullmatch(SECURITY_CONTACT):
    raise ImproperlyConfigured("SECURITY_CONTACT must be mailto: and an address, or a page that begins with https://.")

# where, and under which host name, the worker sends its synthetic requests
SYNTHETIC_ORIGIN = env.str("SYNTHETIC_ORIGIN", "") or (
    f"http://127.0.0.1:{env.int('PORT', 8000)}" if "public" in SITES else ""
)  # without the public site, nowhere unless it is set
SYNTHETIC_HOST = ALLOWED_HOSTS[0].lstrip(".*") or "127.0.0.1"

# addresses with their port, such as 10.0.0.5:8080, of push services inside the network that may ring phones of staff
PUSH_SERVICES_INSIDE = env.str("PUSH_SERVICES_INSIDE", "").split()

# --- monitoring ------------------------------------------------------------------------------------------------------

METRICS_PORT = env.int("METRICS_PORT", 0)  # 0: none
METRICS_ADDRESS = env.str("METRICS_ADDRESS", "") or "127.0.0.1"
OPERATOR_ALERTS = env.str("OPERATOR_ALERTS", "").split()  # addresses of email, and URLs of Apprise
if any("," in target for target in OPERATOR_ALERTS if "://" not in target):
    raise ImproperlyConfigured("OPERATOR_ALERTS has to be separated by spaces: URLs may contain commas.")
LOG_FORMAT = env.str("LOG_FORMAT", "") or "line"
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT may be line or json.")

# --- response headers ------------------------------------------------------------------------------------------------

ONE_YEAR = 365 * 24 * 60 * 60
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", ONE_YEAR)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", True)
_may_preload = SECURE_HSTS_INCLUDE_SUBDOMAINS and SECURE_HSTS_SECONDS >= ONE_YEAR
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", _may_preload)
if SECURE_HSTS_PRELOAD and not _may_preload:
    raise ImproperlyConfigured("HSTS_PRELOAD=1 needs HSTS_INCLUDE_SUBDOMAINS=1 and HSTS_SECONDS of a year or more.")
SILENCED_SYSTEM_CHECKS = [  # what an operator decided needs no warning
    *(["security.W004"] if not SECURE_HSTS_SECONDS else []),
    *(["security.W005"] if not SECURE_HSTS_INCLUDE_SUBDOMAINS else []),
    *(["security.W021"] if not SECURE_HSTS_PRELOAD else []),
]
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SERVICE_UNAVAILABLE_VIEW = "detoxsite.pages.errors.service_unavailable"  # while the database is down
BUSY_VIEW = "detoxsite.pages.errors.busy"  # while staff pages use all the threads they may
GONE_VIEW = "detoxsite.pages.errors.gone"  # where a redirect says that an address is gone for good
REPLACED_VIEW = "detoxsite.pages.errors.replaced"  # where a redirect leads on from a page that was taken down
REFUSED_REQUEST_VIEW = "detoxsite.pages.errors.refused"  # by the web server
CSRF_FAILURE_VIEW = "detoxsite.pages.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

_NONE, _SELF = ["'none'"], ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _NONE,
        "style-src": _SELF,
        "img-src": _SELF,
        "media-src": _SELF,
        "form-action": _SELF,
        "base-uri": _NONE,
        "frame-ancestors": _NONE,
    }
}
# added on staff pages: the scripts of the admin and the editor, previews of pictures not yet uploaded
STAFF_CSP = {
    "script-src": [*_SELF, NONCE],
    "connect-src": _SELF,
    "font-src": _SELF,
    "img-src": ["data:", "blob:"],
}
if OIDC_SERVER:  # the browser follows the redirect of a form only to where the policy lets forms go
    STAFF_CSP["form-action"] = [re.match("https?://[^/]+", OIDC_SERVER)[0]]
PERMISSIONS_POLICY = {
    feature: []
    for feature in (
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
        *("microphone", "midi", "payment", "usb", "xr-spatial-tracking"),
    )
} | {"fullscreen": "self"}  # for videos of the center

# --- the text editor -------------------------------------------------------------------------------------------------

DJANGO_PROSE_EDITOR_EXTENSIONS = [{"js": [], "extensions": {"PasteCleaning": html_tags([])}}]  # adds no element
DJANGO_PROSE_EDITOR_PRESETS = {"article": [Script("js/editor-text.js", type="module")]}

# --- the rest --------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = "detoxsite.formats"
LANGUAGES = [("en", "English")]
TIME_ZONE = env.str("TIME_ZONE", "America/New_York")
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%Y-%m-%d %H:%M:%S %z"},
        "json": {"()": "detoxsite.core.json_logs.JsonFormatter"},
    },
    "filters": {
        "refusals": {"()": "detoxsite.core.log_filters.RefusalFilter"},
        "no_links": {"()": "detoxsite.core.log_filters.PrivateLinkFilter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["refusals", "no_links"] if LOG_FORMAT == "line" else [],  # they format the message
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # caused by every bot; answered with 400
    },
}
