"""Keeping accounts: made, invited, appointed, certified, reset, closed; each an entry, none of them one's own."""

from __future__ import annotations

import re

import pytest
from doorstep import PASSWORD


@pytest.fixture
def keeper(at_desk):
    return at_desk("keeper")


@pytest.fixture
def newcomer(keeper):
    """An account that the keeper has just made: its address and the code that is shown once."""
    address = keeper.post("/accounts/new/", username="newcomer", name="新人").headers["Location"]
    keeper.get(address)
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]", keeper.words).group()
    return address, code


def steps(address):
    from uuid import UUID

    from duecourse.office.ledger import store

    return [one.skeleton.step for one in store.read(UUID(address.split("/")[2]))]


def test_a_new_person_comes_in_with_a_code_that_is_shown_once_and_works_once(keeper, newcomer, desk):
    address, code = newcomer
    keeper.get(address)
    assert code not in keeper.words
    one = desk()
    assert one.post("/invitation/", code="7QK2-0M4T-XW9C-5RZH-A").status_code == 400
    assert one.post("/invitation/", code=code.lower().replace("-", " ")).headers["Location"] == "/welcome/"
    one.get("/welcome/")
    assert "newcomer" in one.words
    assert one.post("/welcome/", password="a password of mine", again="a password of mine").status_code == 302
    assert one.get("/account/").status_code == 200
    late = desk()
    assert late.post("/invitation/", code=code).status_code == 400
    assert steps(address) == ["account-created", "invited", "invitation-used"]


def test_a_code_is_over_after_seven_days(newcomer, desk, clock):
    clock.forward(days=7, seconds=1)
    one = desk()
    assert one.post("/invitation/", code=newcomer[1]).status_code == 400
    assert "older than seven days" in one.words


def test_nobody_comes_to_the_welcome_page_without_a_code(desk):
    one = desk()
    assert one.get("/welcome/").headers["Location"] == "/invitation/"
    assert one.post("/welcome/", password=PASSWORD, again=PASSWORD).headers["Location"] == "/invitation/"


def test_a_keeper_appoints_certifies_and_ends_and_the_record_shows_who_did(keeper, newcomer):
    address, _ = newcomer
    assert keeper.post(f"{address}appoint/", role="case-officer", from_on="2026-03-02").status_code == 302
    certified = {"number": "执法一号", "valid_from_on": "2026-03-02", "valid_until_on": "2026-04-01"}
    assert keeper.post(f"{address}certify/", **certified).status_code == 302
    assert keeper.post(f"{address}certify/", **certified).status_code == 400
    keeper.get(f"{address}withdraw/")
    chosen = keeper.tree.xpath("//select/option[@value!='']/@value")[0]
    assert keeper.post(f"{address}withdraw/", appointment=chosen, reason="moved").status_code == 302
    assert steps(address)[2:] == ["appointed", "certified", "appointment-withdrawn"]
    keeper.get(address)
    assert "演keeper" in keeper.tree.xpath("//ol")[0].text_content()
    assert "ends soon" in keeper.words


def test_a_role_or_a_day_that_is_none_is_refused_and_nothing_typed_is_lost(keeper, newcomer):
    address, _ = newcomer
    keeper.post(f"{address}appoint/", role="emperor", from_on="someday")
    assert keeper.answer.status_code == 400
    assert "someday" in keeper.answer.content.decode()
    assert steps(address) == ["account-created", "invited"]


@pytest.mark.parametrize("act", ["appoint", "certify", "invite", "reset", "close"])
def test_only_the_keeper_of_accounts_keeps_accounts(at_desk, people, act):
    for username in ("boss", "officer"):
        assert at_desk(username).post(f"/accounts/{people['deputy'].pk}/{act}/").status_code == 403


@pytest.mark.parametrize(
    ("act", "typed"),
    [("appoint", {"role": "office-head", "from_on": "2026-03-02"}), ("reset", {"reason": "lost"}), ("close", {})],
)
def test_a_keeper_does_nothing_to_their_own_account(keeper, people, act, typed):
    keeper.post(f"/accounts/{people['keeper'].pk}/{act}/", **typed)
    assert keeper.answer.status_code == 400
    assert "their own account" in keeper.words
    assert keeper.get("/account/").status_code == 200


def test_a_reset_ends_everything_the_person_signs_in_with_and_they_are_told(keeper, people, at_desk, desk, clock):
    officer, address = at_desk("officer"), f"/accounts/{people['officer'].pk}/"
    officer.get("/account/")
    clock.forward(seconds=60)
    keeper.post(f"{address}reset/", reason="the phone is lost")
    assert officer.get("/account/").status_code == 302
    assert desk().signs_in("officer").status_code == 400
    keeper.get(address)
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]", keeper.words).group()
    back = desk()
    back.post("/invitation/", code=code)
    back.post("/welcome/", password="a password of mine", again="a password of mine")
    back.get("/account/")
    assert "Changed on your account since you were last here: All means of signing in taken away" in back.words


def test_a_closed_account_ends_its_sessions_and_is_not_opened_again(keeper, people, at_desk):
    officer, address = at_desk("officer"), f"/accounts/{people['officer'].pk}/"
    officer.get("/account/")
    keeper.post(f"{address}close/")
    assert officer.get("/account/").status_code == 302
    assert keeper.get(f"{address}appoint/").status_code == 404
    assert steps(address)[-1] == "account-closed"


def test_a_certificate_that_ends_soon_is_told_on_ones_own_page_with_its_day(people, at_desk):
    from datetime import date

    from duecourse.office.people import actions

    actions.certify(people["officer"], "执法二号", valid_from_on=date(2025, 1, 1), valid_until_on=date(2026, 4, 1))
    one = at_desk("officer")
    one.get("/account/")
    assert "Your certificate 执法二号 ends soon: 1 April 2026" in one.words
