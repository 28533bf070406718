"""A case on its way to its party, taken through the one write path; and the party as it reads what it was given."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from small_office import Office

REPORTER = "举报人赵匿名"
CONTACT = "13900000000"
LATER = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\nstamped\nstartxref\n0\n%%EOF\n"


@dataclass
class CaseOnTheRoad:
    """One penalty case and the people who handle it."""

    office: Office
    matter: UUID = None
    pieces: list = field(default_factory=list)

    def take(self, step, by="officer", **form):
        return self.office.step(self.matter, step, getattr(self.office, by), form)

    def decide(self, step, **form):
        """A step with a chain of approval: proposed by the officer, agreed by somebody of each role in turn."""
        self.take(step, **form)
        for roles in self.standing().step(step).approval[1:]:
            self.office.step(self.matter, step, _who(roles), {"opinion": "同意"}, phase="agree")

    def standing(self):
        from duecourse.office.matters.models import Matter
        from duecourse.office.pages.standing import Standing

        return Standing.of(Matter.objects.get(id=self.matter))

    def draw_up(self):
        from duecourse.office.documents import actions
        from duecourse.office.documents.models import Document

        for row in Document.objects.filter(matter=self.matter, state="queued"):
            actions.draw_up(row.id)

    def document(self, kind):
        from duecourse.office.documents.models import Document

        return Document.objects.filter(matter=self.matter, kind=kind).order_by("-version").first()

    def seal(self, kind):
        from duecourse.office.documents import actions

        actions.seal(self.document(kind).id, by=self.office.boss, pdf=PDF, key=self.office.key())

    def exhibit(self, title, content):
        from duecourse.office.matters.evidence import add_exhibit

        entry = add_exhibit(
            self.matter, content, name="file.bin", title=title, kind="electronic", how="取证",
            by=self.office.officer, key=self.office.key(),
        )  # fmt: skip
        self.pieces.append(entry.skeleton.exhibits[0])

    def noticed(self):
        """From the filing proposal to a sealed notice of proposed penalty."""
        from duecourse.office.matters.actions import open_matter

        form = {
            "case_head": "network-and-data-security", "party": "示例网络科技有限公司", "party_kind": "organisation",
            "summary": f"{REPORTER}（{CONTACT}）反映：网站未采取防范措施", "registered_on": "2026-03-02",
        }  # fmt: skip
        opened = open_matter("penalty-ordinary", by=self.office.officer, form=form, key=self.office.key())
        self.matter = opened.stream
        pair = [str(self.office.officer.id), str(self.office.second.id)]
        self.decide("file", grounds="有违法事实", breach="security-duty", handlers=pair, discovered_on="2026-03-02")
        self.draw_up()
        self.take("first-contact", present=pair, certificates_shown=True, recusal_told=True, record="当事人在场")
        self.exhibit("服务器配置截图", b"config " * 40)
        self.exhibit("另一公司的合同", b"contract " * 40)
        self.exhibit(f"聊天记录（{REPORTER}）", f"{REPORTER} {CONTACT}".encode() * 9)
        self.take(
            "finish-investigation", findings="未采取技术措施", evidence=self.pieces[:1], evidence_checked="一致",
            penalty_kind="warning-and-fine", fine="20000",
        )  # fmt: skip
        self.draw_up()
        self.decide(
            "issue-notice", facts_told="未采取防范计算机病毒的技术措施", reasons="违反网络安全法",
            penalty_kind="warning-and-fine", fine="20000", hearing_right="yes",
        )  # fmt: skip
        self.draw_up()
        self.seal("notice-of-proposed-penalty")
        return self

    def choice(self):
        from duecourse.office.party.access import Choice

        return Choice([self.pieces[0]], {self.pieces[1]: "trade", self.pieces[2]: "reporter"})

    def give(self, document="notice-of-proposed-penalty", **more):
        from duecourse.office.party import access

        more = {"by": self.office.officer, "person": "法定代表人", "key": self.office.key()} | more
        return access.give(self.document(document).id, self.choice(), **more)

    def serve(self, **more):
        self.take("serve-notice", **({"way": "direct", "recipient": "法定代表人"} | more))
        self.refresh()

    def decided_and_served(self, **service):
        """Ten days on: reviewed, decided, sealed, served."""
        from town import HandMovedClock

        HandMovedClock(Path(os.environ["DUECOURSE_CLOCK"])).to(LATER)
        self.take("submit-for-review", note="请审核")
        aspects = self.standing().step("review").form
        said = {name: _said(one) for name, one in aspects.items() if one.required}
        self.take("review", by="reviewer", **(said | {"opinion": "agree"}))
        self.draw_up()
        self.decide(
            "decide", facts_found="未采取技术措施", reasons="违反网络安全法", statement_answer="采纳从轻意见",
            penalty_kind="warning-and-fine", fine="15000", complex="no",
        )  # fmt: skip
        self.draw_up()
        self.seal("decision")
        self.take("serve-decision", **({"way": "direct", "recipient": "法定代表人"} | service))
        self.refresh()

    def refresh(self):
        from duecourse.office.party import access

        return access.bring_up_to_date(self.matter)


def staff():
    """The people of a case in a town whose other people have the plain names."""
    from duecourse.office.people.models import Account, Appointment, Certificate
    from small_office import STAFF

    people = {}
    for username, (name, roles) in STAFF.items():
        people[username] = Account.objects.create(username=f"{username}-of-the-case", name=name, password="!")
        for role in roles:
            Appointment.objects.create(account=people[username], role=role, from_on=date(2025, 1, 1))
        if "case-officer" in roles:
            Certificate.objects.create(
                account=people[username], number=f"案{username}", valid_from_on=date(2025, 1, 1),
                valid_until_on=date(2030, 1, 1),
            )  # fmt: skip
    return Office(people)


class Party:
    """Whoever holds a code, with nothing but what the public role can ask."""

    def __init__(self, code):
        from duecourse.edge import sealing

        self.code, self.keys = code, sealing.party_keys(code)

    def letters(self):
        from duecourse.office.ledger import sql

        query = "SELECT sealed FROM letter WHERE lookup_id = %s AND octet_length(sealed) > 0 ORDER BY created_at"
        return [bytes(row[0]) for row in sql.rows(query, (self.keys.lookup_id,))]

    def papers(self):
        from duecourse.edge import sealing

        return json.loads(sealing.unseal(self.letters()[-1], self.keys.secret))

    def file(self, one):
        from duecourse.edge import sealing
        from duecourse.edge.objects import ObjectStore
        from duecourse.office.party import papers

        store = ObjectStore(papers.folder(UUID(self.papers()["access"])))
        return sealing.unseal(store.get(one["object"]), self.keys.secret)

    def everything(self):
        """Every byte that the code opens, unsealed."""
        held = self.papers()
        files = [one for document in held["documents"] for one in document["files"]]
        files += [one["file"] for one in held["exhibits"] if one["file"]]
        return json.dumps(held, ensure_ascii=False).encode() + b"".join(self.file(one) for one in files)

    def right(self, name):
        return next((one for one in self.papers()["rights"] if one["id"] == name), None)


def _said(one):
    """An answer that any reviewer could give to a field of the form."""
    return next(iter(one.choices)) if one.choices else "符合"


def _who(roles):
    """Somebody who holds one of these roles; the town has one deputy head."""
    from duecourse.office.people.models import Account, Appointment

    held = Appointment.objects.filter(role__in=roles).first()
    if held is None:
        account = Account.objects.create(username=roles[0], name="分管", password="!")
        held = Appointment.objects.create(account=account, role=roles[0], from_on="2025-01-01")
    return held.account
