"""Sweeps of the order of messages."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message, MessageRange
from memcert.short_term.operations import Add, Clear, Delete, DeleteByMark, Read, UpdateMarks
from memcert.short_term.sweeps.contents import FIELDS
from memcert.short_term.sweeps.dense import dense
from memcert.short_term.values.identifiers import IDENTIFIERS

_BACKWARDS = ("m9", "m10", "m1", "z", "A", "a", "0", "00", "Z", "\u00e9", "m2")
"""Ids that every order of texts puts in another order."""


def inserted() -> Sequence[Swept]:
    """Sweep that order follows neither timestamps nor ids, nor anything else (ORD-01)."""
    timestamps = [value.value for value in FIELDS["timestamp"]]
    timed = [Message(f"m{n}", timestamp=text) for n, text in enumerate(reversed(timestamps))]
    ids = [Message(msg_id) for msg_id in _BACKWARDS]
    hostile = [Message(value.value) for value in reversed(IDENTIFIERS)]
    roles = [
        Message(f"m{n}", role=role)
        for n, role in enumerate(("user", "assistant", "system", "user", "system", "assistant"))
    ]
    sizes = [Message(f"m{n}", "x" * (1_000 - 300 * (n % 3))) for n in range(6)]
    return [
        dense([Add(tuple(messages))], [f"one call, {what}"])
        for what, messages in (
            ("timestamps", timed),
            ("ids", ids),
            ("hostile ids", hostile),
            ("roles", roles),
            ("sizes", sizes),
        )
    ] + [
        dense([Add((message,), alone=True) for message in messages], [f"a call each, {what}"])
        for what, messages in (
            ("timestamps", timed),
            ("ids", ids),
            ("roles", roles),
            ("sizes", sizes),
        )
    ]


def marked() -> Sequence[Swept]:
    """Sweep that reads with a mark keep the order, whenever it was attached (ORD-02)."""
    messages = Add(tuple(map(Message, _BACKWARDS)))
    backwards = tuple(reversed(_BACKWARDS))
    ways: dict[str, Sequence[Operation]] = {
        "in another order": [UpdateMarks("a", ids=(msg_id,)) for msg_id in backwards],
        "in one call, ids in another order": [UpdateMarks("a", ids=backwards)],
        "to all": [UpdateMarks("a")],
        "the last at first": [UpdateMarks("a", ids=backwards[:1]), UpdateMarks("a")],
        "for another mark": [UpdateMarks("b", ids=backwards), UpdateMarks("a", "b", backwards)],
        "for another mark, to some": [
            UpdateMarks("b", ids=backwards[3:6]),
            UpdateMarks("a", "b"),
            UpdateMarks("a", ids=backwards),
        ],
        "again": [
            UpdateMarks("a"),
            UpdateMarks(None, "a", _BACKWARDS[:3]),
            UpdateMarks("a", ids=_BACKWARDS[:3]),
        ],
    }
    return [
        dense([messages, *way], [f"attached {name}"], looks=Looks.ONCE)
        for name, way in ways.items()
    ] + [
        dense(
            [Add((Message("m0"),)), Add((Message("m1"),), ("a",)), UpdateMarks("a", ids=("m0",))],
            ["attached after one that was added with it"],
            looks=Looks.ONCE,
        )
    ]


_GONE: dict[str, Sequence[Operation]] = {
    "delete": [Delete(("m1",))],
    "delete with others": [Delete(("m0", "m1", "unknown"))],
    "delete_by_mark": [DeleteByMark(("a",))],
    "clear": [Clear()],
}


def added_again() -> Sequence[Swept]:
    """Sweep that a message that comes back is last (ORD-03)."""
    messages = tuple(Message(f"m{number}") for number in range(4))
    return [
        dense(
            [Add(messages, ("a",)), *gone, *again],
            [f"{name}, then added {how}"],
        )
        for name, gone in _GONE.items()
        for how, again in (
            ("alone", [Add((Message("m3"),)), Add((Message("m1"),), alone=True)]),
            ("in a list", [Add((Message("m2"), Message("m1"), Message("m0")))]),
            ("with a new one", [Add((Message("m9"), Message("m1")))]),
        )
    ]


def added_again_without_marks() -> Sequence[Swept]:
    """Sweep that a message that comes back has none of its old marks (ORD-04)."""
    messages = tuple(Message(f"m{number}") for number in range(3))
    return [
        dense([Add(messages, ("a", "b")), *gone, *again], [f"{name}, {how}"], looks=Looks.ONCE)
        for name, gone in _GONE.items()
        for how, again in (
            ("added without marks", [Add(messages)]),
            ("added with one", [Add(messages, ("c",))]),
            ("added with one of them", [Add(messages[::-1], ("b",))]),
            ("marked again", [Add(messages), UpdateMarks("b", ids=("m1",))]),
        )
    ]


def many() -> Sequence[Swept]:
    """Sweep the order of more messages than fit into a page, with holes in it (ORD-05)."""
    holes = tuple(f"r{number}" for number in range(0, 300, 3))
    return [
        dense(
            [Add(MessageRange(300)), Delete(holes), Add(tuple(map(Message, holes[::-1])))],
            ["a third deleted and added again"],
        ),
        dense(
            [Add((Message(f"z{number}"),)) for number in range(130, 0, -1)],
            ["130 calls"],
        ),
        dense(
            [*(Add(MessageRange(60, 60 * part), ("a",)) for part in (3, 1, 4, 0, 2)), Read("a")],
            ["five calls of 60"],
        ),
    ]
