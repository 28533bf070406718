"""What an installation needs before its sites open: its name in the log, its rulebook on record, a demo's accounts.

Run by `duecourse run` between the migrations and the sites; may be run again, and then records only what changed. Every
rulebook ever used is kept as one object, named by its digest in the system entry that records it.

Not here: database roles and tables (`migrate`), keys (`edge.keys_command`).
"""

from __future__ import annotations

import os
import sys


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
    """Record the rulebook in force if it is not the one recorded last; returns whether it was new.

    It is the folder that came with this installation, with what the office has laid down (`office.settings`).
    """
    from django.conf import settings
    from django.db import transaction

    from duecourse.edge import clock
    from duecourse.office.ledger import system
    from duecourse.office.settings import laying_down, profile

    with transaction.atomic():
        system.installation()
        laying_down.hold()
        made = laying_down.lay_down(clock.today(settings.DUECOURSE_ZONE))
    profile.publish()
    return bool(made)


if __name__ == "__main__":
    sys.exit(main())
