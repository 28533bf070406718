"""A role given to another in writing, for some days: who may, whom it makes what, and what the record says of it."""

from __future__ import annotations

from datetime import date

import pytest

PAPER = "a" * 64
FROM, UNTIL = date(2026, 3, 2), date(2026, 3, 8)


def give(people, *, giver="boss", taker="deputy", role="office-head", from_on=FROM, until_on=UNTIL, paper=PAPER):
    from duecourse.office.people import actions

    return actions.delegate(people[giver], people[taker], role, from_on, until_on, paper, "on leave")[0]


def facts(account, day):
    from duecourse.office.people.facts import facts_of

    return facts_of(account, day)


def asked(account, day):
    """The same facts, by the one question that a step asks."""
    from uuid import uuid4

    from duecourse.office.matters import actors

    return actors.facts(uuid4(), [str(account.pk)], key=None, on=day).people[str(account.pk)]


def test_on_its_days_a_delegated_role_is_held_in_the_place_of_its_giver(people):
    give(people)
    deputy, boss = people["deputy"], str(people["boss"].pk)
    for ask in (facts, asked):
        assert "office-head" not in ask(deputy, date(2026, 3, 1)).roles
        for day in (FROM, UNTIL):
            held = ask(deputy, day)
            assert held.roles == {"deputy-head", "office-head"}
            assert held.delegations == {"office-head": boss}
        assert "office-head" not in ask(deputy, date(2026, 3, 9)).roles


def test_a_role_of_ones_own_is_no_delegation(people):
    from duecourse.office.people import actions

    give(people)
    actions.appoint(people["deputy"], "office-head", from_on=FROM)
    for ask in (facts, asked):
        assert ask(people["deputy"], FROM).delegations == {}


@pytest.mark.parametrize("how", ["ended", "withdrawn", "closed"])
def test_when_the_giver_no_longer_holds_the_role_nor_does_the_taker(people, how):
    from duecourse.office.people import actions
    from duecourse.office.people.models import Appointment

    give(people)
    own = Appointment.objects.get(account=people["boss"], delegated_by=None)
    if how == "ended":
        actions.end_appointment(own, until_on=date(2026, 3, 3))
    elif how == "withdrawn":
        actions.withdraw(own, on=date(2026, 3, 4), reason="moved")
    else:
        actions.close_account(people["boss"])
    day = date(2026, 3, 4)
    for ask in (facts, asked):
        assert "office-head" not in ask(people["deputy"], day).roles


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"taker": "boss"}, "delegation_to_oneself"),
        ({"giver": "officer", "role": "case-officer"}, "delegation_of_personal_duty"),
        ({"giver": "keeper", "role": "administrator"}, "delegation_of_personal_duty"),
        ({"giver": "deputy", "taker": "boss"}, "delegation_beyond_appointment"),
        ({"from_on": date(2024, 12, 31)}, "delegation_beyond_appointment"),
        ({"until_on": date(2026, 3, 1)}, "delegation_ends_before_it_begins"),
        ({"paper": ""}, "delegation_without_document"),
    ],
)
def test_a_delegation_that_may_not_be_is_refused_with_its_reason(people, change, code):
    from duecourse.core.errors import Invalid

    with pytest.raises(Invalid) as no:
        give(people, **change)
    assert no.value.code == code


def test_whoever_holds_a_role_by_delegation_cannot_give_it_on_nor_beyond_its_end(people):
    from duecourse.core.errors import Invalid
    from duecourse.office.people import actions
    from duecourse.office.people.models import Appointment

    give(people)
    with pytest.raises(Invalid, match="delegation_of_delegated"):
        give(people, giver="deputy", taker="keeper")
    actions.end_appointment(Appointment.objects.get(account=people["boss"]), until_on=date(2026, 3, 20))
    with pytest.raises(Invalid, match="delegation_beyond_appointment"):
        give(people, from_on=date(2026, 3, 10), until_on=date(2026, 3, 21))


def test_the_outcome_of_a_step_names_in_whose_place_it_was_taken():
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.outcome import Outcome

    taken = Outcome("agree", "done", "deputy", "office-head", FROM, None, None, ended=False, delegated_by="boss")
    assert taken.to_json()["delegated_by"] == "boss"
    assert Outcome.from_json(taken.to_json()) == taken
    plain = Outcome("agree", "done", "boss", "office-head", FROM, None, None, ended=False)
    assert "delegated_by" not in plain.to_json()
    assert hash(PersonFacts("a", frozenset(), delegations={"r": "b"})) == hash(PersonFacts("a", frozenset()))


def test_a_person_delegates_on_their_own_page_and_takes_it_back(at_desk, people):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from duecourse.office.ledger import store
    from duecourse.office.people.models import Appointment

    boss = at_desk("boss")
    typed = {"role": "office-head", "to": str(people["deputy"].pk), "from_on": "2026年3月2日", "reason": "休假"}
    paper = SimpleUploadedFile("委托书.pdf", b"%PDF-1.7 signed")
    boss.post("/account/delegate/", **typed, until_on="", file=paper)
    assert boss.answer.status_code == 400
    kept = boss.typed_on()["kept"]
    assert boss.post("/account/delegate/", **typed, until_on="2026-03-08", kept=kept).status_code == 302
    row = Appointment.objects.get(delegated_by=people["boss"])
    entry = store.read(people["deputy"].pk)[-1]
    assert (entry.skeleton.step, entry.fields["document"].value) == ("delegated", row.document_sha256)
    boss.get("/account/")
    assert "given to 演deputy" in boss.words
    assert at_desk("officer").post(f"/account/delegations/{row.pk}/withdraw/").status_code == 404
    boss.post(f"/account/delegations/{row.pk}/withdraw/")
    assert "office-head" not in facts(people["deputy"], FROM).roles
