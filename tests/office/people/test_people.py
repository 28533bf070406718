from datetime import date

import psycopg
import pytest

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def officer():
    from duecourse.office.people import actions

    return actions.create_account(username="officer", name="甲", password="a long password")[0]


def test_an_account_is_found_by_its_user_name_in_any_case(officer):
    from django.contrib.auth import authenticate

    assert authenticate(username="OFFICER", password="a long password") == officer
    assert authenticate(username="officer", password="wrong") is None


def test_a_role_is_held_from_its_first_to_its_last_day(officer):
    from duecourse.office.people import actions
    from duecourse.office.people.facts import facts_of

    actions.appoint(officer, "handler", from_on=date(2026, 3, 1), until_on=date(2026, 3, 31))
    held = {day: facts_of(officer, date(2026, 3, day)).roles for day in (1, 31)}
    assert held == {1: {"handler"}, 31: {"handler"}}
    assert facts_of(officer, date(2026, 2, 28)).roles == frozenset()
    assert facts_of(officer, date(2026, 4, 1)).roles == frozenset()


def test_a_certificate_counts_on_its_days_alone(officer):
    from duecourse.office.people import actions
    from duecourse.office.people.facts import facts_of

    actions.certify(officer, "T-1", valid_from_on=date(2026, 1, 1), valid_until_on=date(2026, 12, 31))
    assert facts_of(officer, date(2026, 12, 31)).certified
    assert not facts_of(officer, date(2027, 1, 1)).certified


def test_a_closed_account_holds_no_role_and_cannot_sign_in(officer):
    from django.contrib.auth import authenticate

    from duecourse.office.people import actions
    from duecourse.office.people.facts import facts_of

    actions.appoint(officer, "handler", from_on=date(2026, 3, 1))
    actions.close_account(officer)
    assert facts_of(officer, date(2026, 3, 2)).roles == frozenset()
    assert authenticate(username="officer", password="a long password") is None


def test_every_change_of_an_account_is_an_entry_in_its_stream(officer):
    from duecourse.office.ledger import store
    from duecourse.office.people import actions

    appointment, _ = actions.appoint(officer, "handler", from_on=date(2026, 3, 1))
    actions.certify(officer, "T-1", valid_from_on=date(2026, 1, 1), valid_until_on=date(2026, 12, 31))
    actions.end_appointment(appointment, until_on=date(2026, 5, 1))
    actions.close_account(officer)
    entries = store.read(officer.id)
    steps = [entry.skeleton.step for entry in entries]
    assert steps == ["account-created", "appointed", "certified", "appointment-ended", "account-closed"]
    assert {entry.kind for entry in entries} == {"account"}
    assert entries[1].fields["role"].value == "handler"


def test_a_change_that_fails_leaves_no_entry(officer):
    from django.db import IntegrityError

    from duecourse.office.ledger import store
    from duecourse.office.people import actions

    with pytest.raises(IntegrityError):
        actions.appoint(officer, "handler", from_on=date(2026, 3, 2), until_on=date(2026, 3, 1))
    assert len(store.read(officer.id)) == 1


@pytest.mark.parametrize(
    "forbidden", ["DELETE FROM account", "DELETE FROM appointment", "UPDATE appointment SET role = 'head'"]
)
def test_the_office_role_cannot_unmake_a_person_or_a_role(officer, office_connection, forbidden):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office_connection.execute(forbidden)


def test_the_public_role_does_not_see_people(public_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        public_connection.execute("SELECT * FROM public.account")


def test_the_models_and_the_migrations_say_the_same():
    from django.core.management import call_command

    call_command("makemigrations", "people", check=True, dry_run=True, verbosity=0)
