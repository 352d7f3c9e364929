"""Rules on spaces that expire, for backends that have such a thing.

Time has to pass, so that most cases are tried at once, each in a space of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.engine.rule import Consequence, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, Read, Size, Summarise, UpdateMarks
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each
from memcert.short_term.time_operations import USES, LetTimePass, UseNowAndThen

EXPIRING = frozenset({"durable", "expiry"})

EXPIRY = 2
"""After how many seconds without use a space is gone. Redis, for one, takes whole seconds."""

REST = 1.0
"""How long nothing is done: half of it, so that a slow machine is not taken for no use."""

_ADDED = Add((Message("m0"), Message("m1")), ("a",))
_LOOK = Read(mark="a")


def spaces_in_use() -> Iterable[Program]:
    """Give programs in which spaces are used in one way each for longer than they would live."""
    first, *others = (UseNowAndThen(use, REST) for use in USES)
    yield _at_once(
        [(_ADDED, first, _LOOK), *((_ADDED, Summarise("s"), each, _LOOK) for each in others)]
    )


def unused_spaces() -> Iterable[Program]:
    """Give programs in which spaces expire, and are used anew."""
    gone = LetTimePass(EXPIRY + REST)
    after = (Size(), Read(), Add((Message("m1"),), ("b",)), _LOOK)
    yield _at_once(
        [
            (Summarise("s"), gone, Read()),
            (_ADDED, gone, *after),
            (_ADDED, Summarise("s"), gone, *after),
            (_ADDED, Read(), Delete(("m0",)), UpdateMarks("b"), gone, *after),
        ]
    )


def _at_once(branches: Sequence[Sequence[Operation]]) -> Program:
    count = len(branches)
    return Program(
        (),
        tuple(SpaceName(f"u{number}") for number in range(count)),
        tuple(map(Client, range(count))),
        branches=tuple(
            tuple(Step(operation, number) for operation in branch)
            for number, branch in enumerate(branches)
        ),
        expiry=EXPIRY,
    )


RULES = (
    Rule(
        "TTL-01",
        "A space that is used, be it in whatever way, does not expire, and no part of it does.",
        None,
        Consequence.LOSS,
        lambda: listed(spaces_in_use()),
        sweep=lambda: each(spaces_in_use(), long=True),
        weight=0,
        needs=EXPIRING,
    ),
    Rule(
        "TTL-02",
        "A space that nobody used for longer than its expiry is gone as a whole, and can be used"
        " anew.",
        None,
        Consequence.WRONG,
        lambda: listed(unused_spaces()),
        sweep=lambda: each(unused_spaces(), long=True),
        weight=0,
        needs=EXPIRING,
    ),
)
