"""What a person signs in with beside a password, and proving oneself again; the codes are computed by RFC 6238 here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest

WRONG = "This is not right"


def code_at(seed, moment=None):
    """The six digits of RFC 6238 (SHA-1, 30 s), computed without the library under test."""
    counter = struct.pack(">Q", int((moment or time.time()) // 30))
    digest = hmac.digest(base64.b32decode(seed), counter, hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def test_our_codes_are_those_of_the_rfc():
    seed = base64.b32encode(b"12345678901234567890").decode()
    assert [code_at(seed, moment) for moment in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def shown_codes(one):
    return [code.text_content() for code in one.tree.xpath("//main//li/code")]


@pytest.fixture
def device(at_desk):
    """An officer who has set up a device: the browser, the device's seed, the recovery codes."""
    one = at_desk("officer")
    one.get("/account/device/")
    seed = one.tree.xpath("//main//code")[0].text_content().replace(" ", "")
    assert one.tree.xpath("//main//*[local-name()='svg']")
    assert one.post("/account/device/", code="000000").status_code == 400
    assert one.tree.xpath("//main//code")[0].text_content().replace(" ", "") == seed, "the seed stays for the next try"
    assert one.post("/account/device/", code=code_at(seed)).headers["Location"] == "/account/codes/"
    one.get("/account/codes/")
    return one, seed, shown_codes(one)


def test_after_a_device_is_set_up_a_password_alone_opens_nothing(device, desk):
    _, seed, _ = device
    one = desk()
    assert one.signs_in("officer", next="/matters/").headers["Location"] == "/login/second/"
    assert one.get("/account/").status_code == 302
    assert one.post("/login/second/", code="000000").status_code == 400
    assert WRONG in one.words
    assert one.get("/account/").status_code == 302
    sent = one.post("/login/second/", code=code_at(seed, time.time() + 30))
    assert sent.headers["Location"] == "/matters/"
    assert one.get("/account/").status_code == 200


def test_a_code_opens_once(device, desk):
    _, seed, _ = device
    code = code_at(seed, time.time() + 30)
    first, second = desk(), desk()
    for one, status in ((first, 302), (second, 400)):
        one.signs_in("officer")
        assert one.post("/login/second/", code=code).status_code == status


def test_guessing_codes_locks_the_account_like_guessing_passwords(device, desk):
    one = desk()
    one.signs_in("officer")
    for _ in range(4):
        one.post("/login/second/", code="000000")
    one.post("/login/second/", code="000000")
    assert "Too many wrong attempts" in one.words


def test_each_recovery_code_opens_once_and_new_ones_end_the_old(device, desk):
    owner, _, codes = device
    assert len(codes) == 10
    for status in (302, 400):
        one = desk()
        one.signs_in("officer")
        assert one.post("/login/second/", code=codes[0]).status_code == status
    owner.post("/account/codes/renew/")
    owner.get("/account/codes/")
    new = shown_codes(owner)
    assert len(new) == 10
    assert not set(new) & set(codes)


def test_no_seed_stands_in_the_clear_in_the_database(device, admin_connection):
    _, seed, codes = device
    (data,) = admin_connection.execute("SELECT string_agg(data::text, '') FROM mfa_authenticator").fetchone()
    sessions = admin_connection.execute("SELECT string_agg(session_data, '') FROM django_session").fetchone()[0]
    assert seed not in data
    assert seed not in sessions
    assert not any(code in data for code in codes)


def test_a_seed_sealed_elsewhere_does_not_open(device, settings_of):
    from allauth.mfa.models import Authenticator

    factor = Authenticator.objects.get(type="totp")
    with settings_of(DUECOURSE_FACTOR_SECRET="of another installation"), pytest.raises(ValueError, match="another"):
        factor.wrap().validate_code("000000")


def test_adding_and_removing_a_factor_is_an_entry_and_ends_the_recovery_codes(device, people):
    from allauth.mfa.models import Authenticator

    from duecourse.office.ledger import store

    owner, _, _ = device
    factor = Authenticator.objects.get(type="totp")
    assert owner.post(f"/account/factors/{factor.pk}/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    steps = [one.skeleton.step for one in store.read(people["officer"].pk)]
    assert steps[-2:] == ["factor-added", "factor-removed"]


def test_nobody_removes_the_factor_of_another(device, at_desk):
    from allauth.mfa.models import Authenticator

    factor = Authenticator.objects.get(type="totp")
    assert at_desk("boss").post(f"/account/factors/{factor.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists()


# -- proving oneself again ---------------------------------------------------------------------------------------------


def stale(one):
    """Let the proof of this browser's session be older than it may."""
    session = one.client.session
    session["proved_at"] = time.time() - 601
    session.save()


def test_an_old_sign_in_is_asked_for_a_proof_before_the_form_is_shown(at_desk):
    one = at_desk("officer")
    assert one.get("/account/device/").status_code == 200
    stale(one)
    one.get("/account/device/")
    assert "Prove that it is you" in one.words
    form = one.typed_on()
    assert one.post("/account/device/", **form | {"proof_password": "wrong"}).status_code == 403
    assert WRONG in one.words
    sent = one.post("/account/device/", **form | {"proof_password": "correct horse battery"})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/account/device/")
    one.get("/account/device/")
    assert "Scan this picture" in one.words


def test_a_post_that_needs_a_proof_loses_nothing_that_was_typed(at_desk, people):
    from duecourse.office.people.models import Account

    one = at_desk("keeper")
    stale(one)
    typed = {"username": "newcomer", "name": "新来“<b>”"}
    assert one.post("/accounts/new/", **typed).status_code == 403
    carried = one.typed_on()
    assert {name: carried[name] for name in typed} == typed
    assert not Account.objects.filter(username="newcomer").exists()
    one.post("/accounts/new/", **carried | {"proof_password": "wrong"})
    carried = one.typed_on()
    assert one.post("/accounts/new/", **carried | {"proof_password": "correct horse battery"}).status_code == 302
    assert Account.objects.get(username="newcomer").name == "新来“<b>”"


def test_wrong_proofs_lock_like_wrong_passwords(at_desk):
    one = at_desk("officer")
    one.get("/account/")
    stale(one)
    for _ in range(5):
        one.post("/account/device/", proof="asked", proof_password="wrong")
    one.post("/account/device/", proof="asked", proof_password="correct horse battery")
    assert "Too many wrong attempts" in one.words


def test_a_proof_of_a_kind_that_the_person_has_not_set_up_is_none(at_desk):
    one = at_desk("officer")
    one.get("/account/")
    stale(one)
    for forged in ({"proof_code": "000000"}, {"proof_credential": "{}"}, {"proof_again": "1"}, {}):
        assert one.post("/account/device/", proof="asked", **forged).status_code == 403
