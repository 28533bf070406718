"""A checkpoint that others made: a public test log signed it in May 2026 and four public witnesses cosigned it.

Nothing of it comes from our code, so that our reading of signed-note and tlog-cosignature is held to somebody else's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, note
from duecourse.core.ledger.policy import Policy

HERE = Path(__file__).parent / "elsewhere"
SIGNED = (HERE / "checkpoint").read_text(encoding="utf-8")
POLICY = Policy.parse((HERE / "policy").read_bytes())


def test_a_real_checkpoint_is_signed_by_its_log_and_cosigned_by_four_real_witnesses():
    verdict = POLICY.judge(SIGNED)
    assert verdict.met
    assert (verdict.checkpoint.origin, verdict.checkpoint.size) == (POLICY.logs[0].verifier.name, 1_432_088_532)
    assert [name for name, _ in verdict.cosigned] == ["garden", "smartit", "remora", "stagemole"]
    assert {seconds for _, seconds in verdict.cosigned} == {0x6A122120}


def test_it_prints_back_with_the_signature_of_a_type_we_do_not_know():
    head, signed = checkpoint.read(SIGNED)
    assert signed.encode() == SIGNED
    assert head.text() == signed.text
    assert len(signed.signatures) == 6


@pytest.mark.parametrize("witness", POLICY.witnesses, ids=lambda witness: witness.name)
def test_no_other_size_was_cosigned(witness):
    signed = note.Note.parse(SIGNED.replace("1432088532", "1432088533"))
    with pytest.raises(Invalid) as refused:
        cosignature.verify(signed, [witness.verifier])
    assert refused.value.code == "cosignature_false"
