"""Documents drawn up by the worker: killed, run twice, asked for what they may not say."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from duecourse.core.errors import Invalid


class Killed(BaseException):
    """The worker's process is gone."""


def killed(*_args, **_named):
    raise Killed


def letter(road):
    from duecourse.office.documents.models import Document

    address = road.town.report()
    road.take("officer", address, "claim")
    road.take("officer", address, "accept", reason="属于受理范围")
    return address, Document.objects.get(matter=UUID(address.split("/")[2]))


def test_a_worker_killed_before_the_entry_leaves_nothing_and_the_next_run_gives_the_same_number(road, monkeypatch):
    from duecourse.office.documents import actions
    from duecourse.office.documents.models import Document, DocumentCounter

    _, row = letter(road)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "take_step", killed)
        with pytest.raises(Killed):
            actions.draw_up(row.id)
    assert Document.objects.get(id=row.id).state == "queued"
    assert not DocumentCounter.objects.exists()
    actions.draw_up(row.id)
    drawn = Document.objects.get(id=row.id)
    assert (drawn.state, drawn.number) == ("drafted", "示网信举受〔2026〕1号")


def test_two_workers_with_one_document_enter_it_once_and_waste_no_number(road):
    from duecourse.office.documents import actions
    from duecourse.office.documents.models import Document, DocumentCounter

    _, row = letter(road)
    actions.draw_up(row.id)
    Document.objects.filter(id=row.id).update(state="queued")  # what a second worker read before the first committed
    actions.draw_up(row.id)
    assert DocumentCounter.objects.get().last == 1
    assert actions.store.read(row.matter)[-1].skeleton.step == "document"
    assert [e.skeleton.step for e in actions.store.read(row.matter)].count("document") == 1


def test_a_document_that_would_show_a_field_its_reader_may_not_see_is_not_made(road):
    from duecourse.office.documents import actions, content
    from duecourse.office.documents.paper import Slot

    _, row = letter(road)
    order = actions._order(row, number=None)
    words = {"zh-Hans": "理由", "en": "Reason"}
    secret = Slot("reason", words, ("asked.reason",))
    bad = replace(order, paper=replace(order.paper, slots={**order.paper.slots, "reason": secret}))
    with pytest.raises(Invalid) as raised:
        content.payload(bad, "zh-Hans")
    assert raised.value.code == "document_discloses"


def test_a_document_with_an_empty_required_slot_is_not_made(road):
    from duecourse.office.documents import actions, content
    from duecourse.office.documents.paper import Slot

    _, row = letter(road)
    order = actions._order(row, number=None)
    words = {"zh-Hans": "甲", "en": "A"}
    missing = Slot("missing", words, ("asked.nothing",), required=True)
    bad = replace(order, paper=replace(order.paper, slots={"missing": missing}))
    with pytest.raises(Invalid) as raised:
        content.payload(bad, "zh-Hans")
    assert raised.value.code == "document_incomplete"


def test_the_acceptance_letter_names_no_reporter_and_nothing_of_the_report(road):
    import io

    import pypdf

    from duecourse.office.documents import actions
    from duecourse.office.documents.models import Document
    from duecourse.office.matters.exhibits import objects

    _, row = letter(road)
    actions.draw_up(row.id)
    for digest in (Document.objects.get(id=row.id).object, Document.objects.get(id=row.id).copy):
        pages = pypdf.PdfReader(io.BytesIO(objects().get(digest))).pages
        text = "".join("".join(page.extract_text().split()) for page in pages)
        assert "三千元" not in text
        assert "属于受理范围" not in text
        assert str(row.id) in text
    assert "Readingcopy" in text


def test_in_production_a_seal_needs_a_stamped_file(road, settings_of_production):
    from duecourse.office.documents import actions

    _, row = letter(road)
    actions.draw_up(row.id)
    settings_of_production.DUECOURSE_ENV = "production"
    with pytest.raises(Invalid) as raised:
        actions.seal(row.id, by=road.town.people["boss"], pdf=None, key="k")
    assert raised.value.code == "seal_needs_file"


@pytest.fixture
def settings_of_production():
    from django.conf import settings

    before = settings.DUECOURSE_ENV
    yield settings
    settings.DUECOURSE_ENV = before


def test_the_job_that_a_step_queues_is_one_the_worker_knows_and_draws_the_document_up(road):
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob

    from duecourse.office.documents import jobs
    from duecourse.office.documents.models import Document

    _, row = letter(road)
    queued = ProcrastinateJob.objects.get(task_name=jobs.render_document.name)
    assert queued.args == {"matter": str(row.matter), "document": str(row.id)}
    assert queued.task_name in app.tasks
    jobs.render_document(**queued.args)
    assert Document.objects.get(id=row.id).state == "drafted"
