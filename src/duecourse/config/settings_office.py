"""The office site, its worker, sequencer and commands: everything that staff use, as the role `duecourse_office`.

Not here: the right to change tables (settings_owner).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from duecourse.config import home, logs
from duecourse.config.settings_base import *  # noqa: F403 - Django's way to share settings
from duecourse.config.settings_base import DUECOURSE_ENV, OFFICE_URL, TEMPLATES, hosts, words_of
from duecourse.edge import postgres

ROOT_URLCONF = "duecourse.config.urls_office"
WSGI_APPLICATION = "duecourse.config.wsgi_office.application"
SECRET_KEY = home.site_secret("office")
ALLOWED_HOSTS = hosts(OFFICE_URL)
CSRF_TRUSTED_ORIGINS = [OFFICE_URL]
CSRF_COOKIE_NAME = "duecourse_office_form"
SESSION_COOKIE_NAME = "duecourse_office_session"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = OFFICE_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "duecourse.office.pages.limits.csrf_failure"
SESSION_COOKIE_AGE = 8 * 3600  # a working day
SESSION_COOKIE_SAMESITE = "Strict"
SECURE_HSTS_SECONDS = 31_536_000 if CSRF_COOKIE_SECURE else 0
DATABASES = {"default": home.django_database(postgres.OFFICE)}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "duecourse.ui",
    "duecourse.office",
    "duecourse.office.people",
    "duecourse.office.ledger",
    "duecourse.office.matters",
    "duecourse.office.reports",
    "duecourse.office.documents",
    "duecourse.office.settings",
    "duecourse.office.books",
    "duecourse.office.diary",
    "duecourse.office.party",
    "duecourse.office.figures",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "duecourse.ui.compressing.PagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "duecourse.office.matters.rulebook.Middleware",
    "duecourse.ui.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "duecourse.office.pages.limits.BodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "duecourse.office.people.sittings.SittingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    TEMPLATES[0]
    | {
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duecourse.office.pages.navigation.page",
            ]
        }
    }
]
AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
]
# Counters and used codes that both processes of the site must see; no words, no answers are cached.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "office_cache"}}

# --- signing in: docs/running/accounts.md ---
DUECOURSE_SIGN_IN = home.read("DUECOURSE_SIGN_IN") or ("strong" if DUECOURSE_ENV == "production" else "password")
DUECOURSE_FACTOR_SECRET = home.site_secret("factors")
DUECOURSE_OIDC_ISSUER = home.read("DUECOURSE_OIDC_ISSUER")
DUECOURSE_OIDC_CLAIM = home.read("DUECOURSE_OIDC_CLAIM")
ACCOUNT_ADAPTER = "duecourse.office.people.adapters.Doorkeeper"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(OFFICE_URL).scheme  # a proxy speaks https; the site itself does not
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/key"}  # second factors, beside the locks of people/limits
MFA_ADAPTER = "duecourse.office.people.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Duecourse"
MFA_TOTP_TOLERANCE = 1  # half a minute of a slow clock either way
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = OFFICE_URL.startswith("http://localhost:") or DUECOURSE_ENV != "production"
SOCIALACCOUNT_ADAPTER = "duecourse.office.people.adapters.Colleagues"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may post to this site alone, also by redirect
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "office",
                "name": home.read("DUECOURSE_OIDC_NAME") or urlsplit(DUECOURSE_OIDC_ISSUER).hostname or "",
                "client_id": home.read("DUECOURSE_OIDC_CLIENT"),
                "secret": home.read("DUECOURSE_OIDC_SECRET"),
                "settings": {"server_url": DUECOURSE_OIDC_ISSUER},
            }
        ]
        if DUECOURSE_OIDC_ISSUER
        else [],
    }
}
LOCALE_PATHS = words_of("ui", "office")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = logs.plain()
