import os
import stat

import pytest

from duecourse.config import home
from duecourse.edge import postgres


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for setting in home.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("DUECOURSE_HOME", str(tmp_path))
    return tmp_path


def test_without_any_word_an_installation_is_in_production(folder):
    assert home.environment() == "production"


def test_a_folder_made_for_a_demo_stays_a_demo_and_the_variable_goes_first(folder, monkeypatch):
    (folder / "environment").write_text("demo\n")
    assert home.environment() == "demo"
    monkeypatch.setenv("DUECOURSE_ENV", "test")
    assert home.environment() == "test"


def test_a_misspelt_environment_is_refused(folder, monkeypatch):
    monkeypatch.setenv("DUECOURSE_ENV", "prod")
    with pytest.raises(SystemExit, match="must be demo, test or production"):
        home.environment()


def test_a_setting_that_is_not_in_the_list_cannot_be_read(folder):
    with pytest.raises(KeyError):
        home.read("DUECOURSE_SECRET_SWITCH")


def test_other_commands_find_the_sites_where_run_has_put_them(folder):
    (folder / "addresses").write_text("DUECOURSE_PUBLIC_URL=http://127.0.0.1:9000\n")
    assert home.read("DUECOURSE_PUBLIC_URL") == "http://127.0.0.1:9000"
    assert home.read("DUECOURSE_OFFICE_URL") == "http://127.0.0.1:8001"


def test_each_site_has_a_secret_of_its_own_that_stays(folder):
    public, office = home.site_secret("public"), home.site_secret("office")
    assert public != office
    assert home.site_secret("public") == public
    assert stat.S_IMODE((folder / "secrets" / "site-public").stat().st_mode) == 0o600


def test_a_given_server_is_used_with_our_roles_and_without_its_own_password(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:masterword@db.example:5433/postgres?sslmode=require")
    word = postgres.ensure_password(home.secrets_folder(), postgres.OFFICE)
    entry = home.django_database(postgres.OFFICE)
    assert "masterword" not in str(entry)
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert {name: entry[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "duecourse",
        "USER": "duecourse_office",
        "PASSWORD": word,
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_the_children_of_run_do_not_see_the_superusers_password(folder, monkeypatch):
    from duecourse.config import run

    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:masterword@/x?host=/run/pg")
    seen = run.environment_of_children()
    assert "masterword" not in str(seen)
    assert seen["DATABASE_URL"] == "postgresql:///x?host=/run/pg"
    assert os.environ["DATABASE_URL"] != seen["DATABASE_URL"]
