"""What the office role may do with the log: add, read, and the few changes that complete a row. It can remove nothing.

The public role has nothing here: its submissions come in by a function of the owner (`front`).
"""

from django.db import migrations

FORWARD = """
GRANT SELECT, INSERT ON entry, entry_field, position, tile, checkpoint, refused_entry, timestamp_attempt, installation TO duecourse_office;
GRANT UPDATE (value, salt, erased_at) ON entry_field TO duecourse_office;
GRANT UPDATE (hashes) ON tile TO duecourse_office;
GRANT UPDATE (published_at, cosigned, timestamp) ON checkpoint TO duecourse_office;
GRANT SELECT, DELETE ON unnumbered TO duecourse_office;
GRANT USAGE ON SEQUENCE entry_id_seq, timestamp_attempt_id_seq TO duecourse_office;
GRANT EXECUTE ON FUNCTION ledger_field_digest(text, bytea, bytea) TO duecourse_office;
"""

BACKWARD = """
REVOKE ALL ON entry, entry_field, position, tile, checkpoint, refused_entry, timestamp_attempt, installation, unnumbered FROM duecourse_office;
REVOKE ALL ON SEQUENCE entry_id_seq, timestamp_attempt_id_seq FROM duecourse_office;
REVOKE EXECUTE ON FUNCTION ledger_field_digest(text, bytea, bytea) FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_rules")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
