"""What should not be sent, sent to the running sites: answered with a clear sentence in the page's language; nothing
that was typed is lost; nothing is half-written.

    what is sent                    at the public site                      at the office
    oversized form                  public/test_report_form (en), here (zh) here
    empty form                      public/test_report_form (en), here (zh) here
    wrong media type                public/test_report_form (en), here (zh) here
    broken attachment, cut off      public/test_report_form (en), here (zh) here; office/pages/test_pages
    10,000 combining marks          public/test_report_form (en), here (zh) here
    NUL                             public/test_report_form (en), here (zh) here
    replayed form                   public/test_report_form (en), here (zh) here (a step posted twice)
    expired form                    public/test_report_form (en), here (zh) here (session ended, signed in again)
    wrong code                      public/test_follow_up (en), here (zh)   -
    slowed                          public/test_follow_up                   -
    a step posted twice             -                                       here; office/pages/test_pages
    on a stale page                 -                                       here; office/pages/test_pages
    by the wrong role               -                                       here; office/pages/test_access
    by a recused officer            -                                       here; office/pages/test_pages
    a date in the future            -                                       here; office/pages/test_pages
    a file that claims to be a PDF  public/test_report_form (en), here (zh) here; office/pages/test_pages
"""

import time
import uuid

import psycopg
import pytest
from desks import Desk, form_of, opened_report, words
from django.test import override_settings
from people import patient

LANGUAGES = ("zh-hans", "en")
TABLES = ("entry", "matter", "submission", "attachment", "exhibit", "document", "letter")
TYPED = "有人冒充客服要我转账，我没有转。"
FALSE_PDF = b"MZ\x90\x00 not a PDF at all"


class Here:
    """The running installation: who comes to its sites, and how many rows a post has left behind."""

    def __init__(self, sites, connection):
        self.sites = sites
        self._connection = connection
        self._desks = {}
        self._all = []

    def close(self):
        """Everybody goes home."""
        for desk in self._all:
            desk.client.close()

    def comes(self, site, language):
        """Somebody new."""
        self._all.append(Desk(site, language))
        return self._all[-1]

    def citizen(self, language="zh-hans"):
        """A stranger at the public site."""
        return self.comes(self.sites.public, language)

    def staff(self, username, language="zh-hans"):
        """Somebody of the staff."""
        if (username, language) not in self._desks:
            desk = self.comes(self.sites.office, language)
            self._desks[username, language] = desk.signed_in(username, self.sites.password)
        return self._desks[username, language]

    def rows(self):
        """The rows of every table that a post may write."""
        asked = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in TABLES)
        return dict(self._connection.execute(asked).fetchall())

    def settled(self):
        """The same, once the worker has done what earlier posts gave it."""
        before, after = None, self.rows()
        while before != after:
            time.sleep(0.7)
            before, after = after, self.rows()
        return after

    def only_a_refusal_was_entered_since(self, before):
        """A lawful no is an entry in the record; nothing else may have been written."""
        after = self.rows()
        assert after.pop("entry") - before["entry"] in (0, 1)
        assert after == {name: rows for name, rows in before.items() if name != "entry"}


@pytest.fixture(scope="module")
def here(sites):
    from duecourse.edge import postgres

    url = postgres.role_url(
        sites.environment["DATABASE_URL"], sites.home / "secrets", postgres.OWNER, database=sites.database
    )
    with psycopg.connect(url, autocommit=True) as connection:
        found = Here(sites, connection)
        yield found
        found.close()


@pytest.fixture
def report(here):
    """A fresh report that a case officer has taken on; its path."""
    officer = here.staff("case-officer")
    path = opened_report(here.citizen(), officer, f"{TYPED}（{uuid.uuid4()}）")
    assert officer.send(officer.form(f"{path}steps/claim/")).status_code == 302
    return path


# at the public site: here in Chinese


def old_stamp(sites, code):
    from duecourse.public.reporting import stamp

    with override_settings(SECRET_KEY=(sites.home / "secrets" / "site-public").read_text("ascii").strip()):
        return stamp.make(code, time.time() - 13 * 3600)


