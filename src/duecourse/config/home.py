"""The installation's surroundings: every environment variable it reads, and where its files lie.

`SETTINGS` is the one list; docs/running/settings.md has a line for each, and a test compares them. Reading never fails
for a missing data folder: commands that need it say so themselves.

Not here: Django's settings (settings_*), the law's settings (rulebook/<name>/settings.yaml).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from duecourse.edge import postgres


@dataclass(frozen=True)
class Setting:
    """One environment variable: what it is when unset, and what it means."""

    name: str
    default: str
    help: str


SETTINGS: Final = (
    Setting("DUECOURSE_HOME", "./data", "the data folder: database, keys, secrets, objects, published files, backups"),
    Setting(
        "DUECOURSE_ENV",
        "production",
        "demo, test or production; once a data folder was made for a demo (`make run`), that stands in it",
    ),
    Setting("DUECOURSE_RULEBOOK", "cn-city", "the rulebook of this office: a folder in rulebook/"),
    Setting("DUECOURSE_CLOCK", "", "demo and test only: a file with seconds to add to the clock"),
    Setting(
        "DATABASE_URL",
        "",
        "a PostgreSQL server (15 or newer) instead of the embedded one, as a superuser or "
        "a role with CREATEROLE and CREATEDB",
    ),
    Setting("DUECOURSE_DATABASE", "duecourse", "the name of the database on the server"),
    Setting("DUECOURSE_PUBLIC_URL", "http://127.0.0.1:8000", "the address of the public site as readers type it"),
    Setting("DUECOURSE_OFFICE_URL", "http://127.0.0.1:8001", "the address of the office site as staff type it"),
    Setting("DUECOURSE_HOSTS", "", "further host names that the sites answer to, separated by commas"),
    Setting("DUECOURSE_LOG_ORIGIN", "duecourse.example/demo", "the name of the ledger's log; never changes afterwards"),
    Setting("DUECOURSE_ZONE", "Asia/Shanghai", "the time zone in which legal days are counted"),
    Setting(
        "DUECOURSE_PUBLICATION_SECONDS",
        "",
        "how often checkpoint and tiles are published; 600 in production, 15 in a demo, 1 in a test",
    ),
    Setting("DUECOURSE_PADDING_STEP", "64", "the log is padded to a multiple of this, so that its size tells little"),
    Setting("DUECOURSE_SEQUENCER_SECONDS", "0.5", "how long the sequencer sleeps when there is nothing to number"),
    Setting("DUECOURSE_WITNESSES", "", "addresses of witnesses to ask for cosignatures, separated by commas"),
    Setting("DUECOURSE_TIMESTAMP_URL", "", "the RFC 3161 service for the daily checkpoint; none when empty"),
    Setting(
        "DUECOURSE_TRUSTED_PROXIES",
        "",
        "addresses or networks of reverse proxies whose `X-Forwarded-For` is believed, separated by commas; "
        "of nobody when empty",
    ),
    Setting(
        "DUECOURSE_SIGN_IN",
        "",
        "`strong`: staff sign in with a passkey or through the identity service; `password`: with user name and "
        "password too; strong in production, password in a demo or a test",
    ),
    Setting("DUECOURSE_OIDC_ISSUER", "", "the address of the identity service (OpenID Connect); none when empty"),
    Setting("DUECOURSE_OIDC_CLIENT", "", "this office's client id at the identity service"),
    Setting("DUECOURSE_OIDC_SECRET", "", "the client secret at the identity service"),
    Setting(
        "DUECOURSE_OIDC_CLAIM", "preferred_username", "the claim of the identity service that is the user name here"
    ),
    Setting("DUECOURSE_OIDC_NAME", "", "what the button for the identity service says; its host name when empty"),
)
LAID_DOWN: Final = "installation"
"""The file of the data folder that `duecourse init` writes."""
_DEFAULTS: Final = {setting.name: setting.default for setting in SETTINGS}


def read(name: str) -> str:
    """The value of a setting of `SETTINGS`. Raises KeyError for a name that does not stand there."""
    return os.environ.get(name) or _remembered(name) or _DEFAULTS[name]


def folder() -> Path:
    """The data folder (absolute)."""
    return Path(read("DUECOURSE_HOME")).resolve()


def environment() -> str:
    """`demo`, `test` or `production`: the variable, else what the data folder was made for, else production."""
    chosen = os.environ.get("DUECOURSE_ENV")
    if not chosen:
        marker = folder() / "environment"
        chosen = marker.read_text("ascii").strip() if marker.is_file() else _DEFAULTS["DUECOURSE_ENV"]
    if chosen not in {"demo", "test", "production"}:
        raise SystemExit(f"DUECOURSE_ENV is {chosen!r}; it must be demo, test or production")
    return chosen


def laid_down(name: str) -> str:
    """What `duecourse init` laid down for this data folder, or "": it holds until a variable says otherwise."""
    return _written(LAID_DOWN).get(name, "")


def _remembered(name: str) -> str:
    """What was laid down, else where `duecourse run` put the sites, so that other commands find them."""
    found = laid_down(name)
    if not found and name in {"DUECOURSE_PUBLIC_URL", "DUECOURSE_OFFICE_URL"}:
        found = _written("addresses").get(name, "")
    return found


def _written(name: str) -> dict[str, str]:
    written = Path(os.environ.get("DUECOURSE_HOME") or _DEFAULTS["DUECOURSE_HOME"]) / name
    lines = written.read_text("utf-8").splitlines() if written.is_file() else []
    return dict(line.split("=", 1) for line in lines)


def secrets_folder() -> Path:
    """Passwords of database roles and the sites' own keys, each file 0600."""
    return folder() / "secrets"


def site_secret(site: str) -> str:
    """The secret key of one site, made at first use."""
    return postgres.ensure_password(secrets_folder(), f"site-{site}")


def database_url(role: str) -> str:
    """The connection url of a role, on the server of DATABASE_URL or on the embedded one.

    Raises postgres.ServerFailed when the role has no password yet.
    """
    server = read("DATABASE_URL")
    if server:
        return postgres.role_url(server, secrets_folder(), role, database=read("DUECOURSE_DATABASE"))
    return postgres.EmbeddedServer(folder()).url(role, read("DUECOURSE_DATABASE"))


# A statement that comes a third time is planned once for its connection: planning costs more than running it.
_PLAN_ONCE: Final = {"prepare_threshold": 2, "options": "-c plan_cache_mode=force_generic_plan"}


def django_database(role: str) -> dict[str, object]:
    """The same as Django's DATABASES entry; without a password while there is none, so that settings can be read."""
    try:
        parts = urlsplit(database_url(role))
    except postgres.ServerFailed:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": postgres.DATABASE, "USER": role}
    query = parse_qs(parts.query)
    host = query.pop("host", [parts.hostname or ""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": query.pop("port", [str(parts.port or "")])[0],
        "OPTIONS": {**_PLAN_ONCE, **{name: values[0] for name, values in query.items()}},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
