"""One report, from the web form to the register, told as it happens, in real browsers.

A citizen finds that a ticket seller lets strangers know her orders, and reports it. Two case officers, their unit head,
a legal reviewer, the head of the office and a publisher take it through the law. The register shows the decision; the
citizen reads the letters, and her receipt verifies in a folder that holds nothing else. Later a court changes the
decision, and the register says so.

Some of these people read Chinese and some English. Everybody and everything here is invented.
Not here: what each page does with bad input (`test_bad_input.py`), the same road over HTTP (`duecourse tour`).
"""

import re
import subprocess
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from people import Town, patient

pytestmark = pytest.mark.browser
PARTY = "演示城某订票网络有限公司"
WHAT_HAPPENED = "我在一个订票小程序买票之后，有人打电话准确说出我的订单号，冒充客服要我转账，我没有转。"
LOG = "演示日志：未留存网络日志，数据库端口对外开放。\n"
HEAD, UNIT_HEAD, REVIEWER, PUBLISHER = "office-head", "unit-head", "legal-reviewer", "publisher"
DEPUTY = "deputy-head"
OFFICER, SECOND = "case-officer", "case-officer-2"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def today():
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def test_a_report_becomes_a_published_decision_and_the_receipt_verifies(sites, visit, tmp_path):
    town = Town(sites, visit)
    citizen = town.citizen()
    code, receipt = a_citizen_reports_and_keeps_code_and_receipt(citizen, tmp_path)
    report = an_officer_finds_and_accepts_the_report(town)
    lead = it_is_pursued_as_a_lead(town, report)
    case = the_lead_is_checked_and_a_case_registered(town, lead, tmp_path)
    three_people_file_the_case(town, case)
    two_officers_investigate(town, case, tmp_path)
    the_party_is_told_what_is_intended_and_answers(town, case)
    a_lawyer_who_did_not_handle_it_reviews_it(town, case)
    number = the_head_decides_and_it_is_served(town, case)
    publication = it_is_published_with_its_reasons(town, number)
    the_reporter_is_answered(town, report)

    anybody_reads_the_decision_on_the_register(town, number, tmp_path)
    the_citizen_reads_the_letters_with_the_code(town, code)
    the_receipt_verifies_where_there_is_nothing_else(town, receipt, tmp_path)
    nothing_in_the_record_fails_the_audit(sites)

    the_decision_no_longer_stands_and_is_withdrawn(town, publication)
    anybody_reads_that_it_was_withdrawn_and_why(town, number)
    nothing_in_the_record_fails_the_audit(sites)


def a_citizen_reports_and_keeps_code_and_receipt(citizen, folder):
    """She begins in Chinese, turns the page to English half-way, and loses nothing that she typed."""
    (folder / "截图.png").write_bytes(PICTURE)
    citizen.opens("/report/")
    answers(citizen, urgent="no", head="personal-information", harmed="self")
    citizen.fills(what_happened=WHAT_HAPPENED)
    assert "What happened?" in citizen.reads("en")
    assert citizen.page.input_value("#what_happened") == WHAT_HAPPENED
    citizen.presses("Go on")
    answers(citizen, address="https://tickets.example/")
    citizen.fills(attachments=folder / "截图.png")
    citizen.page.wait_for_selector("main input[name=kept]", state="attached")
    citizen.presses("Go on")
    answers(citizen, contact="演示手机号")
    words = citizen.presses("Send the report")
    assert "We have your report" in words
    assert "截图.png" in words
    code = citizen.page.inner_text(".code-big")
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]", code)
    citizen.waits_for(lambda: "Save the receipt as a file" in citizen.words, "the receipt has no proof")
    receipt = citizen.saves("Save the receipt as a file", folder)
    assert code not in receipt.read_text("utf-8")
    citizen.presses("Leave and forget the code in this browser")
    return code, receipt


def answers(citizen, **answered):
    """Answer questions of the report, one a page, in the order of the pages."""
    for name, value in answered.items():
        citizen.fills(**{name: value})
        citizen.presses("继续|Go on")
        if citizen.page.locator("h1", has_text=re.compile("请先打电话|Call now")).count():
            citizen.presses("我已经打过或者马上打，继续填写|I have called, or will now: go on")


