"""Operations with arguments that JSON has no form for, most of which must be refused.

A program is plain data, so such an argument is named: the table below says what each name means,
in Python, and how to make it.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from memcert.engine.programs.operation import Operation, decoded
from memcert.short_term.messages import Message
from memcert.short_term.positions import TEXT_POSITIONS
from memcert.short_term.state_operations import EXPORT


class Marker(str, Enum):  # noqa: UP042 - AgentScope's own marks are of just this kind
    """A string whose ``format()`` is not its value."""

    HINT = "hint"
    FIRST = "m0"
    ROLE = "assistant"


def _deep(levels: int) -> Any:
    value: Any = "deepest"
    for _ in range(levels):
        value = [value]
    return value


def _objects(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = {"k": value}
    return value


_NO_MARKS: tuple[str, ...] = ()

ODD: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "None": ("None", lambda: None),
    "an integer": ("7", lambda: 7),
    "zero": ("0", lambda: 0),
    "one": ("1", lambda: 1),
    "a float": ("0.5", lambda: 0.5),
    "zero as a float": ("0.0", lambda: 0.0),
    "a truth value": ("True", lambda: True),
    "false": ("False", lambda: False),
    "an object": ("object()", object),
    "an error": ("ValueError('m0')", lambda: ValueError("m0")),
    "bytes": ("b'm0'", lambda: b"m0"),
    "empty bytes": ("b''", lambda: b""),
    "a string": ("'m0'", lambda: "m0"),
    "an empty string": ("''", lambda: ""),
    "256 characters": ("'m' * 256", lambda: "m" * 256),
    "a NUL": (r"'m\x000'", lambda: "m\x000"),
    "a lone surrogate": (r"'m\ud800'", lambda: "m\ud800"),
    "a tuple": ("('m0',)", lambda: ("m0",)),
    "a set": ("{'m0'}", lambda: {"m0"}),
    "a generator": ("(mark for mark in ['m0'])", lambda: (mark for mark in ["m0"])),
    "an empty tuple": ("()", lambda: ()),
    "an empty set": ("set()", set),
    "an empty iterator": ("iter(())", lambda: iter(_NO_MARKS)),
    "a frozen set": ("frozenset({'m0'})", lambda: frozenset({"m0"})),
    "keys of a dictionary": ("{'m0': 0}.keys()", {"m0": 0}.keys),
    "a dictionary": ("{'m0': 'm0'}", lambda: {"m0": "m0"}),
    "an empty dictionary": ("{}", dict),
    "an empty list": ("[]", list),
    "a list of integers": ("[7]", lambda: [7]),
    "a list with None": ("['m0', None]", lambda: ["m0", None]),
    "a list of None": ("[None]", lambda: [None]),
    "a list with false": ("['m0', False]", lambda: ["m0", False]),
    "a list with zero": ("['m0', 0]", lambda: ["m0", 0]),
    "a list with bytes": ("['m0', b'm0']", lambda: ["m0", b"m0"]),
    "a list with an error": ("[ValueError('m0')]", lambda: [ValueError("m0")]),
    "a list with a list": ("['m0', ['m0']]", lambda: ["m0", ["m0"]]),
    "a list of an empty list": ("[[]]", lambda: [[]]),
    "a list with a tuple": ("['m0', ()]", lambda: ["m0", ()]),
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
    "None and a message": (
        "[None, Msg('n', 'x', 'user', id='m8')]",
        lambda: [None, Message("m8").build()],
    ),
    "a message and an empty list": (
        "[Msg('n', 'x', 'user', id='m8'), []]",
        lambda: [Message("m8").build(), []],
    ),
    "a message and a string": (
        "[Msg('n', 'x', 'user', id='m8'), '']",
        lambda: [Message("m8").build(), ""],
    ),
    "a list of messages in a list": (
        "[[Msg('n', 'x', 'user', id='m8')]]",
        lambda: [[Message("m8").build()]],
    ),
    "a list with an object like a message": (
        "[SimpleNamespace(**vars(Msg('n', 'x', 'user', id='m8')))]",
        lambda: [SimpleNamespace(**vars(Message("m8").build()))],
    ),
    "a list with a message's dictionary": (
        "[Msg('n', 'x', 'user', id='m8').to_dict()]",
        lambda: [Message("m8").build().to_dict()],
    ),
    "a message's dictionary": (
        "Msg('n', 'x', 'user', id='m8').to_dict()",
        lambda: Message("m8").build().to_dict(),
    ),
    "an ordered dictionary": ("OrderedDict(k='x')", lambda: OrderedDict(k="x")),
    "a default dictionary": ("defaultdict(list, k=[])", lambda: defaultdict(list, k=[])),
    "a list of another class": ("deque(['x'])", lambda: deque(["x"])),
    "an integer enumeration": ("HTTPStatus.OK", lambda: HTTPStatus.OK),
    "a UUID": ("UUID(int=7)", lambda: UUID(int=7)),
    "a path": ("PurePosixPath('x')", lambda: PurePosixPath("x")),
    "a range": ("range(3)", lambda: range(3)),
    "NaN": ("float('nan')", lambda: float("nan")),
    "an infinity": ("float('-inf')", lambda: float("-inf")),
    "a list with NaN": ("[float('nan')]", lambda: [float("nan")]),
    "a date": ("datetime.now(UTC)", lambda: datetime.now(UTC)),
    "a decimal": ("Decimal('0.1')", lambda: Decimal("0.1")),
    "a complex number": ("1j", lambda: 1j),
    "a marker as a key": ("{Marker.HINT: 'x'}", lambda: {Marker.HINT: "x"}),
    "an integer key": ("{7: 'x'}", lambda: {7: "x"}),
    "a None key": ("{None: 'x'}", lambda: {None: "x"}),
    "a surrogate key": (r"{'\ud800': 'x'}", lambda: {"\ud800": "x"}),
    "101 levels": ("eval('[' * 101 + ']' * 101)", lambda: _deep(101)),
    "101 objects": ("eval('{\"k\": ' * 101 + '0' + '}' * 101)", lambda: _objects(101)),
    "another role": ("'tool'", lambda: "tool"),
    "a role in capitals": ("'User'", lambda: "User"),
    "a role with a blank": ("'user '", lambda: "user "),
    "a part of a role": ("'use'", lambda: "use"),
    "a marker": ("Marker.HINT", lambda: Marker.HINT),
    "a list of markers": ("[Marker.HINT]", lambda: [Marker.HINT]),
    "a marker that is an id": ("Marker.FIRST", lambda: Marker.FIRST),
    "a list of marker ids": ("[Marker.FIRST]", lambda: [Marker.FIRST]),
    "a marker that is a role": ("Marker.ROLE", lambda: Marker.ROLE),
    "a state with unknown fields of two types": (
        "{'_compressed_summary': '', 'content': [[{'surprise': 7, 7: 7}, []]]}",
        lambda: {"_compressed_summary": "", "content": [[{"surprise": 7, 7: 7}, []]]},
    ),
}
"""What each name means: its Python, and what makes it."""

METHODS: Mapping[str, Mapping[str, Any]] = {
    "add": {"memories": None},
    "delete": {"msg_ids": ["m0"]},
    "delete_by_mark": {"mark": ["a"]},
    "get_memory": {},
    "update_messages_mark": {"new_mark": "changed"},
    "update_compressed_summary": {"summary": "changed"},
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
        others: other arguments that are given, each with a name in `ODD`.
    """

    kind: ClassVar[str] = "call_with"

    method: str
    argument: str
    odd: str
    others: tuple[tuple[str, str], ...] = decoded(
        lambda value: tuple((str(name), str(odd)) for name, odd in value), ()
    )

    def __post_init__(self) -> None:
        odds = [str(self.odd), *(odd for _, odd in self.others)]
        if str(self.method) not in METHODS or not all(odd in ODD for odd in odds):
            raise ValueError(f"there is no method {self.method!r}, or no {self.odd!r}")

    @property
    def needs(self) -> frozenset[str]:
        """What a backend must be able to do: some methods are of an extension."""
        return EXPORT if self.method in ("export_state", "import_state") else frozenset()

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        arguments = dict(METHODS[self.method])
        if self.method == "add" and self.argument != "memories":
            arguments["memories"] = [Message("m9").build()]
        for argument, odd in ((self.argument, self.odd), *self.others):
            arguments[argument] = ODD[odd][1]()
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
        for argument, odd in ((self.argument, self.odd), *self.others):
            arguments[argument] = ODD[odd][0]
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
class AddAt(Operation):
    """``add`` of a message with an odd value at a position inside its content or metadata.

    Args:
        position: the position's name (`memcert.short_term.positions`).
        odd: what stands there, a name in `ODD`.
    """

    kind: ClassVar[str] = "add_at"

    position: str
    odd: str

    def __post_init__(self) -> None:
        if str(self.position) not in _POSITIONS or str(self.odd) not in ODD:
            raise ValueError(f"there is no position {self.position!r}, or no {self.odd!r}")

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        value = ODD[self.odd][1]()
        message = _POSITIONS[self.position].put("m9", _PLACEHOLDER).build()
        message.content = _replaced(message.content, value)
        message.metadata = _replaced(message.metadata, value)
        return await memory.add([Message("m8").build(), message])

    def source(self, memory: str) -> list[str]:
        message = _POSITIONS[self.position].put("m9", _PLACEHOLDER).source()
        message = message.replace(repr(_PLACEHOLDER), ODD[self.odd][0])
        return [f"await {memory}.add([Msg('n', 'x', 'user', id='m8'), {message}])"]


