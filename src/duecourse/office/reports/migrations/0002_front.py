"""The four functions of the front door. They are all that the public role can do to the database besides reading `published`.

Each runs as its owner with a fixed search path. `front.submit` trusts nothing it is given: the entry's commitment is
computed here, the skeleton must be that of a first entry of kind `submission` of this log, and fields and attachments
are taken from the skeleton itself. So even a front door in the wrong hands can only add reports.
"""

from django.db import migrations

# Sizes: 262,144 bytes of sealed text are some 20,000 characters twice over; 100 MB of attachments in 10 files.
SUBMIT = r"""
CREATE FUNCTION front.submit(
  p_skeleton bytea, p_lookup bytea, p_letters_key bytea, p_sealed bytea, p_copy bytea, p_identity bytea,
  p_channel_salt bytea, p_channel bytea, p_sizes bytea
) RETURNS TABLE (stream uuid, fresh boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s jsonb;
  v_sizes jsonb;
  v_objects integer;
  v_stream uuid;
  v_entry bigint;
  v_recorded timestamptz;
BEGIN
  IF octet_length(p_lookup) IS DISTINCT FROM 32 OR octet_length(p_letters_key) IS DISTINCT FROM 32
     OR coalesce(octet_length(p_skeleton), 16385) > 16384 OR coalesce(octet_length(p_sizes), 257) > 256
     OR coalesce(octet_length(p_sealed), 0) NOT BETWEEN 1 AND 262144
     OR coalesce(octet_length(p_copy), 0) NOT BETWEEN 1 AND 262144
     OR coalesce(octet_length(p_identity), 1) NOT BETWEEN 1 AND 16384 THEN
    RAISE EXCEPTION 'submission_size' USING ERRCODE = 'check_violation';
  END IF;
  s := convert_from(p_skeleton, 'UTF8')::jsonb;
  v_sizes := convert_from(p_sizes, 'UTF8')::jsonb;
  v_stream := (s ->> 'stream')::uuid;
  v_recorded := (s ->> 'recorded')::timestamptz;
  v_objects := jsonb_array_length(s -> 'exhibits');
  IF v_objects > 10 OR (v_objects > 0
     AND (SELECT sum(size::bigint) FROM jsonb_array_elements_text(v_sizes) AS size) > 101000000) THEN
    RAISE EXCEPTION 'submission_size' USING ERRCODE = 'check_violation';
  END IF;
  IF s ->> 'v' IS DISTINCT FROM 'duecourse/entry/v1' OR s ->> 'kind' IS DISTINCT FROM 'submission'
     OR s ->> 'step' IS DISTINCT FROM 'submit' OR s ->> 'role' IS DISTINCT FROM 'reporter'
     OR s -> 'index' IS DISTINCT FROM '0'::jsonb OR s -> 'prev' IS DISTINCT FROM 'null'::jsonb
     OR s -> 'links' IS DISTINCT FROM '[]'::jsonb OR s -> 'outcome' IS DISTINCT FROM '{}'::jsonb
     OR v_objects IS DISTINCT FROM jsonb_array_length(v_sizes)
     OR (SELECT array_agg(name ORDER BY name COLLATE "C") FROM jsonb_object_keys(s -> 'fields') AS name) IS DISTINCT FROM
        (CASE WHEN p_identity IS NULL THEN ARRAY['channel', 'content'] ELSE ARRAY['channel', 'content', 'identity'] END)
     OR NOT EXISTS (SELECT FROM public.installation AS i WHERE i.origin = s ->> 'log') THEN
    RAISE EXCEPTION 'submission_skeleton' USING ERRCODE = 'check_violation';
  END IF;
  IF s #>> '{fields,channel,digest}' IS DISTINCT FROM encode(sha256('duecourse/field/v1\012'::bytea
      || int8send(7) || 'channel'::bytea || int8send(octet_length(p_channel_salt)::bigint) || p_channel_salt
      || int8send(octet_length(p_channel)::bigint) || p_channel), 'hex') THEN
    RAISE EXCEPTION 'submission_field' USING ERRCODE = 'check_violation';
  END IF;
  v_entry := nextval('public.entry_id_seq');
  INSERT INTO public.submission (stream, entry_id, lookup_id, letters_key, sealed, copy, identity, received_at, state)
    VALUES (v_stream, v_entry, p_lookup, p_letters_key, p_sealed, p_copy, p_identity, v_recorded, 'waiting')
    ON CONFLICT (lookup_id) DO NOTHING;
  IF NOT FOUND THEN  -- the same code, sent at the same moment: that one stands
    RETURN QUERY SELECT b.stream, false FROM public.submission AS b WHERE b.lookup_id = p_lookup;
    RETURN;
  END IF;
  WITH written AS (
    INSERT INTO public.entry (id, commitment, stream, kind, index, prev, skeleton, recorded_at, key)
      VALUES (v_entry,
        sha256('duecourse/entry/v1\012'::bytea || int8send(octet_length(p_skeleton)::bigint) || p_skeleton),
        v_stream, 'submission', 0, NULL, p_skeleton, v_recorded, NULL)
  )
  INSERT INTO public.entry_field (entry_id, name, class, salt, value)
    SELECT v_entry, f.key, f.value ->> 'class',
      CASE f.key WHEN 'channel' THEN p_channel_salt END, CASE f.key WHEN 'channel' THEN p_channel END
    FROM jsonb_each(s -> 'fields') AS f;
  IF v_objects > 0 THEN
    INSERT INTO public.attachment (submission, place, object, size)
      SELECT v_stream, place - 1, object, (v_sizes ->> (place - 1)::int)::bigint
      FROM jsonb_array_elements_text(s -> 'exhibits') WITH ORDINALITY AS a (object, place);
  END IF;
  RETURN QUERY SELECT v_stream, true;
END $$;
"""

