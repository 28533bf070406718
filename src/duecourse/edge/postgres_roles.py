"""The three database roles, the database and its schemas, on any PostgreSQL from 15 on.

`prepare` creates or mends them and may be run again at any time: roles `duecourse_owner` (migrates, owns),
`duecourse_office` and `duecourse_public` with random passwords in the folder of secrets (0600), the database, the
schemas `front` and `published`, and no privilege for PUBLIC.

Not here: tables and the grants on them (migrations).
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from duecourse.edge.keys import write_once
from duecourse.edge.postgres_place import ServerFailed

OWNER: Final = "duecourse_owner"
OFFICE: Final = "duecourse_office"
PUBLIC: Final = "duecourse_public"
ROLES: Final = (OWNER, OFFICE, PUBLIC)
DATABASE: Final = "duecourse"


def prepare(admin_url: str, secrets_folder: Path, *, database: str = DATABASE) -> None:
    """Create or mend roles, database and schemas at `admin_url` (a superuser, or a role with CREATEROLE and CREATEDB).

    Raises ServerFailed when the server refuses, with what must be done there by hand.
    """
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as admin:
            for role in ROLES:
                _prepare_role(admin, role, ensure_password(secrets_folder, role))
            _prepare_database(admin, database)
        with psycopg.connect(role_url(admin_url, secrets_folder, OWNER, database=database)) as owner:
            owner.execute(_schemas(database))
    except psycopg.errors.InsufficientPrivilege as refused:
        raise ServerFailed(
            f"the database server refused ({refused}); DATABASE_URL needs a role with CREATEROLE and CREATEDB"
        ) from refused
    except psycopg.OperationalError as failed:
        raise ServerFailed(f"the database server does not answer: {failed}") from failed


def role_url(server_url: str, secrets_folder: Path, role: str, *, database: str = DATABASE) -> str:
    """The url of `role` on the server of another url: same host and options, its own password, our database."""
    parts = urlsplit(server_url)
    host = parts.netloc.rpartition("@")[2]
    word = quote(read_password(secrets_folder, role), safe="")
    return urlunsplit((parts.scheme, f"{role}:{word}@{host}", f"/{database}", parts.query, ""))


def ensure_password(folder: Path, role: str) -> str:
    """The role's password, made at first use and kept in `folder` with mode 0600."""
    path = folder / role
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(path, f"{secrets.token_urlsafe(24)}\n".encode(), mode=0o600)
    return read_password(folder, role)


def read_password(folder: Path, role: str) -> str:
    """The role's password. Raises ServerFailed when there is none."""
    try:
        return (folder / role).read_text("ascii").strip()
    except FileNotFoundError:
        raise ServerFailed(f"no password for {role} in {folder}; `duecourse run` or `migrate` makes it") from None


def _prepare_role(admin: psycopg.Connection, role: str, password: str) -> None:
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    act = sql.SQL("ALTER" if known else "CREATE")
    rights = sql.SQL("LOGIN NOCREATEDB NOCREATEROLE PASSWORD")
    name = sql.Identifier(role)
    admin.execute(sql.SQL("{} ROLE {} {} {}").format(act, name, rights, sql.Literal(password)))
    if role == PUBLIC:
        for setting, value in (("statement_timeout", "10s"), ("idle_in_transaction_session_timeout", "10s")):
            change = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(change.format(name, sql.Identifier(setting), sql.Literal(value)))


def _prepare_database(admin: psycopg.Connection, database: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and not row[0]:
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
    admin.execute(create.format(sql.Identifier(database), sql.Identifier(OWNER)))


def _schemas(database: str) -> sql.Composed:
    """Run as the owner: since PostgreSQL 15 the database's owner owns the schema `public` too."""
    return sql.SQL("""
        REVOKE ALL ON DATABASE {database} FROM PUBLIC;
        GRANT CONNECT ON DATABASE {database} TO {office}, {public};
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {office};
        CREATE SCHEMA IF NOT EXISTS front;
        CREATE SCHEMA IF NOT EXISTS published;
        GRANT USAGE ON SCHEMA front TO {public};
        GRANT USAGE ON SCHEMA published TO {office}, {public};
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
    """).format(database=sql.Identifier(database), office=sql.Identifier(OFFICE), public=sql.Identifier(PUBLIC))
