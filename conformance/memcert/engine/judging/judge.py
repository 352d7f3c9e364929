"""Judging a concurrent run at its end: is there an order that explains what was seen?"""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.judging.divergence import Diverged, Divergence, divergence_on
from memcert.engine.judging.history import Event
from memcert.engine.judging.linearization import Contradiction, TooManyOrders, contradiction
from memcert.engine.programs.program import Program
from memcert.engine.running.subject import Subject


def judge(events: Sequence[Event], program: Program, subject: Subject) -> bool:
    """Tell whether it is known of every space that some order explains what was seen there.

    Args:
        events: what was seen.
        program: what was done.
        subject: what is judged, and by what.

    Raises:
        Diverged: no order explains it.
    """
    contract, decided = subject.contract, True
    for space in range(len(program.spaces)):
        seen = [event for event in events if program.clients[event.client].space == space]
        model = contract.model(subject.capabilities)
        try:
            found = contradiction(seen, model, contract.pruning, in_order=program.in_order)
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
