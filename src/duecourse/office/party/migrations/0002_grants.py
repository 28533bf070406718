"""What the office role may do with the party's door: give and end access, note what came and what was answered."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT, UPDATE (ended_at, replaced_by) ON party_access TO duecourse_office;
GRANT SELECT, INSERT, UPDATE (answered) ON party_act TO duecourse_office;
"""
REVOKE = "REVOKE ALL ON party_access, party_act FROM duecourse_office;"


class Migration(migrations.Migration):
    dependencies = [("party", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
