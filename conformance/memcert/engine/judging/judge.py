"""Judging a concurrent run at its end: is there an order that explains what was seen?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from memcert.engine.judging.divergence import Diverged, Divergence, divergence_on
from memcert.engine.judging.history import Event, ForkableModel
from memcert.engine.judging.linearization import Contradiction, TooManyOrders, contradiction
from memcert.engine.judging.pruning import MakePruning
from memcert.engine.programs.program import Program


def judge(
    events: Sequence[Event],
    program: Program,
    new_model: Callable[[], ForkableModel],
    pruning: MakePruning,
) -> bool:
    """Tell whether it is known of every space that some order explains what was seen there.

    Args:
        events: what was seen.
        program: what was done.
        new_model: returns a new model of one space.
        pruning: cuts the search for an order short.

    Raises:
        Diverged: no order explains it.
    """
    decided = True
    for space in range(len(program.spaces)):
        seen = [event for event in events if program.clients[event.client].space == space]
        try:
            found = contradiction(seen, new_model(), pruning, in_order=program.in_order)
        except TooManyOrders:
            decided = False
            continue
        if found is not None:
            raise Diverged(_divergence(found))
    return decided


def _divergence(found: Contradiction) -> Divergence:
    event, answers = found.event, found.expected
    expected = " or ".join(str(answer) for answer in answers[:3])
    if len(answers) > 3:
        expected += f", or {len(answers) - 3} other answers"
    observed = str(event.outcome)
    if not answers or any(str(answer) == observed for answer in answers):
        expected = "some order of the operations, each whole or not at all, that explains all"
        observed += ", and there is none"
    return divergence_on(event.step_number, event.operation, expected, observed)
