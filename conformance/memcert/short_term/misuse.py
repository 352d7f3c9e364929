"""Operations with arguments that JSON has no form for, most of which must be refused.

A program is plain data, so such an argument is named: the table below says what each name means,
in Python, and how to make it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation
from memcert.short_term.messages import Message


class Marker(str, Enum):  # noqa: UP042 - AgentScope's own marks are of just this kind
    """A string whose ``format()`` is not its value."""

    HINT = "hint"
    FIRST = "m0"


def _deep(levels: int) -> Any:
    value: Any = "deepest"
    for _ in range(levels):
        value = [value]
    return value


ODD: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "None": ("None", lambda: None),
    "an integer": ("7", lambda: 7),
    "a truth value": ("True", lambda: True),
    "an object": ("object()", object),
    "bytes": ("b'm0'", lambda: b"m0"),
    "a string": ("'m0'", lambda: "m0"),
    "an empty string": ("''", lambda: ""),
    "256 characters": ("'m' * 256", lambda: "m" * 256),
    "a NUL": (r"'m\x000'", lambda: "m\x000"),
    "a lone surrogate": (r"'m\ud800'", lambda: "m\ud800"),
    "a tuple": ("('m0',)", lambda: ("m0",)),
    "a set": ("{'m0'}", lambda: {"m0"}),
    "a generator": ("(mark for mark in ['m0'])", lambda: (mark for mark in ["m0"])),
    "a dictionary": ("{'m0': 'm0'}", lambda: {"m0": "m0"}),
    "a list of integers": ("[7]", lambda: [7]),
    "a list with None": ("['m0', None]", lambda: ["m0", None]),
    "a list with an empty string": ("['m0', '']", lambda: ["m0", ""]),
    "a list with 256 characters": ("['m0', 'm' * 256]", lambda: ["m0", "m" * 256]),
    "a list with a NUL": (r"['m0', 'm\x000']", lambda: ["m0", "m\x000"]),
    "a list with a lone surrogate": (r"['m0', 'm\ud800']", lambda: ["m0", "m\ud800"]),
    "a tuple of messages": (
        "(Msg('n', 'x', 'user', id='m8'),)",
        lambda: (Message("m8").build(),),
    ),
    "a set of messages": ("{Msg('n', 'x', 'user', id='m8')}", lambda: {Message("m8").build()}),
    "a generator of messages": (
        "(message for message in [Msg('n', 'x', 'user', id='m8')])",
        lambda: (message for message in [Message("m8").build()]),
    ),
    "a list of dictionaries": ("[{'id': 'm8'}]", lambda: [{"id": "m8"}]),
    "a message and None": (
        "[Msg('n', 'x', 'user', id='m8'), None]",
        lambda: [Message("m8").build(), None],
    ),
    "NaN": ("float('nan')", lambda: float("nan")),
    "an infinity": ("float('-inf')", lambda: float("-inf")),
    "a list with NaN": ("[float('nan')]", lambda: [float("nan")]),
    "a date": ("datetime.now(UTC)", lambda: datetime.now(UTC)),
    "a decimal": ("Decimal('0.1')", lambda: Decimal("0.1")),
    "a complex number": ("1j", lambda: 1j),
    "an integer key": ("{7: 'x'}", lambda: {7: "x"}),
    "a None key": ("{None: 'x'}", lambda: {None: "x"}),
    "a surrogate key": (r"{'\ud800': 'x'}", lambda: {"\ud800": "x"}),
    "101 levels": ("eval('[' * 101 + ']' * 101)", lambda: _deep(101)),
    "another role": ("'tool'", lambda: "tool"),
    "a marker": ("Marker.HINT", lambda: Marker.HINT),
    "a list of markers": ("[Marker.HINT]", lambda: [Marker.HINT]),
    "a marker that is an id": ("Marker.FIRST", lambda: Marker.FIRST),
    "a list of marker ids": ("[Marker.FIRST]", lambda: [Marker.FIRST]),
}
"""What each name means: its Python, and what makes it."""

METHODS: Mapping[str, Mapping[str, Any]] = {
    "add": {"memories": None},
    "delete": {"msg_ids": []},
    "delete_by_mark": {"mark": []},
    "get_memory": {},
    "update_messages_mark": {"new_mark": "a"},
    "update_compressed_summary": {"summary": ""},
    "size": {},
    "clear": {},
    "state_dict": {},
    "load_state_dict": {"state": {}},
    "export_state": {},
    "import_state": {"state": {}},
}
"""The methods, with the arguments that cannot be left out and values for them."""


@dataclass(frozen=True)
class CallWith(Operation):
    """A call of a method with one odd argument.

    Args:
        method: the method.
        argument: the argument's name; one that the method does not have is part of the test.
        odd: what is given for it, a name in `ODD`.
    """

    kind: ClassVar[str] = "call_with"

    method: str
    argument: str
    odd: str

    def __post_init__(self) -> None:
        if str(self.method) not in METHODS or str(self.odd) not in ODD:
            raise ValueError(f"there is no method {self.method!r}, or no {self.odd!r}")

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        arguments = dict(METHODS[self.method])
        if self.method == "add" and self.argument != "memories":
            arguments["memories"] = [Message("m9").build()]
        arguments[self.argument] = ODD[self.odd][1]()
        # The state's parameter has another name in AgentScope; it is given by position there.
        positional = [arguments.pop("state")] if "state" in arguments else []
        answer = getattr(memory, self.method)(*positional, **arguments)
        if hasattr(answer, "__await__"):
            answer = await answer
        # What a call that is accepted returns is for other rules; the state is looked at here.
        return None

    def source(self, memory: str) -> list[str]:
        arguments = {name: repr(value) for name, value in METHODS[self.method].items()}
        if self.method == "add" and self.argument != "memories":
            arguments["memories"] = "[Msg('n', 'x', 'user', id='m9')]"
        arguments[self.argument] = ODD[self.odd][0]
        positional = [arguments.pop("state")] if "state" in arguments else []
        inside = ", ".join([*positional, *(f"{name}={text}" for name, text in arguments.items())])
        called = f"{memory}.{self.method}({inside})"
        sync = self.method in ("state_dict", "load_state_dict")
        return [called if sync else f"await {called}"]


@dataclass(frozen=True)
class AddWith(Operation):
    """``add`` of two messages, the second of which has one odd field.

    Args:
        field: the field's name.
        odd: what it holds, a name in `ODD`.
        inside: whether it is put into an object or a block, rather than in the field itself.
        first: the id of the message before it, which must not be stored if the call fails.
    """

    kind: ClassVar[str] = "add_with"

    field: str
    odd: str
    inside: bool = False
    first: str = "m8"

    def __post_init__(self) -> None:
        if str(self.odd) not in ODD:
            raise ValueError(f"there is no {self.odd!r}")

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        message = Message("m9").build()
        value = ODD[self.odd][1]()
        if self.inside:
            value = {"k": value} if self.field == "metadata" else [{"type": "text", "text": value}]
        setattr(message, self.field, value)
        return await memory.add([Message(self.first).build(), message])

    def source(self, memory: str) -> list[str]:
        value = ODD[self.odd][0]
        if self.inside:
            value = (
                f"{{'k': {value}}}"
                if self.field == "metadata"
                else f"[{{'type': 'text', 'text': {value}}}]"
            )
        return [
            "message = Msg('n', 'x', 'user', id='m9')",
            f"message.{self.field} = {value}",
            f"await {memory}.add([Msg('n', 'x', 'user', id={self.first!r}), message])",
        ]


@dataclass(frozen=True)
class AddLarge(Operation):
    """``add`` of one message with a very long text, which a backend may refuse if it says so.

    Args:
        id: the message's id.
        characters: the length of its text.
    """

    kind: ClassVar[str] = "add_large"

    id: str
    characters: int

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.add(Message(self.id, content="x" * self.characters).build())

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.add(Msg('n', 'x' * {self.characters}, 'user', id={self.id!r}))"]
