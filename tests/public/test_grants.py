"""What the role of the front door may do to the database: four functions, and reading what is published."""

import psycopg
import pytest

FUNCTIONS = {"front.agency", "front.letters", "front.status", "front.submit"}
ROLE = "duecourse_public"


def rows(connection, query, *params):
    return connection.execute(query, params).fetchall()


def test_the_front_door_can_call_exactly_four_functions_of_ours(owner_connection):
    found = rows(
        owner_connection,
        "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND has_schema_privilege(%s, n.oid, 'USAGE') AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        ROLE,
        ROLE,
    )
    assert {name for (name,) in found} == FUNCTIONS


def test_no_one_may_call_the_four_functions_but_the_front_door(owner_connection):
    found = rows(
        owner_connection,
        "SELECT DISTINCT coalesce(r.rolname, 'PUBLIC') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " CROSS JOIN LATERAL aclexplode(p.proacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname = 'front'",
    )
    assert {name for (name,) in found} == {ROLE, "duecourse_owner"}


def test_the_four_functions_run_as_their_owner_with_a_fixed_search_path(owner_connection):
    found = rows(
        owner_connection,
        "SELECT p.proname, p.prosecdef, r.rolname, p.proconfig FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE n.nspname = 'front'",
    )
    assert len(found) == 4
    for name, definer, owner, config in found:
        assert (definer, owner, config) == (True, "duecourse_owner", ["search_path=pg_catalog, pg_temp"]), name


def test_the_front_door_reads_what_is_published_and_no_other_table(owner_connection):
    found = rows(
        owner_connection,
        "SELECT n.nspname, c.relname, p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])"
        " AS p (privilege)"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        " AND c.relkind IN ('r', 'v', 'm', 'p', 'f')"
        " AND has_table_privilege(%s, c.oid, p.privilege)",
        ROLE,
    )
    assert found, "the register can be read"
    assert {(schema, privilege) for schema, _, privilege in found} == {("published", "SELECT")}


def test_the_front_door_may_use_no_column_sequence_type_or_large_object_beyond_that(owner_connection):
    sequences = rows(
        owner_connection,
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND (has_sequence_privilege(%s, c.oid, 'USAGE')"
        " OR has_sequence_privilege(%s, c.oid, 'SELECT') OR has_sequence_privilege(%s, c.oid, 'UPDATE'))",
        ROLE,
        ROLE,
        ROLE,
    )
    columns = rows(
        owner_connection,
        "SELECT table_schema, table_name, column_name FROM information_schema.column_privileges"
        " WHERE grantee = %s AND table_schema <> 'published'",
        ROLE,
    )
    assert (sequences, columns) == ([], [])


def test_the_front_door_may_enter_two_schemas_and_create_nothing(owner_connection):
    found = rows(
        owner_connection,
        "SELECT nspname, has_schema_privilege(%s, oid, 'USAGE'), has_schema_privilege(%s, oid, 'CREATE')"
        " FROM pg_namespace"
        " WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_%%'",
        ROLE,
        ROLE,
    )
    assert {name for name, use, _ in found if use} == {"front", "published"}
    assert not [name for name, _, create in found if create]


def test_the_front_door_owns_nothing_belongs_to_no_other_role_and_can_make_none(owner_connection):
    assert (
        rows(
            owner_connection,
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
            ROLE,
        )
        == []
    )
    assert (
        rows(
            owner_connection,
            "SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s",
            ROLE,
        )
        == []
    )
    flags = rows(
        owner_connection,
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s",
        ROLE,
    )
    assert flags == [(False, False, False, False)]


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT sealed FROM public.submission",
        "SELECT skeleton FROM public.entry",
        "INSERT INTO public.entry_field (entry_id, name, class) VALUES (1, 'x', 'case')",
        "DELETE FROM public.submission",
        "SELECT nextval('public.entry_id_seq')",
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE front.mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
    ],
)
def test_an_attempt_at_anything_else_is_refused(public_connection, attempt):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        public_connection.execute(attempt)
