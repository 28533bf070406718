"""A guard left out must be noticed: by an invariant, or by a worked example whose answer changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure import examples
from duecourse.core.procedure.loading import load
from duecourse.core.procedure.proof import prove

FOLDER = rulebook_folder("cn-city")
RULEBOOK = load(FOLDER)
EXAMPLES = examples.read(FOLDER)
GUARDS = [
    (procedure, step.id, guard)
    for versions in RULEBOOK.procedures.values()
    for procedure in versions
    for step in procedure.steps.values()
    for guard in step.needs
]
SUPERFLUOUS = {
    # What stages, the penalty's range or the engine enforce already; the guard says aloud what the article says.
    ("lead", "to-case", "facts"),
    ("penalty-ordinary", "issue-notice", "facts"),
    ("penalty-ordinary", "serve-notice", "facts"),
    ("penalty-ordinary", "record-statement", "facts"),
    ("penalty-ordinary", "submit-for-review", "facts"),
    ("penalty-ordinary", "finish-investigation", "breach"),
    ("penalty-ordinary", "issue-notice", "breach"),
    ("penalty-ordinary", "decide", "breach"),
    ("penalty-ordinary", "review", "not-recused"),
    ("penalty-ordinary", "extend-filing", "running"),
    ("penalty-ordinary", "extend-decision", "running"),
    ("penalty-ordinary", "extend-decision-again", "running"),
}


def noticed(rulebook) -> bool:
    for example in EXAMPLES:
        try:
            if examples.play(rulebook, example).differs(example.expect):
                return True
        except AssertionError:
            return True
    return bool(prove(rulebook).violations)


@pytest.mark.wide
@pytest.mark.parametrize(
    ("procedure", "step", "guard"), GUARDS, ids=lambda item: getattr(item, "kind", getattr(item, "id", item))
)
def test_a_guard_left_out_is_noticed(procedure, step, guard):
    weaker = procedure.without_guard(step, guard)
    versions = tuple(weaker if one is procedure else one for one in RULEBOOK.procedures[procedure.id])
    mutant = replace(RULEBOOK, procedures={**RULEBOOK.procedures, procedure.id: versions})
    if (procedure.id, step, guard.kind) in SUPERFLUOUS:
        assert not noticed(mutant), "this guard is not superfluous any more: take it off the list"
    else:
        assert noticed(mutant)
