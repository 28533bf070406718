"""What no constraint can say: what is written stays written, and every entry waits for its number.

The triggers stop mistakes and ordinary misuse. They are no proof: whoever owns the database can drop them. The proof is
the signed tree, and the audit compares everything with it.
"""

from django.db import migrations

FORWARD = r"""
-- Random bytes do not compress: store them as they are.
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER entry_stays_whole BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER position_stays BEFORE UPDATE OR DELETE ON position FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER position_stays_whole BEFORE TRUNCATE ON position FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER entry_field_stays BEFORE DELETE ON entry_field FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER entry_field_stays_whole BEFORE TRUNCATE ON entry_field FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER tile_stays BEFORE DELETE ON tile FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER tile_stays_whole BEFORE TRUNCATE ON tile FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER checkpoint_stays_whole BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refused_entry_stays BEFORE UPDATE OR DELETE ON refused_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

-- The right edge of the tree grows; a hash that stands there stays.
CREATE FUNCTION ledger_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.level <> OLD.level OR NEW.n <> OLD.n OR octet_length(NEW.hashes) % 32 <> 0 OR octet_length(NEW.hashes) > 8192
     OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
    RAISE EXCEPTION 'a tile only grows: level % number %', OLD.level, OLD.n USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tile_grows BEFORE UPDATE ON tile FOR EACH ROW EXECUTE FUNCTION ledger_tile_grows();

-- What was signed stays; that it was published, cosigned and time-stamped is added once it is so.
CREATE FUNCTION ledger_checkpoint_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW(NEW.size, NEW.root, NEW.note, NEW.signed_at) IS DISTINCT FROM ROW(OLD.size, OLD.root, OLD.note, OLD.signed_at)
     OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)
     OR (OLD.timestamp IS NOT NULL AND NEW.timestamp IS DISTINCT FROM OLD.timestamp) THEN
    RAISE EXCEPTION 'a signed checkpoint stays as it is: size %', OLD.size USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checkpoint_signed BEFORE UPDATE ON checkpoint FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_signed();

-- SHA-256("duecourse/field/v1\n" || L(name) || L(salt) || L(value)), docs/formats/entry.md.
CREATE FUNCTION ledger_field_digest(name text, salt bytea, value bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
RETURN sha256('duecourse/field/v1\012'::bytea
  || int8send(octet_length(convert_to(name, 'UTF8'))::bigint) || convert_to(name, 'UTF8')
  || int8send(octet_length(salt)::bigint) || salt
  || int8send(octet_length(value)::bigint) || value);

-- A field may be opened (the value its digest names) or erased, never rewritten.
CREATE FUNCTION ledger_field_opened_or_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry_id <> OLD.entry_id OR NEW.name <> OLD.name OR NEW.class <> OLD.class THEN
    RAISE EXCEPTION 'a field stays where it is: entry % field %', OLD.entry_id, OLD.name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.value IS NULL THEN
    RETURN NEW;
  END IF;
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NULL AND OLD.value IS NULL AND NEW.value IS NOT NULL AND EXISTS (
       SELECT FROM public.entry WHERE id = NEW.entry_id AND convert_from(skeleton, 'UTF8')::jsonb #>> ARRAY['fields', NEW.name, 'digest']
         = encode(public.ledger_field_digest(NEW.name, NEW.salt, NEW.value), 'hex')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a field is opened to what its digest names, or erased: entry % field %', OLD.entry_id, OLD.name
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER entry_field_opened_or_erased BEFORE UPDATE ON entry_field FOR EACH ROW EXECUTE FUNCTION ledger_field_opened_or_erased();

-- Whoever may insert an entry queues it, and needs no right on the queue.
CREATE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO unnumbered (entry_id) SELECT id FROM arrived;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_queue() FROM PUBLIC;
CREATE TRIGGER entry_waits_for_its_number AFTER INSERT ON entry REFERENCING NEW TABLE AS arrived
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue();
"""

BACKWARD = """
DROP TRIGGER entry_waits_for_its_number ON entry;
DROP TRIGGER entry_field_opened_or_erased ON entry_field;
DROP TRIGGER checkpoint_signed ON checkpoint;
DROP TRIGGER tile_grows ON tile;
DROP FUNCTION ledger_queue(), ledger_field_opened_or_erased(), ledger_checkpoint_signed(), ledger_tile_grows();
DROP FUNCTION ledger_refuse() CASCADE;
DROP FUNCTION ledger_field_digest(text, bytea, bytea);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
