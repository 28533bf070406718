"""What both sites share. Neither site runs on this module alone.

Not here: which apps, middleware and database role a site has (settings_public, settings_office, settings_owner).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from duecourse.config import home

_SOURCE = Path(__file__).resolve().parent.parent

# --- the installation ---
DUECOURSE_HOME = home.folder()
DUECOURSE_ENV = home.environment()
os.environ["DUECOURSE_ENV"] = DUECOURSE_ENV  # the clock reads it
DUECOURSE_OBJECTS = DUECOURSE_HOME / "objects"  # the office's files; the public settings take it away
DUECOURSE_SEALED = DUECOURSE_HOME / "sealed"  # attachments as the front door sealed them
DUECOURSE_PUBLISHED = DUECOURSE_HOME / "published"
DUECOURSE_KEYS = DUECOURSE_HOME / "keys"
DUECOURSE_RULEBOOK = home.read("DUECOURSE_RULEBOOK")
DUECOURSE_ZONE = home.read("DUECOURSE_ZONE")
LOG_ORIGIN = home.read("DUECOURSE_LOG_ORIGIN")
PUBLICATION_SECONDS = float(
    home.read("DUECOURSE_PUBLICATION_SECONDS") or {"demo": 15, "test": 1, "production": 600}[DUECOURSE_ENV]
)
PADDING_STEP = int(home.read("DUECOURSE_PADDING_STEP"))
SEQUENCER_SECONDS = float(home.read("DUECOURSE_SEQUENCER_SECONDS"))
WITNESSES = [address for address in home.read("DUECOURSE_WITNESSES").split(",") if address]
TIMESTAMP_URL = home.read("DUECOURSE_TIMESTAMP_URL")
PUBLIC_URL = home.read("DUECOURSE_PUBLIC_URL").rstrip("/")
OFFICE_URL = home.read("DUECOURSE_OFFICE_URL").rstrip("/")

DUECOURSE_TRUSTED_PROXIES = [name for name in home.read("DUECOURSE_TRUSTED_PROXIES").split(",") if name.strip()]

# --- the web ---
DEBUG = False
_LOCAL = ["127.0.0.1", "localhost", "[::1]"] if DUECOURSE_ENV != "production" else []


def hosts(url: str) -> list[str]:
    """The host names a site answers to: that of its address, those of DUECOURSE_HOSTS, in a demo the local ones."""
    named = [name.strip() for name in home.read("DUECOURSE_HOSTS").split(",") if name.strip()]
    return sorted({urlsplit(url).hostname or "localhost", *named, *_LOCAL})


SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer a browser posts "Origin: null", which the form check refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Strict"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # bytes of text in one form
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_SOURCE / "ui" / "components"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic: files are found in the apps once, at start
WHITENOISE_AUTOREFRESH = False
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- language and time ---
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["duecourse.config.formats"]


def words_of(*layers: str) -> list[Path]:
    """Every folder of words below these layers: a package may keep its own beside its pages."""
    return [place for layer in layers for place in sorted((_SOURCE / layer).rglob("locale"))]


LOCALE_PATHS = words_of("ui")
