"""What the office role may do with the tables of matters: read and project; never delete a matter or its numbers."""

from django.db import migrations

GRANT = """
GRANT SELECT, INSERT, UPDATE ON matter, number_counter, exhibit, register_item TO duecourse_office;
GRANT SELECT, INSERT, UPDATE, DELETE ON matter_clock, matter_person TO duecourse_office;
GRANT SELECT, INSERT ON matter_link, refused_attempt TO duecourse_office;
"""
REVOKE = """
REVOKE ALL ON matter, number_counter, exhibit, register_item, matter_clock, matter_person, matter_link, refused_attempt
FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
