"""What the office role may do with documents: they are projections, so insert and update; never delete."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT, UPDATE ON document TO duecourse_office;
GRANT SELECT, INSERT, UPDATE ON document_counter TO duecourse_office;
"""
REVOKE = """
REVOKE ALL ON document FROM duecourse_office;
REVOKE ALL ON document_counter FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunSQL(GRANT, REVOKE)]
