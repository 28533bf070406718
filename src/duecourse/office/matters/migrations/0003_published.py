"""What the public may read of decisions: two views over `register_item`, and nothing behind them.

A withdrawn item shows its number, its dates and the reason, and neither content nor proof. A view runs as its owner,
so the public role needs no right on any table.
"""

from django.db import migrations

SCHEMA = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'published') THEN CREATE SCHEMA published; END IF;
END $$;
GRANT USAGE ON SCHEMA published TO duecourse_public, duecourse_office;
"""

REGISTER = """
CREATE VIEW published.register AS
SELECT r.matter AS id, r.number, r.decided_on, r.published_on, r.withdrawn_on, r.withdrawn_reason,
       CASE WHEN r.withdrawn_on IS NULL THEN (
         SELECT coalesce(jsonb_object_agg(f.key, f.value -> 'value'), '{}'::jsonb) FROM jsonb_each(r.fields) AS f
       ) END AS fields,
       CASE WHEN r.withdrawn_on IS NULL THEN r.document END AS document,
       CASE WHEN r.withdrawn_on IS NULL THEN r.document_sha256 END AS document_sha256
FROM register_item AS r;
GRANT SELECT ON published.register TO duecourse_public, duecourse_office;
"""

# One row an entry that a reader checks: with `fields` ({name: {"value", "salt"}} of that entry) all that a receipt needs
# but the proof, which the reader's site derives from the published tiles and `position`.
PROOF = """
CREATE VIEW published.register_proof AS
SELECT r.matter AS id, r.document_sha256, e.stream, e.index, convert_from(e.skeleton, 'UTF8') AS skeleton,
       encode(e.commitment, 'hex') AS commitment, p.number AS position,
       (SELECT coalesce(jsonb_object_agg(f.key, f.value - 'entry'), '{}'::jsonb) FROM jsonb_each(r.fields) AS f
         WHERE e.stream = r.matter AND (f.value ->> 'entry')::int = e.index) AS fields
FROM register_item AS r
CROSS JOIN LATERAL jsonb_to_recordset(r.entries) AS x(stream uuid, index int)
JOIN entry AS e ON e.stream = x.stream AND e.index = x.index
LEFT JOIN position AS p ON p.entry_id = e.id
WHERE r.withdrawn_on IS NULL;
GRANT SELECT ON published.register_proof TO duecourse_public, duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_grants"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(SCHEMA, migrations.RunSQL.noop),
        migrations.RunSQL(REGISTER, "DROP VIEW published.register"),
        migrations.RunSQL(PROOF, "DROP VIEW published.register_proof"),
    ]