PUBLIC = {
    "an empty form": ({"head": "", "urgent": "", "harmed": "", "what_happened": ""}, None, 422, "请写明事情经过"),
    "NUL": ({"what_happened": TYPED + "\0"}, None, 422, "NUL"),
    "10,000 combining marks": ({"what_happened": TYPED + "a" + "\u0301" * 10_000}, None, 422, "附加符号"),
    "a false PDF": ({}, {"attachments": ("合同.pdf", FALSE_PDF, "application/pdf")}, 422, "合同.pdf"),
}


@pytest.mark.parametrize("wrong", PUBLIC.values(), ids=PUBLIC.keys())
def test_a_report_that_cannot_be_taken_comes_back_in_chinese_with_all_that_was_typed(here, wrong):
    typed, files, status, sentence = wrong
    citizen, before = here.citizen(), here.settled()
    form = {"head": "fraud", "urgent": "no", "harmed": "self", "what_happened": TYPED, "address": "某网店"} | typed
    answer = citizen.send(citizen.form("/report/"), files=files, **form)
    assert answer.status_code == status
    assert sentence in words(answer)
    assert '<html lang="zh-Hans"' in answer.text
    kept = form_of(answer)[1]
    assert kept["address"] == ["某网店"]
    assert kept["what_happened"][0].startswith(TYPED if form["what_happened"] else "")
    assert here.rows() == before


def test_a_report_form_that_was_open_too_long_says_so_in_chinese_and_can_be_sent_again(here):
    citizen, before = here.citizen(), here.settled()
    form = citizen.form("/report/")
    typed = {"head": "fraud", "urgent": "no", "harmed": "self", "what_happened": TYPED}
    answer = citizen.send(form, stamp=old_stamp(here.sites, form[1]["code"][0]), **typed)
    assert answer.status_code == 422
    assert "12小时" in words(answer)
    assert here.rows() == before
    assert citizen.send(form_of(answer)).status_code == 303
    assert citizen.send(form_of(answer)).status_code == 303, "sent twice"
    assert here.rows()["submission"] == before["submission"] + 1
    assert "此前已经提交" in words(citizen.get("/report/receipt/"))


BODIES = {
    "too large": (b"what_happened=" + b"x" * 1_100_000, "application/x-www-form-urlencoded", 413, "内容过大"),
    "another media type": (b"{}", "application/json", 415, "只接收表单"),
    "no boundary": (b"nothing here", "multipart/form-data", 400, "已损坏"),
}
ENGLISH = {413: "too large", 415: "takes forms only", 400: "broke off or is damaged"}


