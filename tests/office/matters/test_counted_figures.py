"""The published figures are counted from the tables of matters, and one to four are not told apart."""

from datetime import date

from duecourse.office.figures import counting


def test_reports_are_counted_under_the_head_that_the_reporter_chose(office):
    for _ in range(5):
        office.report()
    office.report(form={"head": "minors"})
    found = counting.count(date(2026, 3, 2))
    assert found["heads"] == [
        {"year": 2026, "head": "fraud", "reports": 5},
        {"year": 2026, "head": "minors", "reports": None},
    ]
    assert found["opened"] == [{"month": "2026-03", "procedure": "report", "opened": 6}]
    assert found["register"] == []
