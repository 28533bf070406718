"""What an installation needs before its sites open: its name in the log, its rulebook on record, a demo's accounts.

Run by `duecourse run` between the migrations and the sites; may be run again, and then records only what changed. Every
rulebook ever used is kept as one object, named by its digest in the system entry that records it.

Not here: database roles and tables (`migrate`), keys (`edge.keys_command`).
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path

from duecourse.edge.objects import ObjectStore

LOADED = "rulebook-loaded"


def main() -> int:
    """Set up what is missing; returns the exit status, and says on stderr what is wrong with a rulebook."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
    import django

    django.setup()
    from django.conf import settings

    from duecourse.office.ledger import system

    system.install()
    record_rulebook()
    if settings.DUECOURSE_ENV != "production":
        from duecourse.office.people import town

        town.create()
    return 0


def record_rulebook() -> bool:
    """Record the rulebook in use if it is not the one recorded last; returns whether it was new."""
    from django.conf import settings
    from django.db import transaction

    from duecourse.office.ledger import store, system
    from duecourse.office.matters import rulebook

    book = rulebook.current()
    outcome = {"rulebook": book.digest, "calendar": book.calendar_digest}
    with transaction.atomic():
        entries = store.read(system.installation().system_stream)
        loaded = [entry.skeleton.outcome for entry in entries if entry.skeleton.step == LOADED]
        if loaded and {name: loaded[-1].get(name) for name in outcome} == outcome:
            return False
        bundle = ObjectStore(settings.DUECOURSE_OBJECTS).put(pack(rulebook.folder()))
        system.record(LOADED, outcome={**outcome, "bundle": bundle})
    return True


def pack(folder: Path) -> bytes:
    """All files of a folder as one tar archive that is the same wherever and whenever it is made."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                archive.addfile(member, content)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
