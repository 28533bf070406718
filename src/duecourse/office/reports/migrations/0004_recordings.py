"""One recording of 200 MB may come with a report: `front.submit` takes attachments of 303 MB together, sealed."""

from importlib import import_module

from django.db import migrations

SUBMIT: str = import_module("duecourse.office.reports.migrations.0002_front").SUBMIT
ONCE_MORE = SUBMIT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
BEFORE, NOW = "> 101000000", "> 303000000"
assert ONCE_MORE.count(BEFORE) == 1


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_grants")]
    operations = [migrations.RunSQL(ONCE_MORE.replace(BEFORE, NOW), ONCE_MORE)]
