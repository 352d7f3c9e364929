"""Rules on a server that falls silent while its connections stay open, or that is slow to answer.

A cut connection tells both sides that something is wrong; silence tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from memcert.engine.programs.fault_operation import Drip, FallSilent, Speak
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
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

NETWORK = frozenset({"durable", "network"})

_SOME = Add((Message("m0"), Message("m1")), ("a",))
_MORE = Add((Message("m2"), Message("m3")), ("b",))

_OPERATIONS: tuple[Operation, ...] = (
    _MORE,
    Read(),
    Delete(("m0",)),
    Size(),
    UpdateMarks("b", "a"),
    DeleteByMark(("a",)),
    Summarise("s"),
    Clear(),
)


def silences() -> Iterable[Program]:
    """Give programs in which clients wait for a silent server, side by side to save time."""
    for hears, chosen in ((False, _OPERATIONS[::2]), (True, _OPERATIONS[1::2])):
        silence = FallSilent(hears)
        yield _alone(_SOME, silence, _MORE, Speak(), Summarise("s"), Read())
        # The last one has no connection yet.
        count = len(chosen)
        first = [Step(Size(), number) for number in range(1, count - 1)]
        yield Program(
            (Step(_SOME), *first, Step(silence)),
            clients=(Client(),) * count,
            branches=tuple((Step(each, number),) for number, each in enumerate(chosen)),
        )


def drips() -> Iterable[Program]:
    """Give programs in which every answer drips, to each operation in turn."""
    long = Add((Message("m4", "x" * 5000), Message("m5", "\U0001f600" * 500)), ("a",))
    yield _alone(_SOME, Drip(), Read())
    yield _alone(Drip(), _SOME, Read(), Size())
    yield _alone(_SOME, Drip(), *_OPERATIONS)
    yield _alone(long, Drip(), Read(), Read(mark="a"), Read(exclude="a"))
    yield _alone(_SOME, Drip(), Delete(("m0",)), UpdateMarks("c", "a"), Read(mark="c"))


def _alone(*operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)))


RULES = (
    Rule(
        "CUT-07",
        "When the server falls silent and its connections stay open, an operation ends within its"
        " time limit and happened wholly or not at all; when it speaks again, the same memory works"
        " again.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: listed(silences()),
        sweep=lambda: each(silences(), long=True),
        weight=0,
        needs=NETWORK,
        # Without, half a minute has to be waited for.
        better_with=frozenset({"time_limit"}),
        faults=Faults.NEEDED,
    ),
    Rule(
        "CUT-08",
        "An answer that arrives byte by byte is right, and whole.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: listed(drips()),
        sweep=lambda: each(drips(), long=True),
        weight=0,
        needs=NETWORK,
        faults=Faults.NEEDED,
    ),
)
