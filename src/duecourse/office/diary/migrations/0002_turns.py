"""Two columns of `matter` that PostgreSQL itself computes from `state`, so that lists need not read every state.

`turns`: for each proposal that waits, `procedure/version/step/opinions given`, and `from:account` of who proposed it;
empty when nothing is proposed. `opening`: the values that the opening step left in the state (head of harm, urgent …).
Both are functions of `state` in the same row: nobody writes them, and they cannot be out of step with it.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION matter_turns(state jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(turn ORDER BY turn), '{}') FROM (
    SELECT (state ->> 'procedure') || '/' || (state ->> 'version') || '/' || key || '/'
           || jsonb_array_length(value -> 'opinions') AS turn
    FROM jsonb_each(state -> 'proposals')
    UNION SELECT 'from:' || (value #>> '{opinions,0,0}') FROM jsonb_each(state -> 'proposals')
  ) AS found WHERE turn IS NOT NULL
$$;
REVOKE ALL ON FUNCTION matter_turns(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matter_turns(jsonb) TO duecourse_office;
ALTER TABLE matter
  ADD COLUMN turns text[] GENERATED ALWAYS AS (matter_turns(state)) STORED,
  ADD COLUMN opening jsonb GENERATED ALWAYS AS (state #> ARRAY['values', state #>> '{history,0,step}']) STORED;
CREATE INDEX matter_asked ON matter USING gin (turns) WHERE NOT ended;
"""
UNMAKE = """
DROP INDEX matter_asked;
ALTER TABLE matter DROP COLUMN turns, DROP COLUMN opening;
DROP FUNCTION matter_turns(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("diary", "0001_initial"), ("matters", "0004_erasure")]
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
