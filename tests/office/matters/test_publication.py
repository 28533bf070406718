"""The register shows what was published, with what a reader needs to verify it, and of a withdrawal only the reason."""

from __future__ import annotations

import base64

import pytest

from duecourse.core.errors import Invalid, Refused
from duecourse.core.ledger.entry import Field, Skeleton, check_field

PUBLIC = {
    "reason": "涉及面广", "public_number": "示例〔2026〕1号", "public_party": "某科技公司",
    "public_facts": "收款不发货", "public_decision": "罚款一万元", "served_on": "2026-03-02",
}  # fmt: skip


@pytest.fixture
def published(office):
    from duecourse.office.matters.actions import open_matter

    form = {"decided_on": "2026-03-02", "party": "某科技公司", "decided_head": "fraud"}
    matter = open_matter("publication", by=office.publisher, form=form, key="open")
    office.step(matter, "publish", office.publisher, {**PUBLIC, "checked": True})
    office.step(matter, "publish", office.boss, phase="agree")
    return matter.stream


def test_the_public_sees_the_public_fields_and_no_other(published, public_connection):
    row = public_connection.execute("SELECT number, decided_on::text, fields FROM published.register").fetchone()
    assert row[:2] == ("示例〔2026〕1号", "2026-03-02")
    assert row[2] == {**PUBLIC, "decided_on": "2026-03-02", "decided_head": "fraud"}


def test_a_reader_checks_each_field_against_the_entry_that_holds_it(published, public_connection):
    rows = public_connection.execute("SELECT skeleton, fields FROM published.register_proof").fetchall()
    seen = set()
    for skeleton, fields in rows:
        for name, held in fields.items():
            check_field(
                Skeleton.decode(skeleton.encode()), Field(name, "public", held["value"], base64.b64decode(held["salt"]))
            )
            seen.add(name)
    assert seen == {*PUBLIC, "decided_on", "decided_head"}


def test_a_withdrawn_decision_shows_only_number_dates_and_reason(published, office, public_connection):
    from duecourse.office.matters import checks, rulebook

    office.step(published, "learn-of-change", office.publisher, {"what": "复议撤销"})
    office.step(published, "withdraw", office.publisher, {"withdrawal_reason": "决定已被撤销"})
    office.step(published, "withdraw", office.boss, phase="agree")
    row = public_connection.execute(
        "SELECT number, withdrawn_on::text, withdrawn_reason, fields, document FROM published.register"
    ).fetchone()
    assert row == ("示例〔2026〕1号", "2026-03-02", "决定已被撤销", None, None)
    assert public_connection.execute("SELECT count(*) FROM published.register_proof").fetchone()[0] == 0
    assert list(checks.published()) == []
    assert list(checks.matter(rulebook.current(), published, rejudge=True)) == []


def test_nothing_is_on_the_register_before_the_head_agrees(office, public_connection):
    from duecourse.office.matters.actions import open_matter

    form = {"decided_on": "2026-03-02", "party": "某科技公司", "decided_head": "fraud"}
    matter = open_matter("publication", by=office.publisher, form=form, key="open")
    office.step(matter, "publish", office.publisher, {**PUBLIC, "checked": True})
    with pytest.raises(Refused):
        office.step(matter, "publish", office.publisher, phase="agree")
    assert public_connection.execute("SELECT count(*) FROM published.register").fetchone()[0] == 0


def test_a_row_of_the_register_that_was_changed_is_named(published, admin_connection):
    from duecourse.office.matters import checks

    admin_connection.execute("UPDATE register_item SET number = '改过的文号'")
    assert [finding.code for finding in checks.published()] == ["matter-row-differs"]


def test_a_procedure_that_does_not_exist_is_invalid(office):
    from duecourse.office.matters.actions import open_matter

    with pytest.raises(Invalid) as wrong:
        open_matter("censorship", by=office.boss, form={}, key="k")
    assert wrong.value.code == "procedure_unknown"


def test_a_document_is_shown_only_where_the_party_is_an_organisation(office):
    from duecourse.office.ledger import store
    from duecourse.office.matters import register
    from duecourse.office.matters.actions import open_matter

    for kind, shown in (("organisation", True), ("person", False), (None, False)):
        form = {"decided_on": "2026-03-02", "party": "某当事人", "decided_head": "fraud"} | (
            {"party_kind": kind} if kind else {}
        )
        entry = open_matter("publication", by=office.publisher, form=form, key=f"open {kind}")
        acts = [(entry, register.Outcome.from_json(dict(entry.skeleton.outcome))) for entry in store.read(entry.stream)]
        assert register._of_organisation(acts) is shown


def test_the_public_folder_holds_what_the_register_shows_and_nothing_else(office, admin_connection):
    from duecourse.office.matters import exhibits, shown

    digest = exhibits.objects().put(b"%PDF-1.7 decision")
    stray = shown.ObjectStore(shown.folder()).put(b"something else")
    admin_connection.execute(
        "INSERT INTO register_item (matter, of, number, fields, entries, document, document_sha256, published_on) "
        "VALUES (gen_random_uuid(), gen_random_uuid(), '1', '{}', '[]', gen_random_uuid(), %s, '2026-03-02')",
        [digest],
    )
    assert shown.settle() == (1, 1)
    assert {path.parent.name + path.name for path in shown.folder().glob("??/*")} == {digest} != {stray}
    admin_connection.execute("UPDATE register_item SET withdrawn_on = '2026-03-03', withdrawn_reason = '撤销'")
    assert shown.settle() == (0, 1)
    assert not list(shown.folder().glob("??/*"))
