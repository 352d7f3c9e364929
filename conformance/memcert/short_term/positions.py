"""Every place of a message where a value of a kind can stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from memcert.short_term.messages import Message
from memcert.short_term.values.value import Value


@dataclass(frozen=True)
class MessagePosition:
    """A place of a message.

    Args:
        name: where it is, in a few words; the beginning of the names of its cells.
        put: returns a message with a value there, given its id and the value.
    """

    name: str
    put: Callable[[str, Any], Message]


def _field(name: str) -> MessagePosition:
    return MessagePosition(name, lambda msg_id, value: replace(Message(msg_id), **{name: value}))


def _block(name: str, block: Callable[[Any], Any]) -> MessagePosition:
    return MessagePosition(name, lambda msg_id, value: Message(msg_id, [block(value)]))


def _metadata(name: str, metadata: Callable[[Any], Any]) -> MessagePosition:
    return MessagePosition(name, lambda msg_id, value: Message(msg_id, metadata=metadata(value)))


def _tool_use(**fields: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": "t", "name": "f", "input": {}, **fields}


def _tool_result(**fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "id": "t", "name": "f", "output": "x", **fields}


def _media(kind: str, field: str, source: dict[str, str]) -> MessagePosition:
    return _block(
        f"{kind}, {field}", lambda value: {"type": kind, "source": {**source, field: value}}
    )


TEXT_POSITIONS = (
    _field("content"),
    _field("name"),
    _field("timestamp"),
    _field("invocation_id"),
    _metadata("metadata, a value", lambda value: {"k": value}),
    _metadata("metadata, a key", lambda value: {value: "x"}),
    _metadata("metadata, in a list", lambda value: {"k": [value]}),
    _metadata("metadata, a key far inside", lambda value: {"k": [{"l": {value: value}}]}),
    _block("text block", lambda value: {"type": "text", "text": value}),
    _block("thinking block", lambda value: {"type": "thinking", "thinking": value}),
    _block("tool use, id", lambda value: _tool_use(id=value)),
    _block("tool use, name", lambda value: _tool_use(name=value)),
    _block("tool use, an input", lambda value: _tool_use(input={"k": value})),
    _block("tool use, a key of the input", lambda value: _tool_use(input={value: 1})),
    _block("tool use, raw input", lambda value: _tool_use(raw_input=value)),
    _block("tool result, id", lambda value: _tool_result(id=value)),
    _block("tool result, name", lambda value: _tool_result(name=value)),
    _block("tool result, output", lambda value: _tool_result(output=value)),
    _block(
        "tool result, a text block",
        lambda value: _tool_result(output=[{"type": "text", "text": value}]),
    ),
    *(
        _media(kind, field, source)
        for kind in ("image", "audio", "video")
        for field, source in (
            ("url", {"type": "url"}),
            ("media_type", {"type": "base64", "data": "eA=="}),
            ("data", {"type": "base64", "media_type": "image/png"}),
        )
    ),
    _block("an unknown key of a block", lambda value: {"type": "text", "text": "x", "k": value}),
    _block("a key of a block", lambda value: {"type": "text", "text": "x", f"k{value}": 1}),
    _block("a block of an unknown type", lambda value: {"type": "citation", "of": [value]}),
)
"""Where any text can stand."""

VALUE_POSITIONS = (
    _metadata("metadata, a value", lambda value: {"k": value}),
    _metadata("metadata, in a list", lambda value: {"k": ["x", value]}),
    _metadata("metadata, alone in a list", lambda value: {"k": [value, value]}),
    _metadata("metadata, beside numbers", lambda value: {"a": 1, "b": value, "c": 1.0, "d": True}),
    _metadata("metadata, far inside", lambda value: {"k": [{"l": {"m": [value]}}]}),
    _block("tool use, an input", lambda value: _tool_use(input={"k": value})),
    _block("tool use, in a list", lambda value: _tool_use(input={"k": [value, value]})),
    _block(
        "tool result, an unknown key of a block",
        lambda value: _tool_result(output=[{"type": "text", "text": "x", "k": value}]),
    ),
    _block("an unknown key of a block", lambda value: {"type": "text", "text": "x", "k": value}),
)
"""Where any JSON value can stand."""

SIZE_POSITIONS = tuple(
    position
    for position in TEXT_POSITIONS
    if position.name
    in (
        "content",
        "name",
        "timestamp",
        "invocation_id",
        "metadata, a value",
        "text block",
        "thinking block",
        "tool use, an input",
        "tool use, raw input",
        "tool result, output",
        "tool result, a text block",
        "video, data",
    )
)
"""Where a text may well be long."""


def at(position: MessagePosition, values: Sequence[Value]) -> tuple[Message, ...]:
    """Return messages with some values at a position, one each.

    Args:
        position: the position.
        values: the values.
    """
    return tuple(position.put(f"m{number}", value.value) for number, value in enumerate(values))


def cells(
    positions: Iterable[MessagePosition], values: Iterable[Value], way: str = ""
) -> tuple[str, ...]:
    """Return the names of the cells of some values at some positions.

    Args:
        positions: the positions.
        values: the values.
        way: the way that the messages take; empty where there is only one.
    """
    values = [*values]
    before = f"{way}, " if way else ""
    return tuple(
        f"{before}{position.name}: {value.name}" for position in positions for value in values
    )


def everywhere(positions: Iterable[MessagePosition], msg_id: str, value: Any) -> Message:
    """Return one message with a value at many positions, for ways that are tried with all.

    Args:
        positions: the positions; the blocks of theirs follow one another, keys of metadata join.
        msg_id: the message's id.
        value: the value.
    """
    fields: dict[str, Any] = {}
    blocks: list[Any] = []
    metadata: dict[str, Any] = {}
    for number, position in enumerate(positions):
        message = position.put(msg_id, value)
        if isinstance(message.content, list):
            blocks += message.content
        elif message.metadata is not None:
            for key, part in message.metadata.items():
                metadata[key if key not in metadata else f"{key}{number}"] = part
        else:
            fields |= {
                name: part for name, part in vars(message).items() if part != getattr(_PLAIN, name)
            }
    if blocks:
        fields["content"] = blocks
    if metadata:
        fields["metadata"] = metadata
    return Message(**{"id": msg_id, **fields})


_PLAIN = Message("m0")