def an_officer_finds_and_accepts_the_report(town):
    officer = town.officer(OFFICER)
    officer.opens("/reports/")
    officer.waits_for(officer.page.locator("main table a").count, "the report was not opened")
    officer.page.locator("main table a").first.click()
    assert WHAT_HAPPENED in officer.looks()
    assert "演示手机号" not in officer.words
    report = officer.path
    officer.takes(report, "claim")
    officer.takes(report, "accept", reason="涉嫌泄露个人信息，属于本机关职责范围")
    return report


def it_is_pursued_as_a_lead(town, report):
    officer = town.officer(OFFICER)
    officer.takes(
        report, "to-lead", lead_head="network-and-data-security", summary="某订票平台疑似泄露订单信息",
        operator=PARTY, place="tickets.example",
    )  # fmt: skip
    return officer.follows(report, "线索")


def the_lead_is_checked_and_a_case_registered(town, lead, folder):
    (folder / "server-log.txt").write_text(LOG, "utf-8")
    officer = town.officer(OFFICER)
    officer.takes(lead, "claim")
    officer.takes(
        lead, "exhibit", file=folder / "server-log.txt", title="服务器日志", kind="electronic",
        how="远程勘验，两名执法人员在场",
    )  # fmt: skip
    officer.takes(lead, "verify", findings="平台未留存日志，数据库未设访问控制，情况属实")
    officer.takes(
        lead, "to-case", case_head="network-and-data-security", party=PARTY, party_kind="organisation",
        summary="未采取技术措施防止网络数据泄露", registered_on=today(),
    )  # fmt: skip
    return officer.follows(lead, "处罚")


def three_people_file_the_case(town, case):
    """The officer proposes with a colleague; their unit head, who reads English, agrees; the head files it."""
    town.officer(OFFICER).takes(
        case, "file", grounds="有初步证据，属本机关管辖，在追责期限内", breach="security-duty",
        handlers=["演示案件承办人甲", "演示案件承办人乙"], discovered_on=today(),
    )  # fmt: skip
    unit_head = town.officer(UNIT_HEAD, "en")
    unit_head.opens("/")
    assert "Give an opinion" in unit_head.words
    unit_head.agrees(case, "file", "Agreed: within our competence.")
    head = town.officer(HEAD)
    head.agrees(case, "file", "同意立案")
    assert "调查" in head.words
    second = town.officer(SECOND, viewport={"width": 390, "height": 844})
    assert "演示案件承办人乙" in second.opens(case)
    assert "Agreed: within our competence." in second.words


def two_officers_investigate(town, case, folder):
    officer, second = town.officer(OFFICER), town.officer(SECOND)
    officer.takes(
        case, "first-contact", present=["演示案件承办人甲", "演示案件承办人乙"], certificates_shown=True,
        recusal_told=True, record="当事人确认收到告知，不申请回避",
    )  # fmt: skip
    second.takes(
        case, "exhibit", file=folder / "server-log.txt", title="数据库配置与日志", kind="electronic",
        how="现场取证，当事人在场",
    )  # fmt: skip
    saved = second.saves("下载", folder)
    assert saved.read_text("utf-8") == LOG
    officer.takes(
        case, "finish-investigation", findings="当事人未留存日志，未设访问控制，致订单信息泄露",
        evidence=["数据库配置与日志"], evidence_checked="与当事人陈述、现场笔录相互印证", penalty_kind="warning",
        fine="0",
    )  # fmt: skip


def the_party_is_told_what_is_intended_and_answers(town, case):
    officer = town.officer(OFFICER)
    officer.takes(
        case, "issue-notice", facts_told="未采取监测、记录技术措施，未留存网络日志，致订单信息泄露",
        reasons="违反网络安全法第二十三条，依据第六十一条拟给予处罚", penalty_kind="warning", fine="0",
        hearing_right="no",
    )  # fmt: skip
    town.officer(UNIT_HEAD).agrees(case, "issue-notice", "Agreed.")
    town.officer(HEAD).agrees(case, "issue-notice", "同意")
    town.officer(HEAD).seals(case, "行政处罚意见告知书")
    officer.takes(case, "serve-notice", way="direct", recipient="当事人法定代表人")
    officer.takes(case, "record-statement", statement="已关闭端口并开始留存日志，请求从轻处罚")
    officer.takes(case, "recheck", checked="整改属实，采纳从轻的意见", fine_after="0")