_PLACEHOLDER = "an odd value stands here"

_POSITIONS = {position.name: position for position in TEXT_POSITIONS}


def _replaced(value: Any, odd: Any) -> Any:
    """Return a value in which something odd takes the placeholder's place."""
    if value == _PLACEHOLDER:
        return odd
    if isinstance(value, list):
        return [_replaced(each, odd) for each in value]
    if isinstance(value, dict):
        return {key: _replaced(each, odd) for key, each in value.items()}
    return value


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


@dataclass(frozen=True)
class AddVeryLarge(Operation):
    """``add`` of a message beyond the limit of some servers, its reading, and its deletion.

    It is stored whole, or refused with a `ValueError` that names a limit below its size; a limit
    that depends on how a server is set up cannot be declared.

    Args:
        characters: the length of its text.
    """

    kind: ClassVar[str] = "add_very_large"

    characters: int

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        text = "x" * self.characters
        before = await memory.size()
        try:
            await memory.add(Message("very-large", text).build())
        except ValueError as error:
            limits = map(int, re.findall(r"[0-9]{4,20}", str(error)))
            if not any(limit < self.characters for limit in limits):
                raise
            return (await memory.size()) - before
        found = [each for each in await memory.get_memory() if each.id == "very-large"]
        # Equal or not is enough: nobody wants to read the difference.
        whole = len(found) == 1 and found[0].content == text
        gone = await memory.delete(["very-large"])
        return 0 if whole and gone == 1 else "it was not stored whole"

    def source(self, memory: str) -> list[str]:
        return [
            f"await {memory}.add(Msg('n', 'x' * {self.characters}, 'user', id='very-large'))",
            f"print(len((await {memory}.get_memory())[-1].content))",
            f"await {memory}.delete(['very-large'])",
        ]
