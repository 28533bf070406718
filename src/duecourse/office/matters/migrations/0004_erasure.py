"""What the office role needs to forget a reporter who ended the contact: the sealed contact details may become NULL."""

from django.db import migrations

GRANT = "GRANT UPDATE (identity) ON submission TO duecourse_office;"
REVOKE = "REVOKE UPDATE (identity) ON submission FROM duecourse_office;"


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_published"), ("reports", "0003_grants")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
