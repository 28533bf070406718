"""What the office role needs to forget a person: contact details, sealed reports and letters may be emptied."""

from django.db import migrations

GRANT = """
GRANT UPDATE (identity, sealed, copy) ON submission TO duecourse_office;
GRANT UPDATE (sealed) ON letter TO duecourse_office;
"""
REVOKE = """
REVOKE UPDATE (identity, sealed, copy) ON submission FROM duecourse_office;
REVOKE UPDATE (sealed) ON letter FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_published"), ("reports", "0003_grants")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
