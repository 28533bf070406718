"""`duecourse migrate`: roles, database and schemas, then every migration as the owner. May be run again at any time.

With the embedded server it starts it when needed and leaves it running only if it ran before. With --tables it leaves
server, roles and database alone and needs no right of a superuser.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from duecourse.config import home
from duecourse.edge import postgres


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    if parser().parse_args(list(arguments)).tables:
        migrate()
        return 0
    try:
        server = None if home.read("DATABASE_URL") else postgres.EmbeddedServer(home.folder())
        ran = server is None or server.running()
        if server:
            server.start()
        prepare_server(server)
        migrate()
        if server and not ran:
            server.stop()
    except postgres.ServerFailed as failed:
        print(f"migrate: {failed}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse migrate`."""
    found = argparse.ArgumentParser(prog="duecourse migrate", description="Roles, database, tables and grants.")
    found.add_argument("--tables", action="store_true", help="tables and grants alone, on a server that runs")
    return found


def prepare_server(server: postgres.EmbeddedServer | None) -> None:
    """Roles, database and schemas on the embedded server, or on that of DATABASE_URL. Raises ServerFailed."""
    admin = server.url(postgres.ADMIN, "postgres") if server else home.read("DATABASE_URL")
    postgres.prepare(admin, home.secrets_folder(), database=home.read("DUECOURSE_DATABASE"))


def migrate() -> None:
    """Every migration that is missing, as the owner."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_owner"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
