"""Every address of both sites, and every step of every procedure, asked by every role: the tables are matrix.yaml and
the rulebook; what stands in neither is refused, and a new address without a row fails.

A row says who passes: `anybody` (the door), `everybody` (every open account, with a role or without), `nobody` (the
method is not answered), or the roles. Passing is not succeeding: a role that passes may still be told that the form is
empty or that nothing is there. Whoever does not pass is sent to the door when not signed in, and answered 403 when.
"""

from __future__ import annotations

import importlib
import logging
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

ROWS = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text("utf-8"))
NOBODYS_ID = "6d0f7c0e-4a3b-4b43-8d0a-6a3f0c1d2e3f"
GIVEN = {
    "document": NOBODYS_ID, "exhibit": NOBODYS_ID, "step": "claim", "procedure": "report", "which": "original",
    "index": 0, "act": "appoint", "factor": 1, "appointment": 1, "provider_id": "office", "year": 2027,
    "name": "reports", "change": NOBODYS_ID, "access_id": NOBODYS_ID,
}  # fmt: skip
IDS = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(50)]
PLACE = re.compile(r"<\w+:(\w+)>")
OUTSIDE = ("anonymous", "closed", "no-role")


def addresses(urlconf):
    """(route, pattern) of every address that a site answers."""

    def walk(patterns, before=""):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns, before + str(one.pattern))
            else:
                yield before + str(one.pattern), one

    return dict(walk(importlib.import_module(urlconf).urlpatterns))


def roles():
    """Every role of the rulebook that a person may hold."""
    from duecourse.office.matters import rulebook

    return [name for name in rulebook.current().roles if name != "system"]


def test_every_address_of_the_office_has_a_row_and_every_row_an_address(django_ready):
    assert set(addresses("duecourse.config.urls_office")) == set(ROWS["office"])


def test_every_address_of_the_public_site_has_a_row_and_needs_no_account(django_ready):
    assert set(addresses("duecourse.config.urls_public")) == set(ROWS["public"])


def test_the_rows_name_only_roles_of_the_rulebook(module_database):
    known = {"anybody", "everybody", "nobody", *roles()}
    for route, row in ROWS["office"].items():
        for method in ("get", "post"):
            said = row[method] if isinstance(row[method], list) else [row[method]]
            assert set(said) <= known, route


def passes(said, who):
    """What the table says of one visitor: pass, refused, door, not answered."""
    if said in ("anybody", "nobody"):
        return "pass" if said == "anybody" else "not answered"
    if who in {"anonymous", "closed"}:
        return "door"
    return "pass" if said == "everybody" or who in said else "refused"


def answered(answer):
    """The same, of an answer."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/login/?"):
        return "door"
    if answer.status_code == 405:
        return "not answered"
    if answer.status_code == 403:
        return "refused"
    return "pass" if answer.status_code < 500 else "broken"


@pytest.fixture
def _no_log():
    """Hundreds of refusals need not be told."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def visitors(town, _no_log):
    """A browser for every role, and those of OUTSIDE; every sign-in is fresh."""
    from django.test import Client

    from duecourse.office.people.models import Account, Appointment

    found = {"anonymous": Client()}
    for name in (*roles(), "no-role", "closed"):
        account = Account.objects.create(username=f"m-{name}", name=name, password="!")
        if name in roles():
            Appointment.objects.create(account=account, role=name, from_on=date(2025, 1, 1))
        found[name] = Client()
        found[name].force_login(account)
        if name == "closed":
            account.is_active = False
            account.save(update_fields=["is_active"])
    return found


def filled(route, given):
    """The path of a route with its places filled."""
    return "/" + PLACE.sub(lambda place: str(given[place.group(1)]), route)


def those_asked(said, visitors):
    """Everybody where the table names roles; where it names none, one role and whoever has none tell the same."""
    return visitors if isinstance(said, list) else {name: visitors[name] for name in (*OUTSIDE, "administrator")}


