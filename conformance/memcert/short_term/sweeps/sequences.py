"""Sweeps of operations that follow one another: every form of each after every form of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, Program, Reopen, Step
from memcert.engine.programs.swept import Swept
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
from memcert.short_term.state_operations import Export, Import, SaveState
from memcert.short_term.values.states import entry
from memcert_reference.state import SUMMARY_KEY

_A, _B = Message("m0", "one"), Message("m1", "two")

FORMS: dict[str, Operation] = {
    "add a message": Add((_A,), alone=True),
    "add a list with marks": Add((_B, _A), ("a", "b")),
    "add a message with a mark": Add((Message("m2", "three"),), ("a",), alone=True),
    "delete an id": Delete(("m0",)),
    "delete ids": Delete(("m1", "unknown", "m0")),
    "delete repeated ids": Delete(("m0", "m0", "m2", "m0", "m1")),
    "delete_by_mark": DeleteByMark(("a",), alone=True),
    "delete_by_mark a list": DeleteByMark(("b", "c")),
    "clear": Clear(),
    "mark all": UpdateMarks("a"),
    "mark ids": UpdateMarks("b", ids=("m0", "m2")),
    "replace a mark": UpdateMarks("b", "a"),
    "remove a mark": UpdateMarks(None, "b"),
    "replace a mark of ids": UpdateMarks("c", "b", ("m0", "m1")),
    "summary": Summarise("s"),
    "another summary": Summarise("t"),
    "no summary": Summarise(""),
    "read": Read(),
    "read a mark": Read("a", "b"),
    "size": Size(),
    "state_dict": SaveState(7),
}
"""Every operation that every memory has, in the forms that differ most."""

_STATE = {
    SUMMARY_KEY: "imported",
    "content": [
        entry("m2", ("b",), metadata={"k": []}),
        entry("m0", ("a", "c"), content=[]),
        entry("m9"),
    ],
}

EXTENSIONS: dict[str, Operation] = {
    "export_state": Export(7),
    "import_state": Import(_STATE),
}
"""Every operation of the extension that exports and imports."""

APART = [
    name
    for name in FORMS
    if name
    not in (
        "delete ids",
        "delete_by_mark a list",
        "another summary",
        "read a mark",
        "size",
        "state_dict",
    )
]
"""The forms that differ most, of which there are few enough for every pair."""


def _round_trips(names: Sequence[str]) -> Sequence[str]:
    """Return a sequence in which every name follows every name, itself too, once each.

    It is a closed walk over all edges of the complete graph (Hierholzer's algorithm).
    """
    left = {name: [*reversed(names)] for name in names}
    walk, path = [], [names[0]]
    while path:
        nexts = left[path[-1]]
        if nexts:
            path.append(nexts.pop())
        else:
            walk.append(path.pop())
    return walk[::-1]


def pairs() -> Sequence[Swept]:
    """Sweep every operation after every operation, in one program (MIX-01)."""
    return [
        *_pairs({name: FORMS[name] for name in APART}),
        *_pairs({name: FORMS[name] for name in CORE} | EXTENSIONS),
    ]


def _pairs(forms: Mapping[str, Operation]) -> list[Swept]:
    names = _round_trips([*forms])
    looks = (Read(), Read("a"), Read("b"), Read("c"))
    steps = tuple(
        Step(operation)
        for number, name in enumerate(names)
        for operation in (forms[name], looks[0], looks[1 + number % 3])
    )
    # The forms of the core meet one another in the other program.
    apart = set(EXTENSIONS) & set(forms) or set(forms)
    cells = tuple(
        f"{first}, then {second}"
        for first, second in pairwise(names)
        if first in apart or second in apart
    )
    return [Swept(Program(steps, looks=Looks.ONCE), cells)]


CORE = ("add a list with marks", "delete an id", "clear", "mark all", "summary", "no summary")
"""The forms that meet those of the extension."""

CHANGES = [name for name in APART if FORMS[name].changes]
"""Those that change something."""


def reopened_between() -> Sequence[Swept]:
    """Sweep every change after a reopening that follows every change (MIX-02)."""
    names = _round_trips(CHANGES)
    steps = [Step(FORMS[names[0]])]
    for name in names[1:]:
        steps += [Step(Reopen()), Step(FORMS[name]), Step(Read())]
    cells = tuple(f"{first}, reopened, then {second}" for first, second in pairwise(names))
    return [Swept(Program(tuple(steps), looks=Looks.ONCE), cells, long=True)]


def pairs_of_clients() -> Sequence[Swept]:
    """Sweep every change of one client after every change of another (MIX-03)."""
    names = _round_trips(CHANGES)
    steps = tuple(
        Step(operation, number % 3)
        for number, name in enumerate(names)
        for operation in (FORMS[name], Read())
    )
    cells = tuple(f"{first}, then another's {second}" for first, second in pairwise(names))
    return [Swept(Program(steps, clients=(Client(),) * 3, looks=Looks.ONCE), cells, long=True)]
