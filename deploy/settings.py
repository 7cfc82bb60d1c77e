"""Every setting once; what differs between machines comes from the environment (deploy/env.example)."""

from pathlib import Path
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
STYLEGUIDE = env.bool("STYLEGUIDE", default=DEBUG)  # every component on one page, at /styleguide/
SITE_NAME = "落槌 Luochui"
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
EMBEDDED = "DATABASE_URL" not in env.ENVIRON or env.str("DATABASE_URL").startswith("sqlite")


def _secret_key() -> str:
    """The key from the environment; the embedded default makes one and keeps it, so that sessions outlive a restart."""
    if "SECRET_KEY" in env.ENVIRON:
        return env.str("SECRET_KEY")
    from django.core.management.utils import get_random_secret_key

    kept = VAR / "secret_key"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(get_random_secret_key())
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
# The keys that sign receipts and audit files (auctions/signing.py); every machine that signs needs the same ones.
SIGNING_DIR = env.str("SIGNING_DIR", default=str(VAR / "signing"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
WEBSOCKET_ORIGINS = env.list("WEBSOCKET_ORIGINS", default=[SITE_URL])

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "market.trail",
    "market.ledger",
    "market.parties",
    "market.documents",
    "market.notices",
    "market.rights",
    "market.listings",
    "market.deals",
    "market.payments",
    "market.royalties",
    "market.equity",
    "market.filings",
    "auctions",
    "valuation",
    "deploy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "deploy.middleware.PartyMiddleware",
    "deploy.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "deploy.urls"
ASGI_APPLICATION = "deploy.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["market.kernel.templatetags.market", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "market.kernel.display.choices",
                "deploy.context.site",
            ],
        },
    }
]
FORM_RENDERER = "market.kernel.formrender.HouseRenderer"

# Databases: SQLite takes its one write lock before the first read (IMMEDIATE), so a check is never a guess.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'luochui.sqlite3'}")}
_db = DATABASES["default"]
if _db["ENGINE"].endswith("sqlite3"):
    _db["OPTIONS"] = {
        **_db.get("OPTIONS", {}),
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    _db["OPTIONS"] = {
        **_db.get("OPTIONS", {}),
        "options": "-c lock_timeout=5s -c statement_timeout=30s",
        **(
            {"pool": {"min_size": 2, "max_size": env.int("DB_POOL", default=16), "timeout": 5}}
            if env.int("DB_POOL", default=16)
            else {}
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Bids refused by design, one a second to each address (one of each web process, through the proxy), prove that bids could
# be taken. Empty: no probes, and no lot waits for them, whatever its rules say.
PROBE_URLS = env.list("PROBE_URLS", default=[f"{SITE_URL}/probe/"])
PROBE_TOLERANCE_S = env.float("PROBE_TOLERANCE_S", default=3.0)  # a longer silence in a closing window extends the lot

# Live fan-out: the database is the truth; Redis only tells other processes to look. Without it: this process alone.
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", default="optional")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "market" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "market" / "static"]  # site-wide; each room keeps its own beside its code
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(VAR / "files")}},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
    "vault": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(VAR / "vault")}},
}
# The market's own signature under its papers (PEM files); left empty, both are made at first use in VAR/seal.
SEAL_KEY, SEAL_CERTIFICATE = env.str("SEAL_KEY", default=""), env.str("SEAL_CERTIFICATE", default="")
if env.str("S3_BUCKET", default=""):
    STORAGES["vault"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_expire": 300,
            "object_parameters": {"ServerSideEncryption": "AES256"},
        },
    }
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="luochui@localhost")

# Online payment. Without a key everything is paid by bank transfer; the demo has a stand-in for Stripe of its own, beside
# itself on the next free-looking port (deploy/standin). Two webhook secrets while one is being replaced.
STRIPE_KEY = env.str("STRIPE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_API, STRIPE_PAGES = "", "https://checkout.stripe.com"  # no other address but in the demo
STANDIN = DEMO and not STRIPE_KEY
if STANDIN:
    _site = urlsplit(SITE_URL)
    _port = (_site.port or 8000) + 10_000
    STRIPE_API = STRIPE_PAGES = f"http://{_site.hostname}:{_port if _port < 65_536 else _port - 20_000}"
    STRIPE_KEY, STRIPE_WEBHOOK_SECRETS = "sk_test_standin", ["whsec_standin"]

# Nothing is loaded from another host; websockets go to our own. The payer's form leads on to Stripe's page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *([STRIPE_PAGES] if STRIPE_KEY else [])],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if _https else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "deploy.logs.formatter"},
        "plain": {"format": "{levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain" if EMBEDDED else "json"}},
    "root": {"handlers": ["out"], "level": env.str("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO")},
}
