"""What the office role may do with people, and with the tables of Django and Procrastinate that it works with.

It appoints, certifies and ends an appointment; it cannot delete a person, a role held or a certificate. Procrastinate's
tables, sequences and functions are found by their owner and prefix, so the list does not age.
"""

from django.db import migrations

FORWARD = r"""
GRANT SELECT, INSERT, UPDATE ON account TO duecourse_office;
GRANT SELECT, INSERT ON appointment, certificate TO duecourse_office;
GRANT UPDATE (until_on) ON appointment TO duecourse_office;
GRANT UPDATE (valid_until_on) ON certificate TO duecourse_office;
GRANT USAGE ON SEQUENCE appointment_id_seq, certificate_id_seq TO duecourse_office;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO duecourse_office;
GRANT SELECT ON django_content_type, auth_permission, django_migrations TO duecourse_office;
DO $$
DECLARE found record;
BEGIN
  FOR found IN SELECT c.relname, c.relkind FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relname LIKE 'procrastinate\_%' AND c.relkind IN ('r', 'S') LOOP
    IF found.relkind = 'S' THEN
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %I TO duecourse_office', found.relname);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO duecourse_office', found.relname);
    END IF;
  END LOOP;
  FOR found IN SELECT p.oid::regprocedure AS signature FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname LIKE 'procrastinate\_%' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO duecourse_office', found.signature);
  END LOOP;
  FOR found IN SELECT t.typname FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace
      AND t.typname LIKE 'procrastinate\_%' AND t.typcategory <> 'A' LOOP
    EXECUTE format('GRANT USAGE ON TYPE %I TO duecourse_office', found.typname);
  END LOOP;
END $$;
"""

BACKWARD = """
REVOKE ALL ON account, appointment, certificate, django_session, django_content_type, auth_permission, django_migrations FROM duecourse_office;
REVOKE ALL ON SEQUENCE appointment_id_seq, certificate_id_seq FROM duecourse_office;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
