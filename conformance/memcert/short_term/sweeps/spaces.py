"""Sweeps of spaces whose names look alike: every pair, as users and as sessions."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Looks, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, DeleteByMark, Read, Size, Summarise
from memcert.short_term.sweeps.dense import chunks, dense
from memcert.short_term.sweeps.sequences import FORMS
from memcert.short_term.sweeps.states import FILLED
from memcert.short_term.values.identifiers import PAIRS
from memcert.short_term.values.value import Pair

_AT_A_TIME = 24
"""How many pairs are tried by one program."""

SEPARATORS = (
    *("-", ":", "_", "/", "|", ".", "", "::", "%3A", ":session:", "\n", ",", "#", ";", " "),
    *("--", "__", "\x1f", "\t", "@", "=", "&", "+", "~", "'", '"', "\\", "\\:", "},{", "]["),
)
"""What a backend may join a user and a session with."""


def _named(pair: Pair) -> Sequence[SpaceName]:
    """Return a pair as sessions of one user; the user makes them new."""
    return [SpaceName("u", text, shared_session=True) for text in (pair.one, pair.other)]


def _as_users(pair: Pair) -> Sequence[SpaceName]:
    """Return a pair as users with a session of one name, which makes them new."""
    return [SpaceName(text, "s", shared_user=True) for text in (pair.one, pair.other)]


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
    for what, named in (("session", _named), ("user", _as_users)):
        for part in chunks(PAIRS, _AT_A_TIME):
            names = dict.fromkeys(name for pair in part for name in named(pair))
            swept.append(_written_apart([*names], [f"{what}: {pair.name}" for pair in part]))
    return swept


def joined() -> Sequence[Swept]:
    """Sweep pairs of user and session that are the same once they are joined."""
    names: dict[SpaceName, None] = {}
    for separator in SEPARATORS:
        names[SpaceName(f"a{separator}b", "c", shared_session=True)] = None
        names[SpaceName("a", f"b{separator}c", shared_session=True)] = None
    cells = [f"joined with: {separator!a}" for separator in SEPARATORS]
    escaped: dict[SpaceName, None] = {}
    for separator in SEPARATORS[:16]:
        for escape in ("\\", "%", "'"):
            escaped[SpaceName(f"a{escape}{separator}b", "c", shared_session=True)] = None
            escaped[SpaceName(f"a{separator}b{escape}", "c", shared_session=True)] = None
            escaped[SpaceName(f"a{escape}", f"b{separator}c", shared_session=True)] = None
            escaped[SpaceName("a", f"{escape}{separator}b{separator}c", shared_session=True)] = None
    swapped = [SpaceName("a", "b"), SpaceName("b", "a"), SpaceName("a", "a"), SpaceName("b", "b")]
    return [
        _written_apart([*names], cells),
        _written_apart(
            [*escaped],
            [f"joined with, after an escape: {separator!a}" for separator in SEPARATORS[:16]],
        ),
        _written_apart(swapped, ["user and session swapped"]),
    ]


def of_one_user() -> Sequence[Swept]:
    """Sweep two sessions of one user (ISO-01)."""
    return _apart((SpaceName("u", "s"), SpaceName("u", "t")), "sessions of one user")


def of_one_session() -> Sequence[Swept]:
    """Sweep two users with sessions of one name (ISO-02)."""
    names = (SpaceName("u", "s", shared_session=True), SpaceName("v", "s", shared_session=True))
    return _apart(names, "users with one session")


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
    pairs = {
        "sessions": (SpaceName("u", "s"), SpaceName("u", "t")),
        "users": (
            SpaceName("u", "s", shared_session=True),
            SpaceName("v", "s", shared_session=True),
        ),
    }
    for what, names in pairs.items():
        for name, form in FORMS.items():
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
