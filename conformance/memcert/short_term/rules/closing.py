"""Rules on a memory that one task closes while another one is not done with it."""

from __future__ import annotations

from collections.abc import Iterable

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.rule import Consequence, Level, Rule
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
from memcert.short_term.state_operations import Close
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each

_SOME = Add((Message("m0"), Message("m1")), ("a",))

_UNDER_WAY: tuple[Operation, ...] = (
    Add((Message("m2"), Message("m3")), ("b",)),
    Delete(("m0", "m1")),
    UpdateMarks("b", "a"),
    Read(),
    Summarise("s"),
    DeleteByMark(("a",)),
    Size(),
    Clear(),
)

_SCHEDULES = ((0, 1), (0, 0, 1), (0, 0, 0, 0, 1))
"""How far an operation comes before its memory is closed: one await, two, and four."""


def closings() -> Iterable[Program]:
    """Give programs in which a memory is closed at an await of an operation."""
    for number, operation in enumerate(_UNDER_WAY):
        for schedule in _SCHEDULES:
            yield _closed_during(operation, schedule)
        # Another memory goes on meanwhile, on connections of its own or on the same few.
        other = _UNDER_WAY[number - 1]
        for pool in (0, 2):
            yield _closed_during(operation, _SCHEDULES[number % 3], other=other, pool=pool)


def _closed_during(
    operation: Operation,
    schedule: tuple[int, ...],
    *,
    other: Operation | None = None,
    pool: int = 0,
) -> Program:
    branches: list[tuple[Step, ...]] = [(Step(operation),), (Step(Close()),)]
    if other is not None:
        branches.append((Step(other, 1), Step(Read(), 1)))
    return Program(
        (Step(_SOME),),
        clients=(Client(), Client()),
        branches=tuple(branches),
        schedule=schedule,
        pool=pool,
    )


RULES = (
    Rule(
        "LIFE-03",
        "When a memory is closed while an operation of it is under way, close returns, the"
        " operation ends in an answer or an error and happened wholly or not at all, and other"
        " memories go on.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: listed(closings()),
        sweep=lambda: each(closings()),
        weight=0,
        needs=frozenset({"durable"}),
        better_with=frozenset({"pool"}),
    ),
)