@pytest.mark.parametrize("wrong", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("site", ["public", "office"])
def test_a_body_that_is_no_form_of_ours_is_refused_with_a_sentence_in_the_pages_language(here, site, language, wrong):
    content, media, status, sentence = wrong
    public = site == "public"
    desk, path = (
        (here.citizen(language), "/report/") if public else (here.staff("case-officer", language), "/open/lead/")
    )
    before = here.settled()
    answer = desk.raw(path, content, media)
    assert answer.status_code == status
    assert (sentence if language == "zh-hans" else ENGLISH[status]) in words(answer)
    assert here.rows() == before


def test_a_report_whose_sending_broke_off_says_so_in_chinese_and_keeps_the_text(here):
    citizen, before = here.citizen(), here.settled()
    files = {"attachments": ("录音.mp3", b"x" * 5_000, "audio/mpeg")}
    answer = citizen.cut_off(citizen.form("/report/"), files=files, head="fraud", what_happened=TYPED)
    assert answer.status_code == 422
    assert "中断" in words(answer)
    assert form_of(answer)[1]["what_happened"] == [TYPED]
    assert here.rows() == before


def test_every_wrong_code_gets_the_same_words_in_chinese(here):
    from duecourse.edge import ids

    told = set()
    for code in (ids.code(), ids.code()[:-1] + "*", "你好", "", "7" * 5_000):
        citizen = here.citizen()
        answer = citizen.send(citizen.form("/report/follow-up/"), code=code)
        assert answer.status_code == 404
        told.add(words(answer))
    assert len(told) == 1
    assert "没有找到" in told.pop()


# at the office

WRONG_WORDS = {
    "nothing": ("", {"zh-hans": "请填写“移送理由”", "en": "Fill in"}),
    "NUL": ("理由\0", {"zh-hans": "控制字符", "en": "control character"}),
    "10,000 combining marks": ("a" + "\u0316" * 10_000, {"zh-hans": "叠加符号", "en": "combining marks"}),
    "more than fits": ("长" * 20_001, {"zh-hans": "20001", "en": "20001"}),
}


@pytest.mark.parametrize("wrong", WRONG_WORDS.values(), ids=WRONG_WORDS.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_cannot_be_entered_come_back_with_the_form(here, report, wrong, language):
    reason, sentences = wrong
    officer, before = here.staff("case-officer", language), here.settled()
    path = f"{report}steps/transfer/"
    answer = officer.send(officer.form(path), organ="市场监管部门", reason=reason)
    assert answer.status_code == 422
    assert sentences[language] in words(answer)
    assert form_of(answer)[1]["organ"] == ["市场监管部门"]
    assert form_of(answer)[1]["reason"][0].startswith(reason.replace("\0", "")[:100])
    here.only_a_refusal_was_entered_since(before)
    assert officer.send(form_of(answer), reason="属其职责").status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_that_is_posted_twice_is_entered_once(here, report, language):
    officer, before = here.staff("case-officer", language), here.settled()
    form = officer.form(f"{report}steps/accept/")
    first, second = (officer.send(form, reason="属于受理范围") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["location"] == second.headers["location"]
    expected = before | {name: before[name] + 1 for name in ("document", "letter")}
    expected["entry"] += 2  # the step, and the letter's document once the worker has drawn it up
    patient(lambda: here.rows() == expected, "the worker did not draw up the letter")
    assert here.settled() == expected


STALE = [("zh-hans", "您打开本页面之后"), ("en", "Since you opened this page")]


@pytest.mark.parametrize(("language", "sentence"), STALE)
def test_a_step_on_a_stale_page_says_what_changed_and_by_whom(here, report, language, sentence):
    officer, intake = here.staff("case-officer"), here.staff("intake-officer", language)
    path = f"{report}steps/redirect/"
    old = intake.form(path)
    assert officer.send(officer.form(f"{report}steps/accept/"), reason="属于受理范围").status_code == 302
    before = here.settled()
    answer = intake.send(old, addressee="court", reason="请向法院起诉")
    assert answer.status_code == 409
    assert sentence in words(answer)
    assert "演示案件承办人甲" in words(answer)
    assert form_of(answer)[1]["reason"] == ["请向法院起诉"]
    assert here.rows() == before


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "您不能办理该步骤"), ("en", "You may not take")])
def test_a_step_by_the_wrong_role_is_refused_with_who_may_and_on_which_article(here, report, language, sentence):
    head, before = here.staff("unit-head", language), here.settled()
    answer = head.send(head.form(f"{report}steps/accept/"), reason="属于受理范围")
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert {"zh-hans": "《网络安全法》第十五条", "en": "Cybersecurity Law"}[language] in words(answer)
    assert form_of(answer)[1]["reason"] == ["属于受理范围"]
    here.only_a_refusal_was_entered_since(before)


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "回避"), ("en", "you may not act in this matter")])
def test_a_step_by_a_recused_officer_is_refused(here, report, language, sentence):
    head, boss = here.staff("unit-head"), here.staff("office-head")
    second = here.staff("case-officer-2", language)
    account = account_named(head.get(f"{report}steps/recuse/"), "演示案件承办人乙")
    assert (
        head.send(head.form(f"{report}steps/recuse/"), account=account, reason="与当事人有亲属关系").status_code == 302
    )
    decided = boss.send(boss.form(f"{report}steps/decide-recusal/"), account=account, answer="granted", reason="属实")
    assert decided.status_code == 302, words(decided)
    before = here.settled()
    answer = second.send(second.form(f"{report}steps/accept/"), reason="属于受理范围")
    assert answer.status_code == 422
    assert sentence in words(answer).lower()
    here.only_a_refusal_was_entered_since(before)


