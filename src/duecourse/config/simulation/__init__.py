"""`duecourse simulate`: a believable town, made through the same actions as people use, on days that lie behind us.

    habits      what is usual here: shares, hours, bursts (settings, none of them law)
    phrases     sentences from a grammar of phrases: reports.yaml, office.yaml, operators.yaml
    plan        who reports what and when, and what will become of it: a function of the seed
    staff       the accounts of the office
    hand_clock  the clock, moved by hand
    desk        an officer at work: takes steps, reads refusals, fills forms
    reports, cases    what happens to one report, and to the lead, case and publication that follow
    citizens    a process of its own with the public role: people at the front door
    shift       a process of its own: officers with their share of the matters, and the jobs of the worker
    days        day after day: the door, the intake, the desks, the worker, the sequencer, the publication
    digest      what became of all matters, as one digest that the same seed gives again
    command     arguments in, sentences out

It writes no table: reports go in by the front door's own `hand_in` or are registered by an intake officer, everything
else is `open_matter` and `take_step`. All randomness of the town comes from one seed; ids, salts, keys and codes stay
really random, because nothing may make them predictable. "The same town" therefore means: the same matters with the
same words, steps, persons, days and outcomes (`digest`).

Not responsible for a demo's first accounts (`office.people.town`), nor for the running sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    from duecourse.config.simulation.command import main as run

    return run(arguments)
