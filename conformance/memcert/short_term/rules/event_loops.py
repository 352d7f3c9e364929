"""Rules on event loops: one after another in a process, as each `asyncio.run` makes one."""

from __future__ import annotations

from collections.abc import Iterable

from memcert.engine.programs.fault_operation import ReplaceLoop
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, Summarise, UpdateMarks
from memcert.short_term.sharing_operations import AddTogether
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each

_FIRST = AddTogether((Message("m0"), Message("m1")))
"""Two at once: a lock belongs to an event loop once somebody has waited for it."""
_SECOND = AddTogether((Message("m2"), Message("m3")))


def replaced_loops() -> Iterable[Program]:
    """Give programs of a client whose event loop is closed, and that goes on in another."""
    yield _program(_FIRST, ReplaceLoop(), _SECOND, Read())
    yield _program(ReplaceLoop(), _FIRST, ReplaceLoop(), _SECOND)
    for operation in (Read(), Size(), Delete(("m0",)), UpdateMarks("a"), Clear()):
        yield _program(_FIRST, Read(), ReplaceLoop(), operation, _SECOND)
    yield _program(Summarise("s"), ReplaceLoop(), Summarise("t"), ReplaceLoop(), Read())
    one = Add((Message("m0"),), ("a",))
    yield _program(one, *(ReplaceLoop(), Read()) * 3)


def _program(*operations: Operation) -> Program:
    return Program(tuple(map(Step, operations)), clients=(Client(process=True),))


RULES = (
    Rule(
        "LIFE-04",
        "A memory can be opened in one event loop after another of the same process: nothing"
        " belongs to a loop that was closed.",
        Level.DURABLE,
        Consequence.ERROR,
        lambda: listed(replaced_loops()),
        sweep=lambda: each(replaced_loops(), long=True),
        weight=0,
        needs=frozenset({"durable", "other_process"}),
        faults=Faults.NEEDED,
    ),
)
