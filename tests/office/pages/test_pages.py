from __future__ import annotations


def test_a_report_by_phone_is_opened_and_taken_on(town):
    address = town.report()
    officer = town.browser("officer")
    page = officer.get(address)
    assert page.status == 200
    assert "领办" in page.words
    taken = officer.send(f"{address}steps/claim/")
    assert taken.status == 302
