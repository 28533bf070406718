"""The public site: reads what is published, takes in what is sealed. No accounts, sessions, office module or jobs.

Not here: any import of `duecourse.office`; a test looks into a running process.
"""

from __future__ import annotations

from duecourse.config import home, logs
from duecourse.config.settings_base import *  # noqa: F403 - Django's way to share settings
from duecourse.config.settings_base import PUBLIC_URL, TEMPLATES, hosts, words_of
from duecourse.edge import postgres

ROOT_URLCONF = "duecourse.config.urls_public"
WSGI_APPLICATION = "duecourse.config.wsgi_public.application"
SECRET_KEY = home.site_secret("public")
ALLOWED_HOSTS = hosts(PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_COOKIE_NAME = "duecourse_form"
CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if CSRF_COOKIE_SECURE else 0
DATABASES = {"default": home.django_database(postgres.PUBLIC)}
INSTALLED_APPS = ["django.contrib.staticfiles", "duecourse.ui", "duecourse.public"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "duecourse.ui.compressing.PagesMiddleware",
    "duecourse.ui.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "duecourse.public.limits.BodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LOCALE_PATHS = words_of("ui", "public")
# Attachments never touch the disk in the clear: the only handler seals each chunk as it arrives.
FILE_UPLOAD_HANDLERS = ["duecourse.public.reporting.attachments.SealingHandler"]
CSRF_FAILURE_VIEW = "duecourse.public.reporting.views.csrf_failure"
TEMPLATES = [
    TEMPLATES[0]
    | {
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "duecourse.public.context.page"]
        }
    }
]
LOGGING = logs.wordless()
del DUECOURSE_OBJECTS  # noqa: F821 - came with the base: what the office has opened is none of this site's business
