"""What the office role may do with sign-ins, sittings, invitations and the tables of django-allauth it works with.

An appointment's role and its giver stay as they were written. Addresses of e-mail, tokens of identity services and
configured services are tables of allauth that stay empty: the office role may look and nothing else.
`office_cache` holds counters and used codes; it is not logged, since it is empty after a crash with no harm done.
"""

from django.db import migrations

FORWARD = r"""
CREATE UNLOGGED TABLE office_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX office_cache_expires ON office_cache (expires);
GRANT SELECT, INSERT, UPDATE, DELETE ON office_cache, sign_in, sitting, mfa_authenticator TO duecourse_office;
GRANT SELECT, INSERT ON invitation TO duecourse_office;
GRANT UPDATE (used_at) ON invitation TO duecourse_office;
GRANT UPDATE (withdrawn_on) ON appointment TO duecourse_office;
GRANT USAGE ON SEQUENCE sign_in_id_seq, sitting_id_seq, invitation_id_seq, mfa_authenticator_id_seq TO duecourse_office;
GRANT SELECT ON account_emailaddress, socialaccount_socialaccount, socialaccount_socialapp, socialaccount_socialtoken
  TO duecourse_office;
"""

BACKWARD = """
REVOKE ALL ON sign_in, sitting, invitation, mfa_authenticator, account_emailaddress, socialaccount_socialaccount,
  socialaccount_socialapp, socialaccount_socialtoken FROM duecourse_office;
REVOKE UPDATE (withdrawn_on) ON appointment FROM duecourse_office;
DROP TABLE office_cache;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_entrance"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
