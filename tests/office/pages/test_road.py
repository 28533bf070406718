from __future__ import annotations

import io
import re
from uuid import UUID

import pypdf


def test_a_report_travels_the_whole_road_through_the_pages(road):
    from duecourse.office.documents.models import Document

    report, case = road.decided()
    road.seal(case)
    road.take("officer", case, "serve-decision", way="direct", recipient="法定代表人")
    road.draw_up()
    publication = road.opened(case, "公示")
    road.take(
        "publisher", publication, "publish", reason="具有一定社会影响",
        public_party="示例网络科技有限公司", public_facts="未采取技术措施", public_decision="警告并处罚款",
        served_on="2026-03-12", checked="true",
    )  # fmt: skip
    road.agree("boss", publication, "publish")
    road.take("officer", report, "answer", result="已依法作出处罚决定")

    officer = road.town.browser("officer")
    page = officer.get(case)
    assert "已送达待履行" in page.words
    assert "警告并处罚款" in page.words
    assert {row.state for row in Document.objects.filter(matter=UUID(case.split("/")[2]))} >= {"served", "drafted"}

    decision = Document.objects.get(kind="decision")
    original = officer.get(f"{case}documents/{decision.id}/original/")
    pages = pypdf.PdfReader(io.BytesIO(original.body)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    facts = [
        "示网信罚决〔2026〕1号", "示例网络科技有限公司", "人民币15,000元（大写：壹万伍仟元整）", "60日内", "6个月内",
        "《行政复议法》第二十条", "《行政诉讼法》第四十六条", str(decision.id), "未采取防范计算机病毒的技术措施",
    ]  # fmt: skip
    for fact in facts:
        assert fact in text, fact
    assert "林收" not in text
    assert "三千元" not in text


def test_the_receipt_of_service_counts_the_last_days_from_the_day_of_service(road):
    from duecourse.office.documents.models import Document
    from duecourse.office.matters.exhibits import objects

    _, case = road.decided()
    road.seal(case)
    road.take("officer", case, "serve-decision", way="direct", recipient="法定代表人")
    road.draw_up()
    receipt = Document.objects.filter(kind="receipt-of-service").order_by("version").last()
    pdf = pypdf.PdfReader(io.BytesIO(objects().get(receipt.object)))
    text = "".join("".join(page.extract_text().split()) for page in pdf.pages)
    assert "行政处罚决定书" in text
    assert "申请行政复议：60日，最后一日为2026年5月11日" in text
    assert "提起行政诉讼：6个月，最后一日为2026年9月14日" in text
    sealed = Document.objects.get(kind="decision").sealed_object
    assert sealed in text


def test_every_document_of_the_road_is_bound_to_the_record_and_renders_to_the_same_bytes_again(road):
    from duecourse.office.documents import actions
    from duecourse.office.documents.models import Document
    from duecourse.office.ledger import store

    road.decided()
    for row in Document.objects.all():
        assert row.object is not None, row.kind
        entry = next(e for e in store.read(row.matter) if e.index == row.drafted_entry)
        assert entry.fields["digest"].value == row.object
        order = actions._order(row, number=row.number)
        assert actions._put(order, "zh-Hans") == row.object
        assert actions._put(order, "en") == row.copy
        assert actions.draw_up(row.id) is None
    numbers = [row.number for row in Document.objects.exclude(number=None)]
    assert all(re.fullmatch(r"示网信\w+〔2026〕1号", number) for number in numbers), numbers