LETTERS = """
CREATE FUNCTION front.letters(p_lookup bytea) RETURNS TABLE (id uuid, sealed bytea, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.id, l.sealed, l.created_at FROM public.letter AS l WHERE l.lookup_id = p_lookup ORDER BY l.created_at, l.id
$$;
"""

# The tiles of an inclusion proof: at each level the tile the entry stands under and the tile at the right edge. The
# checkpoint is the newest cosigned one among the last 64 published, if it covers the entry, else the newest signed.
STATUS = """
CREATE FUNCTION front.status(p_lookup bytea) RETURNS TABLE (
  stream uuid, received_at timestamptz, state text, aside_reason text, copy bytea, skeleton bytea,
  number bigint, note text, levels smallint[], numbers bigint[], hashes bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT b.stream, b.received_at, b.state, b.aside_reason, b.copy, e.skeleton, p.number, c.note, t.levels, t.numbers, t.hashes
  FROM public.submission AS b
  JOIN public.entry AS e ON e.id = b.entry_id
  LEFT JOIN public.position AS p ON p.entry_id = e.id
  LEFT JOIN LATERAL (
    SELECT * FROM (
      SELECT k.size, k.cosigned AS note, 1 AS choice FROM (
        SELECT size, cosigned FROM public.checkpoint
        WHERE published_at IS NOT NULL AND size > p.number ORDER BY size DESC LIMIT 64) AS k WHERE k.cosigned IS NOT NULL
      UNION ALL
      (SELECT size, note, 2 FROM public.checkpoint WHERE size > p.number ORDER BY size DESC LIMIT 1)
    ) AS either ORDER BY choice, size DESC LIMIT 1
  ) AS c ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(level) AS levels, array_agg(n) AS numbers, array_agg(tile.hashes) AS hashes
    FROM public.tile, generate_series(0, 7) AS g
    WHERE level = g AND n IN (p.number >> (8 * (g + 1)), c.size >> (8 * (g + 1)))
  ) AS t ON true
  WHERE b.lookup_id = p_lookup
$$;
"""

AGENCY = """
CREATE FUNCTION front.agency(p_token_hash bytea) RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, a.name FROM public.agency AS a WHERE a.token_hash = p_token_hash AND a.ended_at IS NULL
$$;
"""

SUBMIT_ARGUMENTS = ", ".join(["bytea"] * 9)
SIGNATURES = (
    f"front.submit({SUBMIT_ARGUMENTS})",
    "front.letters(bytea)",
    "front.status(bytea)",
    "front.agency(bytea)",
)

OWNED = "".join(
    f"ALTER FUNCTION {one} OWNER TO duecourse_owner; REVOKE ALL ON FUNCTION {one} FROM PUBLIC; "
    f"GRANT EXECUTE ON FUNCTION {one} TO duecourse_public;\n"
    for one in SIGNATURES
)
SCHEMA = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'front') THEN CREATE SCHEMA front; END IF;
END $$;
REVOKE ALL ON SCHEMA front FROM PUBLIC;
GRANT USAGE ON SCHEMA front TO duecourse_public;
"""
# Locked bytes do not compress; a report of ordinary length stays in its row.
STORED = """
ALTER TABLE submission ALTER COLUMN sealed SET STORAGE EXTERNAL, ALTER COLUMN copy SET STORAGE EXTERNAL,
  ALTER COLUMN identity SET STORAGE EXTERNAL;
ALTER TABLE submission SET (toast_tuple_target = 8160);
ALTER TABLE letter ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""
FORWARD = STORED + SCHEMA + SUBMIT + LETTERS + STATUS + AGENCY + OWNED
BACKWARD = "".join(f"DROP FUNCTION {one};\n" for one in SIGNATURES)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("ledger", "0003_grants")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