def account_named(page, name):
    from lxml import html

    return html.fromstring(page.content).xpath(f"//select[@name='account']/option[contains(., '{name}')]/@value")[0]


FUTURE = {"zh-hans": "填写的日期为2099年1月1日", "en": "It says 1 January 2099"}
NO_DAY = {"zh-hans": "行为发生日期的格式不正确", "en": "The day of the act is not a date"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_act_in_the_future_or_on_no_day_is_refused_and_the_words_are_kept(here, report, language):
    officer, before = here.staff("case-officer", language), here.settled()
    form = officer.form(f"{report}steps/accept/")
    for day, status, said in (("2099-01-01", 422, FUTURE), ("31 February", 400, NO_DAY)):
        answer = officer.send(form, occurred=day, reason="属于受理范围")
        assert answer.status_code == status
        assert said[language] in words(answer)
        assert form_of(answer)[1]["reason"] == ["属于受理范围"]
    here.only_a_refusal_was_entered_since(before)


FILES = {
    "a file that claims to be a PDF": (
        ("合同.pdf", FALSE_PDF, "application/pdf"),
        "内容与其名称不符",
        "not what its name",
    ),
    "a broken picture": (("图.png", b"\x89PNG\r\n\x1a\n broken", "image/png"), "已损坏", "broken"),
    "an empty file": (("空.txt", b"", "text/plain"), "文件是空的", "empty"),
}


@pytest.mark.parametrize("wrong", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_evidence_that_cannot_be_evidence_is_turned_away_and_the_words_are_kept(here, report, wrong, language):
    file, chinese, english = wrong
    officer, before = here.staff("case-officer", language), here.settled()
    form = officer.form(f"{report}exhibits/add/")
    answer = officer.send(form, files={"file": file}, title="合同", kind="documentary", how="当事人提交")
    assert answer.status_code == 400
    assert (chinese if language == "zh-hans" else english) in words(answer)
    assert form_of(answer)[1]["how"] == ["当事人提交"]
    assert here.rows() == before


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "传输中途中断"), ("en", "The sending broke off")])
def test_evidence_whose_sending_broke_off_is_not_taken_for_the_file(here, report, language, sentence):
    officer, before = here.staff("case-officer", language), here.settled()
    files = {"file": ("录音.bin", b"x" * 5_000, "application/octet-stream")}
    form = officer.form(f"{report}exhibits/add/")
    answer = officer.cut_off(form, files=files, title="录音", kind="audio-visual", how="当事人提交")
    assert answer.status_code == 400
    assert sentence in words(answer)
    assert form_of(answer)[1]["how"] == ["当事人提交"]
    assert here.rows() == before


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "未能通过校验"), ("en", "could not be checked")])
def test_a_form_from_before_the_person_signed_in_again_shows_what_was_typed(here, report, language, sentence):
    desk = here.comes(here.sites.office, language).signed_in("case-officer", here.sites.password)
    form = desk.form(f"{report}steps/accept/")
    before = here.settled()
    again = here.comes(here.sites.office, language).signed_in("case-officer", here.sites.password)
    answer = again.send(form, reason="属于受理范围，理由写了很久")
    assert answer.status_code == 403
    assert sentence in words(answer)
    assert "属于受理范围，理由写了很久" in words(answer)
    assert here.rows() == before


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "您已退出登录"), ("en", "You are signed out")])
def test_a_form_sent_after_the_session_ended_shows_what_was_typed(here, report, language, sentence):
    desk = here.comes(here.sites.office, language).signed_in("case-officer", here.sites.password)
    form, before = desk.form(f"{report}steps/accept/"), here.settled()
    desk.client.cookies.delete("duecourse_office_session")
    answer = desk.send(form, reason="属于受理范围，理由写了很久")
    assert answer.status_code == 403
    assert sentence in words(answer)
    assert "属于受理范围，理由写了很久" in words(answer)
    assert here.rows() == before
