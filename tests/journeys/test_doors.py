"""The two doors, from outside: what a visitor and an officer meet first."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

import pytest


class Visitor:
    """A browser without JavaScript: cookies, forms, redirects seen one by one."""

    def __init__(self, address):
        self.place = urlsplit(address)
        self.cookies = {}

    def get(self, path):
        return self._ask("GET", path, None, {})

    def post(self, path, **form):
        body = urlencode(form)
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method, path, body, headers):
        asking = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=30)
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Origin": f"http://{self.place.netloc}"}
        asking.request(method, path, body, headers)
        answer = asking.getresponse()
        answer.text = answer.read().decode("utf-8")
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, value = cookie.strip().split(";")[0].split("=", 1)
            self.cookies[name] = value
        asking.close()
        return answer


def sign_in(visitor, username, password):
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get("/login/").text).group(1)
    return visitor.post("/login/", csrfmiddlewaretoken=token, username=username, password=password, next="")


def test_the_office_asks_everybody_to_sign_in(sites):
    answer = Visitor(sites.office).get("/")
    assert answer.status == 302
    assert answer.headers["location"].startswith("/login/")


def test_an_officer_signs_in_and_out(sites):
    officer = Visitor(sites.office)
    assert sign_in(officer, "case-officer", sites.password).status == 302
    page = officer.get("/")
    assert page.status == 200
    assert "演示案件承办人甲" in page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    assert officer.post("/logout/", csrfmiddlewaretoken=token).status == 302
    assert officer.get("/").status == 302


def test_a_wrong_password_is_told_in_the_pages_language_and_names_no_account(sites):
    officer = Visitor(sites.office)
    officer.get("/login/?lang=en")
    told = [sign_in(officer, name, "wrong").text for name in ("case-officer", "nobody-of-that-name")]
    assert all("The user name or the password is not right." in page for page in told)
    officer.get("/login/?lang=zh-hans")
    assert "用户名或密码不正确" in sign_in(officer, "case-officer", "wrong").text


@pytest.mark.parametrize("site", ["public", "office"])
def test_every_answer_forbids_foreign_script_and_frames(sites, site):
    answer = Visitor(getattr(sites, site)).get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_visitor_of_the_front_door_is_given_no_cookie(sites):
    visitor = Visitor(sites.public)
    assert visitor.get("/").status == 200
    assert visitor.cookies == {}


def test_an_unknown_host_name_is_refused(sites):
    asking = http.client.HTTPConnection(urlsplit(sites.public).netloc, timeout=30)
    asking.request("GET", "/", headers={"Host": "elsewhere.example"})
    answer = asking.getresponse()
    answer.close()
    asking.close()
    assert answer.status == 400


@pytest.mark.browser
def test_the_page_for_signing_in_works_in_a_browser(sites, visit):
    page = visit()
    page.goto(sites.office)
    page.get_by_label("用户名").fill("unit-head")
    page.get_by_label("密码").fill(sites.password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(sites.office + "/")
    assert "演示承办机构负责人" in page.content()
