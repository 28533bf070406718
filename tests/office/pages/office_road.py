"""The road of one report as people walk it: forms fetched from the pages, filled, and sent as they stand."""

from __future__ import annotations

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


class Road:
    def __init__(self, town, clock):
        self.town = town
        self.clock = clock

    def take(self, who, address, step, **typed):
        sent = self.town.browser(who).send(f"{address}steps/{step}/", **typed)
        assert sent.status == 302, f"{step}: {sent.words if sent.tree is not None else sent.status}"

    def agree(self, who, address, step, opinion="同意"):
        sent = self.opine(who, address, step, opinion)
        assert sent.status == 302, f"{step}: {sent.words if sent.tree is not None else sent.status}"

    def opine(self, who, address, step, opinion, phase="agree"):
        browser = self.town.browser(who)
        page = browser.get(f"{address}steps/{step}/opinion/")
        assert page.status == 200, f"{who} {step} {page.status}"
        return browser.post(page.address, page.form().filled({"opinion": opinion}) | {"phase": phase})

    def exhibit(self, who, address):
        from django.core.files.uploadedfile import SimpleUploadedFile

        sent = self.town.browser(who).send(
            f"{address}exhibits/add/",
            file=SimpleUploadedFile("网页.png", PNG, "image/png"),
            title="网页截图",
            kind="electronic",
            how="在办公室用浏览器截取",
        )
        assert sent.status == 302, sent.words

    def opened(self, address, kind):
        """The matter that a step of this one opened, found by its link on the page."""
        page = self.town.browser("boss").get(address)
        links = page.tree.xpath("//h2[@id='links']/following-sibling::ul[1]//a")
        return next(a.get("href") for a in links if kind in a.text_content())

    def draw_up(self):
        from duecourse.office.documents import actions
        from duecourse.office.documents.models import Document

        for row in Document.objects.filter(state="queued"):
            actions.draw_up(row.id)

    def lead(self):
        report = self.town.report()
        self.take("officer", report, "claim")
        self.take("officer", report, "accept", reason="属于受理范围")
        self.draw_up()
        self.take(
            "officer", report, "to-lead", lead_head="network-and-data-security", summary="网站被人利用行骗",
            operator="示例网络科技有限公司", place="example.test",
        )  # fmt: skip
        return report, self.opened(report, "线索")

    def case(self):
        report, lead = self.lead()
        self.take("officer", lead, "claim")
        self.exhibit("officer", lead)
        self.take("officer", lead, "verify", findings="网站没有采取防护措施")
        self.take(
            "officer", lead, "to-case", case_head="network-and-data-security", party="示例网络科技有限公司",
            party_kind="organisation", summary="未采取防范措施", registered_on="2026-03-02",
        )  # fmt: skip
        return report, self.opened(lead, "处罚")

    def to_review(self):
        return self.submitted()[1]

    def submitted(self):
        report, case = self.case()
        people = self.town.people
        self.take(
            "officer", case, "file", grounds="有违法事实，属本机关管辖", breach="security-duty",
            handlers=[str(people["officer"].id), str(people["second"].id)], discovered_on="2026-03-02",
        )  # fmt: skip
        self.agree("head", case, "file")
        self.agree("boss", case, "file", "同意立案")
        self.draw_up()
        self.take(
            "officer", case, "first-contact", present=[str(people["officer"].id), str(people["second"].id)],
            certificates_shown="true", recusal_told="true", record="当事人在场",
        )  # fmt: skip
        self.exhibit("officer", case)
        page = self.town.browser("officer").get(f"{case}steps/finish-investigation/")
        digest = page.tree.xpath("//input[@name='evidence']")[0].get("value")
        self.take(
            "officer", case, "finish-investigation", findings="未采取技术措施", evidence=[digest],
            evidence_checked="与原始网页核对一致", penalty_kind="warning-and-fine", fine="20000",
        )  # fmt: skip
        self.draw_up()
        self.take(
            "officer", case, "issue-notice", facts_told="未采取防范计算机病毒的技术措施", reasons="违反网络安全法",
            penalty_kind="warning-and-fine", fine="20000", hearing_right="yes",
        )  # fmt: skip
        self.agree("head", case, "issue-notice")
        self.agree("boss", case, "issue-notice")
        self.draw_up()
        self.seal(case)
        self.take("officer", case, "serve-notice", way="direct", recipient="法定代表人")
        self.take("officer", case, "record-statement", statement="已整改，请求从轻")
        self.take("officer", case, "recheck", checked="已核实整改情况，部分采纳", fine_after="15000")
        self.clock.forward(days=10)
        self.take("officer", case, "submit-for-review", note="请审核")
        return report, case

    def decided(self):
        report, case = self.submitted()
        self.take(
            "reviewer", case, "review", competence="meets", facts="meets", evidence="meets", law="meets",
            discretion="meets", procedure="meets", document="meets", crime="meets", qualified="not-first",
            opinion="agree",
        )  # fmt: skip
        self.draw_up()
        self.take(
            "officer", case, "decide", facts_found="未采取防范计算机病毒的技术措施", reasons="违反网络安全法",
            statement_answer="采纳从轻意见", penalty_kind="warning-and-fine", fine="15000", complex="no",
        )  # fmt: skip
        self.agree("head", case, "decide")
        self.agree("reviewer", case, "decide")
        self.agree("deputy", case, "decide")
        self.agree("boss", case, "decide")
        self.draw_up()
        return report, case

    def seal(self, case):
        page = self.town.browser("boss").get(case)
        link = page.tree.xpath("//a[contains(@href, '/seal/')]/@href")[0]
        browser = self.town.browser("boss")
        form = browser.get(link)
        sent = browser.post(link, form.form().filled({}) | {"demo": "true"})
        assert sent.status == 302, sent.words
