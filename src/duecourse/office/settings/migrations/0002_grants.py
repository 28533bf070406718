"""What the office role may do with what it has laid down: add and decide; a rulebook in force is never changed."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT ON rulebook_version, setting_confirmation, imported_case TO duecourse_office;
GRANT USAGE ON SEQUENCE rulebook_version_seq_seq TO duecourse_office;
GRANT SELECT, INSERT ON setting_change, calendar_reading TO duecourse_office;
GRANT UPDATE (state, decided_by, decided_at, from_on) ON setting_change TO duecourse_office;
GRANT UPDATE (state) ON calendar_reading TO duecourse_office;
"""
REVOKE = """
REVOKE ALL ON rulebook_version, setting_confirmation, imported_case, setting_change, calendar_reading FROM duecourse_office;
REVOKE ALL ON SEQUENCE rulebook_version_seq_seq FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("office_settings", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
