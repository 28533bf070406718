"""Every column that could hold personal data is registered; what is erased is gone, and the record still holds."""

from __future__ import annotations

from duecourse.office.matters import personal

KINDS = ("text", "character varying", "character", "jsonb", "json", "bytea")
COLUMNS = """
SELECT table_name, column_name
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND (data_type = ANY(%s) OR data_type = 'ARRAY')
"""


def columns(connection):
    return {f"{table}.{column}" for table, column in connection.execute(COLUMNS, (list(KINDS),))}


def test_every_column_that_can_hold_words_or_bytes_is_registered(admin_connection):
    known = {place.column for place in personal.PLACES} | personal.NOT_PERSONAL.keys()
    found = {name for name in columns(admin_connection) if name.split(".")[0] not in personal.WHOLE_TABLES}
    assert found - known == set()


def test_nothing_is_registered_that_does_not_exist(admin_connection):
    named = {place.column for place in personal.PLACES} | personal.NOT_PERSONAL.keys()
    assert named - columns(admin_connection) == set()


def test_a_report_that_is_forgotten_leaves_no_word_of_it_and_still_verifies(office, admin_connection):
    from duecourse.office.ledger import store
    from duecourse.office.matters import checks, rulebook

    report = office.report(form={"what_happened": "无人知晓的往事", "contact": "13800000000"})
    assert personal.forget(report.stream, {"report", "identity"}) > 0
    held = store.read(report.stream)[0].fields
    assert {name for name, field in held.items() if field.state == "erased"} == {"what_happened", "contact"}
    values = admin_connection.execute("SELECT value FROM entry_field WHERE value IS NOT NULL").fetchall()
    assert "无人知晓的往事".encode() not in b"".join(bytes(row[0]) for row in values)
    assert list(checks.matter(rulebook.current(), report.stream, rejudge=True)) == []