def differences(town, visitors, asked):
    """Every answer that is not what the table says. Signing out comes last."""
    given = GIVEN | {"matter": town.report().split("/")[2], "account": str(town.people["officer"].pk)}
    for route in sorted(addresses("duecourse.config.urls_office"), key=lambda route: (route == "logout/", route)):
        row = ROWS["office"].get(route, {"get": [], "post": []})
        path = filled(route, given | row.get("given", {}))
        for method in ("get", "post"):
            for who, browser in asked(row[method], visitors).items():
                said, answer = passes(row[method], who), getattr(browser, method)(path)
                found = answered(answer)
                answer.close()
                kept_out = said == "not answered" and found in {"door", "refused"}
                if found != said and not kept_out:
                    yield f"{method} {path} by {who}: {found}, not {said}"


def test_every_address_answers_every_role_as_the_table_says(town, visitors):
    wrong = list(differences(town, visitors, those_asked))
    assert not wrong, "\n".join(wrong)


@pytest.mark.wide
def test_every_address_answers_everybody_as_the_table_says_also_where_roles_make_no_difference(town, visitors):
    assert not list(differences(town, visitors, lambda _said, everybody: everybody))


# -- every step by every role ------------------------------------------------------------------------------------------


def steps():
    """(procedure, step) of every procedure as it is now, and of what every procedure has."""
    from duecourse.office.matters import rulebook

    book = rulebook.current()
    for name, versions in book.procedures.items():
        yield from ((name, step) for step in versions[-1].steps.values())
    any_procedure = next(iter(book.procedures))
    yield from ((any_procedure, step) for step in book.built_in.values() if step.id != "correct")


def may(book, procedure, step, role, *, turn):
    """Whether the engine's answer holds nothing against the role, at this turn of the chain of approval."""
    from duecourse.core.procedure import engine
    from duecourse.core.procedure.attempt import Attempt, PersonFacts
    from duecourse.core.procedure.marks import Opinion, Proposal
    from duecourse.core.procedure.refusal import Refusal
    from duecourse.core.procedure.state import MatterState

    ruled, on = book.procedures[procedure][-1], date(2026, 3, 2)
    stage = step.from_[0] if step.from_ else next(iter(ruled.stages))
    spoken = tuple(Opinion(f"person-{place}", "somebody", on) for place in range(turn))
    state = MatterState("m", procedure, str(ruled.version), stage=None if step.opens_matter else stage,
                        proposals={step.id: Proposal(0, {}, spoken)} if turn else {})  # fmt: skip
    actor = PersonFacts("me", frozenset({role}), certified=True)
    moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    attempt = Attempt(step.id, actor, None, on, moment, {}, phase="agree" if turn else None, ids=iter(IDS))
    answer = engine.take(book, state, attempt)
    return not (isinstance(answer, Refusal) and "role_missing" in answer.codes)


def test_every_step_is_refused_to_every_role_but_those_that_the_rulebook_names(module_database):
    from duecourse.office.matters import rulebook

    book, wrong, asked = rulebook.current(), [], 0
    for procedure, step in steps():
        for turn, named in enumerate(step.approval or (step.by,)):
            for role in roles():
                asked += 1
                if may(book, procedure, step, role, turn=turn) != (role in named):
                    wrong.append(f"{procedure}/{step.id}, turn {turn}, {role}: the rulebook names {named}")
    assert not wrong, "\n".join(wrong)
    assert asked > 500


def test_the_keeper_of_accounts_has_no_power_over_any_matter(module_database):
    from duecourse.office.matters import rulebook
    from duecourse.office.pages.access import OVERSEES, roles_of

    book = rulebook.current()
    named = {role for _, step in steps() for chain in (step.by, *step.approval) for role in chain}
    seen = {role for versions in book.procedures.values() for role in roles_of(versions[-1])}
    assert "administrator" not in named | seen | OVERSEES
    assert all("administrator" not in readers for readers in rulebook.classes().values())
