"""What the office role may do with reports: read them, move a submission on, write letters, keep the list of agencies."""

from django.db import migrations

GRANT = """
GRANT SELECT ON submission, attachment TO duecourse_office;
GRANT UPDATE (state, matter, aside_reason) ON submission TO duecourse_office;
GRANT SELECT, INSERT ON letter TO duecourse_office;
GRANT SELECT, INSERT, UPDATE (ended_at) ON agency TO duecourse_office;
"""
REVOKE = "REVOKE ALL ON submission, attachment, letter, agency FROM duecourse_office;"


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_front")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
