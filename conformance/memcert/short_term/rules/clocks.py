"""Rules on clients whose clocks are wrong, set, or in other time zones: time decides nothing.

Clocks are ten minutes wrong, since there are services that refuse what was signed a quarter of an
hour ago, or will be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memcert.engine.programs.fault_operation import StepClock
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
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each

ELSEWHERE = frozenset({"durable", "other_process"})

AHEAD = Client(process=True, clock=600.0)
BEHIND = Client(process=True, clock=-600.0)
EAST = Client(process=True, time_zone="Asia/Kathmandu")
WEST = Client(process=True, time_zone="America/St_Johns")

PAIRS = ((AHEAD, Client()), (BEHIND, Client()), (AHEAD, BEHIND), (EAST, WEST), (WEST, EAST))
"""Clients who say different times at the same moment."""

SET_BACK, SET_FORWARD = StepClock(-1200.0), StepClock(1200.0)


def _add(msg_id: str, *marks: str) -> Add:
    return Add((Message(msg_id),), marks or None)


def orders() -> Iterable[Program]:
    """Give programs in which clients add in turn, messages of several or the same marks."""
    looks = (Read(), Read(mark="a"))
    for pair in PAIRS:
        yield _in_turn(pair, _add("m0"), _add("m1"))
        yield _in_turn(pair, _add("m0"), _add("m1"), _add("m2"), _add("m3"), *looks)
        yield _in_turn(pair, _add("m0", "a"), _add("m1", "a"), _add("m2", "a"), *looks)
        # One that was deleted and added again is the last, whoever did it.
        yield _in_turn(pair, _add("m0"), _add("m1"), Delete(("m0",)), _add("m0"))


def changes() -> Iterable[Program]:
    """Give programs in which a client changes what another one did before."""
    added = _add("m0", "a")
    pairs: tuple[tuple[Operation, Operation], ...] = (
        (Summarise("s"), Summarise("t")),
        (Summarise("s"), Summarise("")),
        (added, Delete(("m0",))),
        (added, DeleteByMark(("a",))),
        (added, Clear()),
        (added, UpdateMarks("b", "a")),
        (added, UpdateMarks(None, "a")),
    )
    for pair in PAIRS:
        for before, after in pairs:
            yield _in_turn(pair, before, after, Size())
        # What was taken away can be there again.
        yield _in_turn(pair, added, Delete(("m0",)), added)
        yield _in_turn(pair, added, UpdateMarks(None, "a"), UpdateMarks("a"))


def steps_back() -> Iterable[Program]:
    """Give programs of a client whose clock is set between operations."""
    for client, step in ((AHEAD, SET_BACK), (BEHIND, SET_FORWARD)):
        yield _alone(client, _add("m0"), step, _add("m1"), Read())
        yield _alone(client, _add("m0", "a"), step, _add("m1", "a"), Read(mark="a"))
        yield _alone(client, _add("m0"), step, Delete(("m0",)), Size())
        yield _alone(client, _add("m0", "a"), step, UpdateMarks("b", "a"), Read())
        yield _alone(client, Summarise("s"), step, Summarise("t"))
    yield _alone(AHEAD, _add("m0"), SET_BACK, _add("m1"), SET_FORWARD, _add("m2"), Read())


def _in_turn(clients: Sequence[Client], *operations: Operation) -> Program:
    steps = [Step(operation, number % 2) for number, operation in enumerate(operations)]
    return Program(tuple(steps), clients=tuple(clients))


def _alone(client: Client, *operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)), clients=(client,))


RULES = (
    Rule(
        "CLOCK-01",
        "The order of messages is that of their insertion, whatever the clocks and the time zones"
        " of the clients say.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: listed(orders()),
        sweep=lambda: each(orders(), long=True),
        weight=0,
        needs=ELSEWHERE,
    ),
    Rule(
        "CLOCK-02",
        "A change takes effect on what was stored before it, though a client whose clock is ahead"
        " stored that.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: listed(changes()),
        sweep=lambda: each(changes(), long=True),
        weight=0,
        needs=ELSEWHERE,
    ),
    Rule(
        "CLOCK-03",
        "A client whose clock is set back, or forward, between two operations goes on as before.",
        Level.DURABLE,
        Consequence.ERROR,
        lambda: listed(steps_back()),
        sweep=lambda: each(steps_back(), long=True),
        weight=0,
        needs=ELSEWHERE,
    ),
)