def a_lawyer_who_did_not_handle_it_reviews_it(town, case):
    """Before the review nobody can decide, and the page says on which article."""
    officer = town.officer(OFFICER)
    officer.takes(case, "submit-for-review", note="请审核")
    assert "目前不能办理" in officer.opens(f"{case}steps/decide/")
    assert "事项现处于“法制审核”阶段" in officer.words
    assert "《行政处罚法》第五十七条" in officer.words
    reviewer = town.officer(REVIEWER, "en")
    reviewer.takes(
        case, "review", competence="meets", facts="meets", evidence="meets", law="meets", discretion="meets",
        procedure="meets", document="meets", crime="meets", qualified="not-first", opinion="agree",
    )  # fmt: skip
    assert "Entered:" in reviewer.words


def the_head_decides_and_it_is_served(town, case):
    officer = town.officer(OFFICER)
    officer.takes(
        case, "decide", facts_found="未留存网络日志，致订单信息泄露；有日志、配置和笔录为证",
        reasons="违反网络安全法第二十三条，依据第六十一条处罚", statement_answer="当事人及时整改，从轻的意见予以采纳",
        penalty_kind="warning", fine="0", complex="no",
    )  # fmt: skip
    town.officer(UNIT_HEAD).agrees(case, "decide", "Agreed.")
    town.officer(REVIEWER).agrees(case, "decide", "与审核意见一致")
    town.officer(DEPUTY).agrees(case, "decide", "同意")
    town.officer(HEAD).agrees(case, "decide", "同意，予以警告")
    town.officer(HEAD).seals(case, "行政处罚决定书")
    officer.takes(case, "serve-decision", way="direct", recipient="当事人法定代表人")
    row = officer.page.locator("table[aria-labelledby=documents] tr", has_text="行政处罚决定书").last
    return re.search(r"\S*〔\d{4}〕\d+号", row.inner_text()).group()


def it_is_published_with_its_reasons(town, number):
    """The publisher sees what waits to be published, and nothing of the case file."""
    publisher = town.officer(PUBLISHER)
    publisher.opens("/")
    publisher.page.locator("main table[aria-labelledby=owned] th a", has_text="公示").click()
    publisher.looks()
    publication = publisher.path
    publisher.takes(
        publication, "publish", reason="涉及大量用户的个人信息，具有一定社会影响",
        public_party=PARTY, public_facts="未采取监测、记录网络运行状态的技术措施，致订单信息泄露",
        public_decision="依据网络安全法第六十一条，给予警告", served_on=today(), checked=True,
    )  # fmt: skip
    town.officer(HEAD).agrees(publication, "publish", "同意公示")
    return publication


def the_reporter_is_answered(town, report):
    town.officer(OFFICER).takes(report, "answer", result="经查属实，已依法对平台作出处罚并公示。")


def anybody_reads_the_decision_on_the_register(town, number, folder):
    reader = town.citizen("en", viewport={"width": 390, "height": 844})
    reader.opens("/register/")
    reader.waits_for(lambda: number in reader.words, "the decision is not on the register")
    words = reader.presses(re.escape(number))
    for said in (PARTY, "具有一定社会影响", "给予警告", "The decision as PDF"):
        assert said in words, said
    assert WHAT_HAPPENED not in words
    assert reader.saves("The decision as PDF", folder).read_bytes().startswith(b"%PDF-")
    assert "决定书" in reader.reads("zh-Hans")


def the_citizen_reads_the_letters_with_the_code(town, code):
    """On another day, on a telephone, with what she wrote down: no hyphens, small letters."""
    citizen = town.citizen(viewport={"width": 390, "height": 844})
    citizen.opens("/report/follow-up/")
    citizen.fills(code=code.lower().replace("-", " "))
    citizen.presses("打开")
    letters = citizen.page.locator(".letter")
    citizen.waits_for(lambda: letters.count() == 3, "three letters were written")
    assert "已依法对平台作出处罚并公示" in citizen.words
    citizen.reads("en")
    assert "Letters and messages" in citizen.words
    assert letters.count() == 3


