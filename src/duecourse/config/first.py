"""What `duecourse init` enters into a fresh installation: the first administrator, and what the office says of itself.

Run once, in a process of its own, with the file of answers as its argument; prints the invitation and nothing else.
Refuses when there is an account already. Not here: questions and checks (`init`).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Final

SETTINGS: Final = {
    "name": "office-name",
    "name-en": "office-name-en",
    "number-prefix": "office-number-prefix",
    "hotline": "hotline",
}
REASON: Final = "首次设置 first setting"


def main(path: Path) -> int:
    """Enter it; returns the exit status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
    import django

    django.setup()
    from django.conf import settings
    from django.db import transaction

    from duecourse.core.errors import Invalid
    from duecourse.edge import clock
    from duecourse.office.people import actions as people
    from duecourse.office.people.models import Account
    from duecourse.office.settings import actions

    answers = json.loads(path.read_text("utf-8"))
    if Account.objects.exists():
        print("there is an account already", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    with transaction.atomic():
        account, _ = people.create_account(username=answers["administrator"], name=answers["administrator-name"])
        people.appoint(account, people.ADMINISTRATOR, from_on=clock.today(settings.DUECOURSE_ZONE))
        code, _ = people.invite(account)
        for answer, setting in SETTINGS.items():
            try:
                actions.propose(setting, answers[answer], by=account, reason=REASON)
            except Invalid as wrong:
                if wrong.code not in {"setting_stands", "setting_unknown"}:
                    raise
    print(code)  # noqa: T201 - a command speaks
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
