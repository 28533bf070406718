"""The office site, its worker, sequencer and commands: everything that staff use, as the role `duecourse_office`.

Not here: the right to change tables (settings_owner).
"""

from __future__ import annotations

from duecourse.config import home, logs
from duecourse.config.settings_base import *  # noqa: F403 - Django's way to share settings
from duecourse.config.settings_base import OFFICE_URL, TEMPLATES, hosts, words_of
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
    "procrastinate.contrib.django",
    "duecourse.ui",
    "duecourse.office",
    "duecourse.office.people",
    "duecourse.office.ledger",
    "duecourse.office.matters",
    "duecourse.office.reports",
    "duecourse.office.documents",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "duecourse.ui.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "duecourse.office.pages.limits.BodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
LOCALE_PATHS = words_of("ui", "office")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = logs.plain()
