"""Letters to reporters: in both languages, filled from the step, for the code alone, none after the contact ended."""

from __future__ import annotations

import pytest

from duecourse.core.errors import Invalid


def write(entry):
    """Write the letters that an entry causes, as the worker does."""
    from duecourse.office.reports import jobs

    for letter in entry.skeleton.outcome["letters"]:
        jobs.write_letter(matter=str(entry.stream), entry=entry.index, letter=letter)


@pytest.fixture
def reported(office, citizen):
    """A report of a citizen, taken on by an officer: the code and the matter."""
    from duecourse.office.reports import intake
    from duecourse.office.reports.models import Submission

    code = citizen.hand_in(contact="13800000000")
    intake.drain()
    matter = Submission.objects.get().matter
    office.step(matter, "claim", office.officer)
    return code, matter


def test_an_acceptance_is_told_in_both_languages_with_the_number_and_the_day(office, citizen, reported):
    code, matter = reported
    write(office.step(matter, "accept", office.officer, {"reason": "内部理由"}))
    letter = citizen.letters(code)[0]
    assert letter.title == {"zh-Hans": "举报受理告知", "en": "Your report has been accepted"}
    assert "2026年3月2日受理，编号〔2026〕1" in letter.body["zh-Hans"]
    assert "on 2026-03-02" in letter.body["en"]
    assert "内部理由" not in letter.body["zh-Hans"]


def test_a_letter_quotes_the_reason_and_names_a_choice_in_each_language(office, citizen, reported):
    code, matter = reported
    form = {"addressee": "police", "reason": "资金正在转移"}
    write(office.step(matter, "redirect", office.officer, form))
    body = citizen.letters(code)[0].body
    assert "公安机关" in body["zh-Hans"]
    assert "资金正在转移" in body["zh-Hans"]
    assert "Police" in body["en"]


def test_the_reason_of_a_step_that_another_approved_comes_from_the_proposal(office, citizen, reported):
    code, matter = reported
    office.step(matter, "decline", office.officer, {"reason": "没有法定受理主体"})
    write(office.step(matter, "decline", office.head, phase="agree"))
    assert "没有法定受理主体" in citizen.letters(code)[0].body["zh-Hans"]


def test_a_letter_written_twice_is_sent_once(office, citizen, reported):
    code, matter = reported
    accepted = office.step(matter, "accept", office.officer, {"reason": "有具体损害"})
    write(accepted)
    write(accepted)
    assert len(citizen.letters(code)) == 1


def test_another_code_opens_nothing(office, citizen, reported):
    _, matter = reported
    write(office.step(matter, "accept", office.officer, {"reason": "有具体损害"}))
    assert citizen.letters(citizen.hand_in()) == []


def test_withdrawal_ends_the_contact_and_not_the_duty(office, citizen, reported, admin_connection):
    from duecourse.office.ledger import store
    from duecourse.office.matters import checks, rulebook

    code, matter = reported
    write(office.step(matter, "accept", office.officer, {"reason": "有具体损害"}))
    write(office.step(matter, "withdraw-contact", office.intake, {"reason": "本人来电"}))
    write(office.step(matter, "answer", office.officer, {"result": "已责令退款"}))
    assert [letter.title["en"] for letter in citizen.letters(code)] == [
        "Your report has been accepted", "We will not contact you again",
    ]  # fmt: skip
    assert store.read(matter)[0].fields["contact"].state == "erased"
    assert admin_connection.execute("SELECT identity FROM submission").fetchone()[0] is None
    assert store.read(matter)[-1].skeleton.outcome["ended"] is True
    assert list(checks.matter(rulebook.current(), matter, rejudge=True)) == []


def test_a_report_by_phone_has_no_code_and_gets_no_letter(office):
    from duecourse.office.ledger import sql

    report = office.report()
    office.step(report, "claim", office.officer)
    write(office.step(report, "accept", office.officer, {"reason": "有具体损害"}))
    assert sql.rows("SELECT count(*) FROM letter")[0][0] == 0


def test_a_letter_that_the_rulebook_does_not_have_is_an_error_not_silence(office, reported):
    from duecourse.office.reports import letters

    with pytest.raises(Invalid) as wrong:
        letters.write(reported[1], 0, "greeting")
    assert wrong.value.code == "letter_unknown"


def test_every_letter_of_the_procedures_has_words_in_both_languages_that_its_steps_can_fill(office):
    from duecourse.office.matters import rulebook
    from duecourse.office.reports import letters

    words = rulebook.letters()
    own = {"number", "date"}
    for versions in rulebook.current().procedures.values():
        for step in versions[-1].steps.values():
            for branch in step.all_effects():
                for letter in branch.letters:
                    shown = {name for name, field in step.form.items() if field.class_ in letters.SHOWN_CLASSES}
                    for lang in ("zh-Hans", "en"):
                        assert letters.slots_of(words[letter].body[lang]) <= own | shown, (step.id, letter)
