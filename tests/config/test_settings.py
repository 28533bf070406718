import logging
import subprocess
import sys

LOOK = """
import sys
import duecourse.config.wsgi_public
from django.conf import settings
from django.urls import get_resolver
get_resolver().url_patterns
kept_out = ("duecourse.office", "procrastinate", "argon2", "django.contrib.auth", "django.contrib.sessions",
    "django.contrib.admin", "django.contrib.messages")
print(sorted(name for name in sys.modules if name.startswith(kept_out)))
"""


def test_the_public_site_loads_no_office_module_no_jobs_no_accounts_and_no_sessions():
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_site_has_its_own_secret_apps_and_database_role():
    public, office = _settings("public"), _settings("office")
    assert public["role"] == "duecourse_public"
    assert office["role"] == "duecourse_office"
    assert public["secret"] != office["secret"]
    assert not any(app.startswith("duecourse.office") for app in public["apps"])
    assert public["cookies"].isdisjoint(office["cookies"])


def test_no_upload_to_the_front_door_is_written_to_disk_by_django():
    assert "django.core.files.uploadhandler.TemporaryFileUploadHandler" not in _settings("public")["uploads"]


def test_a_date_is_read_as_people_here_write_it(django_ready):
    from datetime import date

    from django.forms import DateField
    from django.utils import formats, translation

    with translation.override("zh-hans"):
        for written in ("2026年9月5日", "2026-09-05", "2026/9/5", "2026年09月05日"):
            assert DateField().clean(written) == date(2026, 9, 5)
        assert formats.date_format(date(2026, 9, 5)) == "2026年9月5日"
    with translation.override("en"):
        assert DateField().clean("5 September 2026") == date(2026, 9, 5)
        assert formats.date_format(date(2026, 9, 5)) == "5 September 2026"


def test_the_front_doors_log_says_where_it_failed_and_not_what_was_written():
    from duecourse.config.logs import WordlessFormatter

    marker = "a-reporters-words"
    try:
        int(marker)
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Not Found: %s", (f"/{marker}",), sys.exc_info()
        )
    line = WordlessFormatter().format(record)
    assert marker not in line
    assert "ValueError" in line
    assert "test_settings.py" in line


def _settings(site):
    look = f"""
import json
from duecourse.config import settings_{site} as s
print(json.dumps({{"role": s.DATABASES["default"]["USER"], "secret": s.SECRET_KEY, "apps": s.INSTALLED_APPS,
    "cookies": [s.CSRF_COOKIE_NAME, getattr(s, "SESSION_COOKIE_NAME", "")],
    "uploads": getattr(s, "FILE_UPLOAD_HANDLERS", [])}}))
"""
    import json

    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    return {name: set(value) if name == "cookies" else value for name, value in json.loads(done.stdout).items()}


def test_the_public_site_does_not_know_where_the_office_keeps_its_files():
    look = "from duecourse.config import settings_public as s; print(hasattr(s, 'DUECOURSE_OBJECTS'))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
