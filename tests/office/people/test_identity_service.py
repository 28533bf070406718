"""Signing in through an identity service: a real one over HTTP on this machine, small, and not ours to be polite."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "duecourse-office", "a client secret of the test"


class Service(HTTPServer):
    """OpenID Connect with the authorization code flow and PKCE; `who` signs in next."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.who, self.sub_of_userinfo, self.says_no, self.codes = "officer", None, False, {}

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server_port}"

    def token(self, nonce):
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": f"sub-{self.who}", "iat": now, "exp": now + 60,
                "preferred_username": self.who} | ({"nonce": nonce} if nonce else {})  # fmt: skip
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "1"})


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        at = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(at.query).items()}
        if at.path.startswith("/.well-known/"):
            base = self.server.issuer
            self.says(
                issuer=base, authorization_endpoint=f"{base}/authorize", token_endpoint=f"{base}/token",
                userinfo_endpoint=f"{base}/userinfo", jwks_uri=f"{base}/jwks",
                token_endpoint_auth_methods_supported=["client_secret_post"],
            )  # fmt: skip
        elif at.path == "/authorize":
            if self.server.says_no:
                back = {"error": "access_denied", "state": asked["state"]}
            else:
                code = f"code-{len(self.server.codes)}"
                self.server.codes[code] = asked
                back = {"code": code, "state": asked["state"]}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
            self.end_headers()
        else:
            who = self.server.sub_of_userinfo or f"sub-{self.server.who}"
            self.says(sub=who, preferred_username=self.server.who)

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.codes.pop(sent["code"][0])
        verifier = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(verifier).decode().rstrip("=") == asked["code_challenge"]
        assert (sent["client_id"][0], sent["client_secret"][0]) == (CLIENT, SECRET)
        self.says(access_token="x", token_type="Bearer", id_token=self.server.token(asked.get("nonce")))

    def says(self, **said):
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def service(people, settings_of):
    server = Service()
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    running.start()
    app = {"provider_id": "office", "name": "City identity", "client_id": CLIENT, "secret": SECRET,
           "settings": {"server_url": server.issuer}}  # fmt: skip
    providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    with settings_of(SOCIALACCOUNT_PROVIDERS=providers, DUECOURSE_OIDC_ISSUER=server.issuer):
        yield server
    server.shutdown()
    server.server_close()
    running.join()


def goes_through(one, path="/login/office/?next=/matters/"):
    """Follow the way to the service and back; returns the answer to the callback."""
    there = one.get(path)
    assert there.status_code == 302, one.words
    back = httpx.get(there.headers["Location"]).headers["Location"]
    return one.get(back.replace("http://testserver", ""))


def test_the_door_shows_the_way_to_the_service_only_where_there_is_one(desk, people):
    one = desk()
    one.get("/login/")
    assert "through" not in one.words
    assert one.get("/login/office/").status_code == 404


def test_a_person_whom_the_service_knows_comes_in_under_their_user_name(service, desk):
    one = desk()
    one.get("/login/")
    assert "Sign in through City identity" in one.words
    assert goes_through(one).headers["Location"] == "/matters/"
    one.get("/account/")
    assert "演officer" in one.words
    assert "Identity service" in one.words


@pytest.mark.parametrize("who", ["a-stranger", "", "boss"])
def test_whom_the_office_does_not_know_or_has_closed_is_refused_with_a_sentence(service, desk, people, who):
    from duecourse.office.people import actions
    from duecourse.office.people.models import Account

    actions.close_account(people["boss"])
    service.who, before = who, Account.objects.count()
    one = desk()
    assert goes_through(one).headers["Location"] == "/login/"
    one.get("/login/")
    assert "no open account of this office has that name" in one.words
    assert one.get("/account/").status_code == 302
    assert Account.objects.count() == before


def test_an_answer_in_two_voices_is_refused(service, desk):
    service.sub_of_userinfo = "sub-of-another"
    assert goes_through(desk()).headers["Location"] == "/login/"


def test_when_the_service_says_no_the_door_says_so(service, desk):
    service.says_no = True
    one = desk()
    assert goes_through(one).headers["Location"] == "/login/"
    one.get("/login/")
    assert "did not confirm who you are" in one.words


def test_an_answer_that_nobody_asked_for_opens_nothing(service, desk):
    one = desk()
    one.get("/login/office/callback/?code=x&state=invented")
    assert "refresh" in one.answer.content.decode(), (
        "the strict cookie does not come along from another site: once more"
    )
    assert one.get("/login/office/callback/?code=x&state=invented&_redir=").headers["Location"] == "/login/"


def test_who_has_a_second_factor_here_is_asked_for_it_after_the_service_too(service, desk, people):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(people["officer"], "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    one = desk()
    assert goes_through(one).headers["Location"] == "/login/second/"
    assert one.get("/account/").status_code == 302


def test_a_signed_in_person_proves_themself_through_the_service_without_leaving_their_session(service, at_desk):
    one = at_desk("officer")
    one.get("/account/")
    session = one.client.session
    key, session["proved_at"] = session.session_key, 0
    session.save()
    one.get("/account/device/")
    assert "Prove that it is you" in one.words
    assert goes_through(one, "/login/office/?process=redirect&next=/account/").headers["Location"] == "/account/"
    one.get("/account/device/")
    assert "Scan this picture" in one.words
    assert one.client.session.session_key == key
    service.who = "boss"
    session = one.client.session
    session["proved_at"] = 0
    session.save()
    goes_through(one, "/login/office/?process=redirect&next=/account/")
    one.get("/account/device/")
    assert "Prove that it is you" in one.words
