"""Rules on what else goes on in an event loop while an operation waits for its server."""

from __future__ import annotations

from collections.abc import Iterable

from memcert.engine.programs.fault import HoldAnswer
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each


def held_answers() -> Iterable[Program]:
    """Give programs in which each operation waits, on a new connection or on one that is there."""
    one, two = Add((Message("m0"),), ("a",)), Add((Message("m1"), Message("m2")), ("a",))
    first: tuple[Operation, ...] = (one, Read())
    for operation in first:
        yield Program((Step(operation, 0, HoldAnswer()),))
    others: tuple[Operation, ...] = (
        two,
        Read(),
        Size(),
        UpdateMarks("b", "a"),
        Delete(("m0",)),
        DeleteByMark(("b",)),
        Summarise("s"),
        Clear(),
    )
    for operation in others:
        yield Program((Step(one), Step(operation, 0, HoldAnswer())))


RULES = (
    Rule(
        "CON-11",
        "While an operation waits for its server, other tasks of the event loop go on.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: listed(held_answers()),
        sweep=lambda: each(held_answers()),
        weight=0,
        needs=frozenset({"durable", "network"}),
        faults=Faults.NEEDED,
    ),
)
