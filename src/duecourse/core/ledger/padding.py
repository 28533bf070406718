"""How many random leaves fill a published tree, so that its size tells a watcher nothing about one person.

Responsible for the rule only; the random leaves are made by the sequencer, and look like any commitment.
"""

from __future__ import annotations

from duecourse.core.errors import Invalid


def leaves_to_pad(size: int, *, step: int, published: int) -> int:
    """Return how many padding leaves to add to a tree of `size` before publishing it.

    The published size is the next multiple of `step` that holds every leaf *and* is above the size published before:
    the log grows by at least one step at each publication, also when nothing happened, so silence looks like work.
    Raises Invalid for a step below 1 or a tree that is smaller than the published one (a fork to be healed first).
    """
    if step < 1:
        raise Invalid("padding_step", step=step)
    if not 0 <= published <= size:
        raise Invalid("published_ahead", size=size, published=published)
    least = max(size, published + 1)
    return -(-least // step) * step - size
