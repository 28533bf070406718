"""Who may see what: the table in office/pages/access.py, walked."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

ID = "6d0f7c0e-4a3b-4b43-8d0a-6a3f0c1d2e3f"


def every_address():
    from django.urls import reverse

    from duecourse.office.urls import urlpatterns

    given = {"matter": ID, "document": ID, "exhibit": ID, "step": "claim", "procedure": "report", "which": "original",
             "index": 0}  # fmt: skip
    for pattern in urlpatterns:
        wanted = pattern.pattern.converters
        yield pattern.name, reverse(pattern.name, kwargs={name: given.get(name, ID) for name in wanted})


def test_every_address_sends_a_visitor_who_is_not_signed_in_to_the_sign_in_page(town):
    visitor = town.visitor()
    found = dict(every_address())
    assert len(found) > 12
    for name, address in found.items():
        for answer in (visitor.get(address), visitor.post(address)):
            assert answer.status == 302, name
            assert answer.headers["Location"].startswith("/login/"), name


def test_a_closed_account_sees_nothing(town):
    account = town.people["officer"]
    browser = town.browser("officer")
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert browser.get("/").status == 302


def test_a_role_that_the_procedure_does_not_name_sees_neither_matter_nor_record_nor_list(town):
    address = town.report()
    for page in (
        address,
        f"{address}steps/claim/",
        f"{address}record/0/proof/",
        f"{address}exhibits/add/",
        "/reports/",
    ):
        answer = town.browser("custodian").get(page)
        assert answer.status == 403, page
        assert "您的职务无权查看" in answer.words
        assert "案件承办人" in answer.words
    listed = town.browser("custodian").get("/matters/")
    assert "没有符合条件的事项" in listed.words


def test_a_field_is_withheld_from_a_role_that_its_class_does_not_name_and_said_to_be(town):
    address = town.report()
    seen = town.browser("officer").get(address)
    assert "有人冒充客服骗走三千元" in seen.words
    above = town.browser("above").get(address)
    assert above.status == 200
    assert "有人冒充客服骗走三千元" not in above.text
    assert "经过 您的职务无权查看" in above.words


def test_identity_is_never_on_a_page(town):
    sent = town.browser("intake").send(
        "/open/report/", head="fraud", what_happened="被骗", harmed="self", channel="phone", contact="13800000000"
    )
    address = sent.headers["Location"]
    for name in ("intake", "officer", "boss"):
        page = town.browser(name).get(address)
        assert "13800000000" not in page.text
        assert "身份（密封）" in page.words


def test_a_person_who_holds_a_capacity_sees_the_matter_without_any_other_role(road):
    from datetime import date

    from duecourse.office.people import actions
    from duecourse.office.people.models import Appointment

    _, lead = road.lead()
    road.take("officer", lead, "claim")
    other = road.town.report()
    actions.end_appointment(Appointment.objects.get(account=road.town.people["officer"]), until_on=date(2026, 3, 1))
    assert road.town.browser("officer").get(lead).status == 200
    assert road.town.browser("officer").get(other).status == 403


def test_a_step_by_the_wrong_role_is_refused_in_the_sentence_that_stood_on_the_button(town):
    address = town.report()
    head = town.browser("head")
    page = head.get(address)
    assert page.status == 200
    form = town.browser("intake").get(f"{address}steps/claim/").form().filled({})
    answer = head.post(f"{address}steps/claim/", form)
    assert answer.status == 422
    sentences = answer.tree.xpath("//div[@class='govuk-error-summary']//li")
    assert sentences
    shown = " ".join(sentences[0].text_content().split())
    assert shown in page.words
    assert "《网络安全法》第十五条" in shown


def test_what_is_not_there_is_said_to_be_not_there(town):
    officer = town.browser("officer")
    address = town.report()
    for page in (
        f"/matters/{uuid4()}/",
        "/nowhere/",
        f"{address}steps/fly/",
        f"{address}record/99/proof/",
        "/open/flying/",
    ):
        answer = officer.get(page)
        assert answer.status == 404, page
        assert "没有此页面" in answer.words


def test_files_of_a_document_follow_its_reader(road):
    from duecourse.office.documents.models import Document

    _, case = road.case()
    people = road.town.people
    road.take(
        "officer", case, "file", grounds="有违法事实", breach="security-duty",
        handlers=[str(people["officer"].id), str(people["second"].id)], discovered_on="2026-03-02",
    )  # fmt: skip
    road.agree("head", case, "file")
    road.agree("boss", case, "file")
    road.draw_up()
    internal = Document.objects.get(kind="filing-decision", matter=UUID(case.split("/")[2]))
    address = f"{case}documents/{internal.id}/original/"
    assert road.town.browser("boss").get(address).status == 200
    assert road.town.browser("intake").get(address).status == 403


@pytest.mark.parametrize("name", ["officer", "intake", "boss", "publisher"])
def test_everybody_has_a_desk(town, name):
    town.report()
    assert town.browser(name).get("/").status == 200
    assert town.browser(name).get("/accounts/").status == 200