def the_receipt_verifies_where_there_is_nothing_else(town, receipt, folder):
    from duecourse.config.supervisor import python

    stranger = town.citizen("en")
    stranger.opens("/proofs/")
    key = stranger.page.locator("main dd code").first.inner_text()
    alone = folder / "alone"
    alone.mkdir()
    receipt.rename(alone / "receipt.json")
    command = python("-m", "duecourse.cli", "verify", "receipt", "receipt.json", "--vkey", key, "--language", "en")
    done = subprocess.run(command, cwd=alone, env={"PATH": "/usr/bin"}, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in alone.iterdir()) == ["receipt.json"]


def nothing_in_the_record_fails_the_audit(sites):
    """Asked again while the sequencer is still numbering; an entry without a number yet is not a finding."""
    sites.command("audit")
    sites.command("audit", "--rejudge")


def the_decision_no_longer_stands_and_is_withdrawn(town, publication):
    publisher = town.officer(PUBLISHER)
    publisher.takes(publication, "learn-of-change", what="人民法院判决变更该处罚决定")
    publisher.takes(publication, "withdraw", withdrawal_reason="原决定已被人民法院判决变更，不再有效")
    town.officer(HEAD).agrees(publication, "withdraw", "同意撤回")


def anybody_reads_that_it_was_withdrawn_and_why(town, number):
    reader = town.citizen()
    reader.opens("/register/")
    reader.waits_for(lambda: "已撤回" in reader.words, "the register does not show the withdrawal")
    words = reader.presses(re.escape(number))
    assert "原决定已被人民法院判决变更，不再有效" in words
    assert re.search(r"该公示已于\d{4}年\d{1,2}月\d{1,2}日撤回", words), words


def test_a_report_is_written_and_sent_by_keyboard_alone(sites, visit):
    """Tab, arrows, space and return; what has the focus can be seen at every stop."""
    citizen = Town(sites, visit).citizen()
    citizen.opens("/report/")
    keys = citizen.page.keyboard
    for name, act in (
        ("urgent", lambda: (keys.press("ArrowDown"), keys.press("Space"))),
        ("head", lambda: keys.press("Space")),
        ("harmed", lambda: keys.press("Space")),
        ("what_happened", lambda: keys.type("There is money asked for a prize that nobody gives.")),
        ("address", lambda: keys.type("https://prize.example/")),
        ("attachments", lambda: None),
        ("contact", lambda: None),
    ):
        tab_to(citizen.page, name)
        act()
        tab_to(citizen.page, "继续")
        with citizen.page.expect_navigation():
            keys.press("Enter")
    tab_to(citizen.page, "提交举报")
    keys.press("Enter")
    citizen.page.wait_for_url("**/report/receipt/")
    words = citizen.looks()
    assert "There is money asked for a prize that nobody gives." in words
    assert citizen.page.locator(".code-big").count() == 1


def tab_to(page, name):
    """Press Tab until the control of this name, or the button of these words, has the focus; it must be seen to."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "(() => { const one = document.activeElement, look = getComputedStyle(one);"
            " return {name: one.name, words: one.innerText, outline: look.outlineStyle, width: look.outlineWidth} })()"
        )
        if name in (focus["name"], (focus["words"] or "").strip()):
            assert focus["outline"] != "none"
            assert focus["width"] != "0px"
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_a_report_is_sent_and_followed_up_where_scripts_are_turned_off(sites, visit):
    """And the officer who takes it on has none either."""
    town = Town(sites, visit)
    citizen = town.citizen("en", java_script_enabled=False)
    citizen.opens("/report/")
    answers(citizen, urgent="yes", head="fraud", harmed="other", what_happened="No scripts here.", address="here")
    for _ in ("files", "contact"):
        citizen.presses("Go on")
    words = citizen.presses("Send the report")
    assert "96110" in words
    code = citizen.page.inner_text(".code-big")
    officer = town.officer(OFFICER, "en", java_script_enabled=False)
    found = patient(lambda: has_come(officer, "No scripts here."), "the report was not opened")
    officer.takes(found, "claim")
    officer.takes(found, "redirect", addressee="police", reason="Call 110: this is a crime.")
    citizen.opens("/report/follow-up/")
    citizen.fills(code=code)
    citizen.presses("Open")
    citizen.waits_for(lambda: "Call 110: this is a crime." in citizen.words, "the letter did not come")


def has_come(officer, text):
    """The path of the report that says this, once it is opened."""
    officer.opens("/reports/")
    for path in [link.get_attribute("href") for link in officer.page.locator("main table a").all()]:
        if text in officer.opens(path):
            return path
    return None
