"""Sweeps of what a message holds: every value at every position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.misuse import AddAt, AddLarge, AddVeryLarge, AddWith, CallWith
from memcert.short_term.operations import Add, Delete, Read, Size, Summarise
from memcert.short_term.positions import (
    SIZE_POSITIONS,
    TEXT_POSITIONS,
    VALUE_POSITIONS,
    MessagePosition,
    at,
    cells,
)
from memcert.short_term.sweeps.dense import dense, looking
from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.numbers import NUMBERS
from memcert.short_term.values.shapes import DEPTHS, SHAPES, nested
from memcert.short_term.values.texts import SIZES, TEXTS
from memcert.short_term.values.value import Value


def _swept(positions: Iterable[MessagePosition], values: Sequence[Value]) -> list[Swept]:
    return [dense([Add(at(position, values))], cells([position], values)) for position in positions]


def texts() -> Sequence[Swept]:
    """Sweep every text at every position of a message."""
    return _swept(TEXT_POSITIONS, TEXTS)


def numbers() -> Sequence[Swept]:
    """Sweep every number at every position of a message."""
    return _swept(VALUE_POSITIONS, NUMBERS)


def contents() -> Sequence[Swept]:
    """Sweep every kind of content, and every shape inside a block."""
    messages = tuple(Message(f"m{number}", each.value) for number, each in enumerate(CONTENTS))
    kinds = [f"content: {each.name}" for each in CONTENTS]
    inside = [position for position in VALUE_POSITIONS if "metadata" not in position.name]
    return [
        dense([Add(messages)], kinds),
        dense(
            [Add((message,), alone=True) for message in messages],
            [f"content, alone: {each.name}" for each in CONTENTS],
        ),
        *_swept(inside, SHAPES),
    ]


FIELDS: dict[str, tuple[Value, ...]] = {
    "role": tuple(
        Value(role, role, "roles are folded into one") for role in ("user", "assistant", "system")
    ),
    "name": tuple(
        Value(text or "empty", text, "a field is dropped, or another takes its place")
        for text in ("n", "", "user", "other")
    ),
    "metadata": (
        Value("none", None, "no metadata is taken for some"),
        *(
            Value(value.name, value.value, value.catches)
            for value in SHAPES
            if isinstance(value.value, dict)
        ),
    ),
    "timestamp": tuple(
        Value(text or "empty", text, "a timestamp is parsed and written in another form")
        for text in (
            "2026-01-01 00:00:00.000",
            "2026-01-01 00:00:00",
            "2026-01-01 00:00:00.123456",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+05:45",
            "2026-01-01",
            "1969-12-31 23:59:59.999",
            "9999-12-31 23:59:59.999",
            "2026-06-30 23:59:60.000",
            "1767225600",
            "",
            "yesterday",
        )
    ),
    "invocation_id": (
        Value("none", None, "no id is taken for an empty one"),
        *(
            Value(text or "empty", text, "an id is lost, or becomes a number")
            for text in (
                "call-1",
                "",
                "0",
                "None",
                "null",
                "x" * 300,
                "0123456789abcdef0123456789abcdef",
                "01234567-89AB-CDEF-0123-456789ABCDEF",
            )
        ),
    ),
}
"""Values of each field of a message by itself, beside the texts that can be anywhere."""


def fields() -> Sequence[Swept]:
    """Sweep every field of a message: by itself, and two at a time."""
    single = [
        dense(
            [Add(tuple(Message(f"m{n}", **{name: v.value}) for n, v in enumerate(values)))],
            [f"{name}: {value.name}" for value in values],
        )
        for name, values in FIELDS.items()
    ]
    shapes = _swept([each for each in VALUE_POSITIONS if "metadata" in each.name], SHAPES)
    names = [*FIELDS]
    chosen = {name: (FIELDS[name][0], FIELDS[name][-1]) for name in names}
    together = [
        Message(f"m{number}", **dict(zip(names, (each.value for each in found), strict=True)))
        for number, found in enumerate(product(*chosen.values()))
    ]
    combined = dense([Add(tuple(together))], ["fields: every one with and without every other"])
    roles = [(role.value, content) for role in FIELDS["role"] for content in CONTENTS]
    of_roles = dense(
        [
            Add(
                tuple(
                    Message(f"m{n}", each.value, role=role) for n, (role, each) in enumerate(roles)
                )
            )
        ],
        [f"role {role}, content: {each.name}" for role, each in roles],
    )
    # A message is an object that its caller may change after it was made.
    later = dense([AddWith("metadata", "None")], ["metadata: set to None later"])
    return [*single, *shapes, combined, of_roles, later]


def depths() -> Sequence[Swept]:
    """Sweep how deep content and metadata may be nested."""
    kinds: dict[str, Any] = {
        "null": None,
        "an empty object": {},
        "an empty list": [],
        "text": "x",
    }
    messages: list[Message] = []
    names: list[str] = []
    for depth, (name, deepest) in product(DEPTHS, kinds.items()):
        # What is innermost, if it is a list or an object, is a level itself.
        inner = depth - (deepest in ({}, []))
        value = nested(inner, deepest)
        messages.append(Message(f"m{len(messages)}", metadata={"k": value}))
        names.append(f"metadata, {depth + 1} deep: {name}")
        if depth < 98:
            block = {"type": "tool_use", "id": "t", "name": "f", "input": {"k": value}}
            messages.append(Message(f"m{len(messages)}", [block]))
            names.append(f"tool use, {depth + 3} deep: {name}")
    return [dense([Add(tuple(messages))], names)]


def sizes() -> Sequence[Swept]:
    """Sweep large texts at every position that may be long."""
    swept = _swept(SIZE_POSITIONS, SIZES)
    large = (1_000_000, 2**20 - 1, 2**20, 2**20 + 1)
    swept += [
        looking(
            dense(
                [AddLarge("m0", count), Delete(("m0",)), Add((Message("m1"),))],
                [f"content of {count:,} characters"],
            )
        )
        for count in large
    ]
    for count in (2**24 - 1, 2**24 + 1):
        swept.append(dense([AddVeryLarge(count)], [f"content of {count:,} characters"]))
    return swept


def refused(operations: Sequence[Operation]) -> Sequence[Swept]:
    """Sweep calls that must be refused, and change nothing.

    Args:
        operations: the calls: `CallWith` and `AddWith`.
    """
    before = [Add((Message("m0"), Message("m1")), ("a",)), Summarise("kept")]
    after = [Read("a"), Read("changed"), Size()]
    cells = [cell_of(operation) for operation in operations]
    return [dense([*before, *operations, *after], cells)]


def cell_of(operation: Operation) -> str:
    """Return the name of the cell of a call with an odd argument.

    Args:
        operation: a `CallWith` or an `AddWith`.
    """
    match operation:
        case CallWith():
            others = "".join(f", {argument}: {odd}" for argument, odd in operation.others)
            return f"{operation.method}, {operation.argument}: {operation.odd}{others}"
        case AddWith():
            inside = ", inside" if operation.inside else ""
            return f"add, {operation.field} of a message{inside}: {operation.odd}"
        case AddAt():
            return f"add, {operation.position}: {operation.odd}"
    raise TypeError(f"a call with an odd argument is wanted, not {operation!r}")
