"""Sweeps of spaces whose names look alike: every pair, as users and as sessions."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, DeleteByMark, Read, Size, Summarise
from memcert.short_term.sweeps.dense import chunks, dense
from memcert.short_term.sweeps.sequences import EXTENSIONS, FORMS
from memcert.short_term.sweeps.states import FILLED
from memcert.short_term.values.identifiers import PAIRS
from memcert.short_term.values.spaces import (
    ESCAPED_SEPARATORS,
    SAME_SESSION,
    SAME_USER,
    SEPARATORS,
    as_sessions,
    as_users,
    escaped,
    joined_with,
)

_AT_A_TIME = 24
"""How many pairs are tried by one program."""


def _written_apart(names: Sequence[SpaceName], cells: Sequence[str]) -> Swept:
    """Return a program that fills spaces, empties every second one, and looks at all each time."""
    clients = range(len(names))
    fill: list[Step] = []
    for number in clients:
        fill.append(
            Step(Add((Message("m0", f"of {number}"), Message(f"n{number}")), ("a",)), number)
        )
        fill.append(Step(Summarise(f"of {number}"), number))
    emptied: list[Operation] = [Clear(), Delete(("m0",)), DeleteByMark(("a",))]
    return dense(
        [
            *fill,
            *(Step(Read(), number) for number in clients),
            *(Step(emptied[number // 2 % 3], number) for number in clients if number % 2),
        ],
        cells,
        spaces=tuple(names),
        clients=tuple(Client(number) for number in clients),
    )


def alike() -> Sequence[Swept]:
    """Sweep names that look alike, as users and as sessions."""
    swept = []
    for what, named in (("session", as_sessions), ("user", as_users)):
        for part in chunks(PAIRS, _AT_A_TIME):
            names = dict.fromkeys(name for pair in part for name in named(pair))
            swept.append(_written_apart([*names], [f"{what}: {pair.name}" for pair in part]))
    return swept


def joined() -> Sequence[Swept]:
    """Sweep pairs of user and session that are the same once they are joined."""
    names = [name for separator in SEPARATORS for name in joined_with(separator)]
    of_escapes = [name for separator in ESCAPED_SEPARATORS for name in escaped(separator)]
    swapped = [SpaceName("a", "b"), SpaceName("b", "a"), SpaceName("a", "a"), SpaceName("b", "b")]
    return [
        _written_apart(
            [*dict.fromkeys(names)], [f"joined with: {separator!a}" for separator in SEPARATORS]
        ),
        _written_apart(
            [*dict.fromkeys(of_escapes)],
            [f"joined with, after an escape: {separator!a}" for separator in ESCAPED_SEPARATORS],
        ),
        _written_apart(swapped, ["user and session swapped"]),
    ]


def of_one_user() -> Sequence[Swept]:
    """Sweep two sessions of one user (ISO-01)."""
    return _apart(SAME_USER, "sessions of one user")


def of_one_session() -> Sequence[Swept]:
    """Sweep two users with sessions of one name (ISO-02)."""
    return _apart(SAME_SESSION, "users with one session")


def _apart(names: tuple[SpaceName, SpaceName], what: str) -> Sequence[Swept]:
    """Return programs in which the first space is used, and the second one sees nothing of it."""
    return [
        dense(
            [Step(form, 0), Step(Size(), 1)],
            [f"{what}: {name} in the one"],
            spaces=names,
            clients=(Client(0), Client(1)),
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ]


def acted_on() -> Sequence[Swept]:
    """Sweep every operation on one of two spaces that hold the same (ISO-05)."""
    swept = []
    pairs = {"sessions": SAME_USER, "users": SAME_SESSION}
    for what, names in pairs.items():
        for name, form in (FORMS | EXTENSIONS).items():
            swept.append(
                dense(
                    [
                        *(Step(each, number) for number in (0, 1) for each in FILLED),
                        Step(form, 0),
                        Step(Size(), 1),
                    ],
                    [f"{what} that hold the same: {name} in the one"],
                    spaces=names,
                    clients=(Client(0), Client(1)),
                    looks=Looks.ONCE,
                )
            )
    return swept
