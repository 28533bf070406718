"""The door: who comes in, who does not, what is said, what is written down."""

from __future__ import annotations

import pytest
from doorstep import PASSWORD

LOCKED = "Too many wrong attempts"
WRONG = "The user name or the password is not right"


def test_a_person_comes_in_with_user_name_and_password_and_goes_where_they_wanted(desk):
    one = desk()
    answer = one.signs_in("OFFICER", next="/matters/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/matters/")
    assert one.get("/account/").status_code == 200


def test_nobody_is_sent_to_another_site_after_signing_in(desk):
    assert desk().signs_in("officer", next="https://elsewhere.example/").headers["Location"] == "/"


def test_an_unknown_name_a_wrong_password_and_a_closed_account_are_answered_alike(desk, people):
    from duecourse.office.people import actions

    actions.close_account(people["boss"])
    said = []
    for username, password in (("nobody", PASSWORD), ("officer", "wrong"), ("boss", PASSWORD)):
        one = desk()
        assert one.signs_in(username, password).status_code == 400
        main = one.tree.xpath("//main")[0].text_content()
        said.append(" ".join(main.split()).replace(username, ""))
        assert WRONG in said[-1]
    assert len(set(said)) == 1


@pytest.mark.parametrize("username", ["officer", "nobody-of-this-name"])
def test_five_wrong_passwords_lock_a_name_whether_it_exists_or_not(desk, clock, username):
    for _ in range(5):
        one = desk()
        one.signs_in(username, "wrong")
        assert WRONG in one.words
    other = desk(address="198.51.100.9")
    other.signs_in(username, PASSWORD)
    assert LOCKED in other.words
    assert "in 15 min" in other.words


def test_a_lock_ends_by_itself_and_is_not_prolonged_by_knocking(desk, clock):
    for _ in range(5):
        desk().signs_in("officer", "wrong")
    clock.forward(seconds=600)
    knocking = desk()
    knocking.signs_in("officer", PASSWORD)
    assert LOCKED in knocking.words
    clock.forward(seconds=301)
    assert desk().signs_in("officer").status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(desk):
    for _ in range(3):
        for _ in range(4):
            desk().signs_in("officer", "wrong")
        assert desk().signs_in("officer").status_code == 302


def test_many_names_from_one_address_lock_the_address_and_no_other(desk):
    for number in range(30):
        desk().signs_in(f"name-{number}", "wrong")
    here, elsewhere = desk(), desk(address="198.51.100.9")
    here.signs_in("officer")
    assert LOCKED in here.words
    assert elsewhere.signs_in("officer").status_code == 302


def test_a_keeper_of_accounts_unlocks_an_account_and_that_is_an_entry(desk, at_desk, people):
    from duecourse.office.ledger import store

    for _ in range(5):
        desk().signs_in("officer", "wrong")
    keeper = at_desk("keeper", address="198.51.100.9")
    address = f"/accounts/{people['officer'].pk}/"
    keeper.get(address)
    assert "Locked after wrong attempts until" in keeper.words
    assert keeper.post(f"{address}unlock/").status_code == 302
    assert desk(address="203.0.113.5").signs_in("officer").status_code == 302
    assert [one.skeleton.step for one in store.read(people["officer"].pk)][-1] == "account-unlocked"


def test_what_was_typed_as_a_user_name_is_not_kept(desk):
    from duecourse.office.people.models import SignIn

    desk().signs_in("my secret password by mistake", "x")
    row = SignIn.objects.get()
    assert "secret" not in f"{row.name_digest}{row.browser}{row.address}{row.means}"
    assert row.browser == "Chromium, Linux"


def test_where_the_office_wants_strong_means_a_password_opens_nothing(desk, settings_of):
    with settings_of(DUECOURSE_SIGN_IN="strong"):
        one = desk()
        one.get("/login/")
        assert "Password" not in one.words
        assert one.signs_in("officer").status_code == 400
        assert "does not use passwords" in one.words


def test_nobody_can_sign_up(desk):
    for path in ("/signup/", "/accounts/signup/", "/login/signup/", "/password/reset/", "/email/"):
        assert desk().get(path).status_code in {302, 404}, path
    from django.urls import NoReverseMatch, reverse

    for name in ("account_signup", "account_reset_password", "account_email", "socialaccount_signup", "mfa_index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_person_sees_their_sittings_and_ends_the_others(at_desk):
    first, second = at_desk("officer"), at_desk("officer", address="198.51.100.9")
    second.get("/account/")
    first.get("/account/")
    assert first.words.count("Chromium, Linux") >= 2
    sitting = first.tree.xpath("//button[@name='sitting']")[0].get("value")
    first.post("/account/sittings/", sitting=sitting)
    assert second.get("/account/").status_code == 302
    assert first.get("/account/").status_code == 200
    third = at_desk("officer")
    third.get("/account/")
    first.post("/account/sittings/", all="1")
    assert third.get("/account/").status_code == 302


def test_nobody_ends_the_sitting_of_another(at_desk, people):
    from duecourse.office.people.models import Sitting

    boss, officer = at_desk("boss"), at_desk("officer")
    boss.get("/account/")
    row = Sitting.objects.get(account=people["boss"])
    officer.post("/account/sittings/", sitting=row.pk)
    assert boss.get("/account/").status_code == 200


def test_a_new_password_ends_every_other_session_and_is_not_too_easy(at_desk, desk):
    here, elsewhere = at_desk("officer"), at_desk("officer")
    elsewhere.get("/account/")
    here.post("/account/password/", password="short", again="short")
    assert here.answer.status_code == 400
    here.post("/account/password/", password="another long password", again="another long passwort")
    assert here.answer.status_code == 400
    assert (
        here.post("/account/password/", password="another long password", again="another long password").status_code
        == 302
    )
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert desk().signs_in("officer", "another long password").status_code == 302
