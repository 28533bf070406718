import pytest

from duecourse.core.errors import Invalid
from duecourse.edge import keys_command, sealing
from duecourse.edge.keys import KeyRing

ORIGIN = "duecourse.example/test"


@pytest.fixture
def ring(tmp_path):
    ring = KeyRing(tmp_path / "keys")
    keys_command.initialise(ring, origin=ORIGIN)
    return ring


def run(ring, *arguments):
    return keys_command.main(["--keys", str(ring.folder), *map(str, arguments)])


def test_making_keys_twice_changes_nothing(ring):
    before = {path.name: path.read_bytes() for path in ring.folder.iterdir()}
    assert run(ring, "init", "--origin", ORIGIN) == 0
    assert {path.name: path.read_bytes() for path in ring.folder.iterdir()} == before


def test_the_log_key_carries_the_logs_name(ring):
    assert ring.vkey("log").startswith(ORIGIN + "+")


def test_two_of_three_holders_open_what_was_sealed_and_the_machine_no_longer_can(ring, tmp_path, capsys):
    sealed = sealing.seal(b"a report", [ring.public("intake"), ring.public("recovery")])
    assert run(ring, "split", "--to", tmp_path / "shares") == 0
    assert not ring.has_secret("recovery")
    files = sorted((tmp_path / "shares").iterdir())
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert sealing.unseal(sealed, keys_command.recover([files[2], files[0]])) == b"a report"
    assert run(ring, "drill", "--share", files[0], "--share", files[1]) == 0
    assert "every escrowed key opened with 2 shares" in capsys.readouterr().out


def test_the_drill_fails_with_one_share_with_a_wrong_one_and_without_any(ring, tmp_path, capsys):
    run(ring, "split", "--to", tmp_path / "shares")
    files = sorted((tmp_path / "shares").iterdir())
    assert run(ring, "drill", "--share", files[0]) == 1
    assert run(ring, "drill") == 1
    other = KeyRing(tmp_path / "other")
    keys_command.initialise(other, origin=ORIGIN)
    assert run(other, "drill", "--share", files[0], "--share", files[1]) == 1
    assert "shares_too_few" in capsys.readouterr().err


def test_the_drill_fails_when_an_escrowed_key_was_damaged(ring):
    escrowed = next(ring.folder.glob("matter-*.escrow"))
    escrowed.write_bytes(escrowed.read_bytes()[:-1])
    with pytest.raises(Invalid, match="sealed_damaged"):
        keys_command.drill(ring, [])


def test_shares_are_never_written_over(ring, tmp_path):
    assert run(ring, "split", "--to", tmp_path / "shares", "--keep") == 0
    for path in (tmp_path / "shares").iterdir():
        path.write_text("mine")
    secret = ring.secret("recovery")
    assert run(ring, "split", "--to", tmp_path / "shares") == 1
    assert ring.secret("recovery") == secret


def test_a_new_recovery_key_takes_the_escrow_over(ring):
    assert run(ring, "rotate", "recovery") == 0
    keys_command.drill(ring, [])
    newest = next(ring.folder.glob(f"log-{ring.current('log')}.escrow"))
    assert sealing.recipients_of(newest.read_bytes()) == (ring.current("recovery"),)


@pytest.mark.parametrize("purpose", ["intake", "custodian", "matter", "log"])
def test_every_rotated_key_is_escrowed_at_once(ring, purpose):
    assert run(ring, "rotate", purpose) == 0
    assert (ring.folder / f"{purpose}-{ring.current(purpose)}.escrow").is_file()
