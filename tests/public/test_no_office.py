"""The process of the public site holds no part of the office: no accounts, no sessions, no jobs, no key that opens."""

import json
import subprocess
import sys

from duecourse.config.supervisor import python

SERVE = """
import io, json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
from duecourse.config.wsgi_public import application
from django.conf import settings
from django.urls import get_resolver
import re
import uuid

def ask(method, path, body=b"", media="application/x-www-form-urlencoded"):
    said = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
               "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost", "CONTENT_TYPE": media,
               "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
               "wsgi.errors": sys.stderr, "SCRIPT_NAME": ""}
    answer = application(environ, lambda status, headers: said.append(status))
    b"".join(answer)
    answer.close()
    return said[0][:3]

from duecourse.public.urls import urlpatterns
from django.urls import reverse
from duecourse.public.rulebook import current
samples = {"item": uuid.uuid4(), "stream": uuid.uuid4(), "index": 0, "procedure": next(iter(current().procedures)),
           "tile": "tile/0/000"}
answers = {}
for one in urlpatterns:
    path = reverse(one.name, kwargs={name: samples[name] for name in one.pattern.converters})
    answers[path] = [ask("GET", path), ask("POST", path, b"a=b")]
print(json.dumps({"modules": sorted(sys.modules), "apps": settings.INSTALLED_APPS, "answers": answers,
                  "middleware": settings.MIDDLEWARE, "user": settings.DATABASES["default"]["USER"]}))
"""
DJANGO = tuple(f"django.contrib.{name}" for name in ("auth.models", "sessions", "admin"))
ABSENT = ("duecourse.office", "procrastinate", *DJANGO)


def test_a_public_process_that_served_every_page_holds_no_office_module(sites):
    done = subprocess.run(python("-c", SERVE), env=sites.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    every = {status for statuses in told["answers"].values() for status in statuses}
    assert every <= {"200", "302", "403", "404", "405"}, told["answers"]
    assert all(statuses[0] in {"200", "302", "404", "405"} for statuses in told["answers"].values()), told["answers"]
    assert [name for name in told["modules"] if name.startswith(ABSENT)] == []
    assert told["apps"] == ["django.contrib.staticfiles", "duecourse.ui", "duecourse.public"]
    assert not [name for name in told["middleware"] if "session" in name.lower() or "auth" in name.lower()]
    assert told["user"] == "duecourse_public"


def test_the_public_layer_can_be_imported_where_the_office_is_missing():
    block = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('duecourse.office'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "import os\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'duecourse.config.settings_public'\n"
        "import django; django.setup()\n"
        "import duecourse.public.urls\n"
    )
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
