"""Messages and ids as a program holds them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, cast

from memcert.engine.programs.python_source import literal
from memcert_reference import Msg
from memcert_reference.message import Record
from memcert_reference.values import JSONValue, trusted_copy

TIMESTAMP = "2026-01-01 00:00:00.000"
"""The timestamp of a message that does not say another: most have the same one."""


@dataclass(frozen=True)
class Message:
    """A message as plain data.

    Args:
        id: its id.
        content: a string or a list of blocks.
        name: who sent it.
        role: the sender's role.
        metadata: a JSON object.
        timestamp: when it was made, as text.
        invocation_id: the call that it belongs to.
    """

    id: str
    content: Any = "x"
    name: str = "n"
    role: str = "user"
    metadata: Any = None
    timestamp: str = TIMESTAMP
    invocation_id: str | None = None

    def __hash__(self) -> int:
        """Return a hash; content and metadata have none."""
        return hash(self.id)

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form; what is the default is left out."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    @classmethod
    def from_json(cls, data: Any) -> Message:
        """Return the message of a JSON form.

        Args:
            data: a result of `to_json`.

        Raises:
            ValueError: it is none.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(data, dict) or "id" not in data or not set(data) <= names:
            raise ValueError("a message is an object with an id and known fields")
        return cls(**data)

    def build(self) -> Msg:
        """Return a new message object, which shares nothing with the program."""
        return Msg(
            id=self.id,
            name=self.name,
            content=cast(Any, trusted_copy(self.content)),
            role=cast(Any, self.role),
            metadata=cast(Any, trusted_copy(self.metadata or {})),
            timestamp=self.timestamp,
            invocation_id=self.invocation_id,
        )

    def source(self) -> str:
        """Return it as a Python expression."""
        data = self.to_json()
        shown = {
            "name": data.pop("name", self.name),
            "content": data.pop("content", self.content),
            "role": data.pop("role", self.role),
            **data,
        }
        arguments = ", ".join(f"{name}={literal(value)}" for name, value in shown.items())
        return f"Msg({arguments})"


@dataclass(frozen=True)
class MessageRange:
    """Many messages that differ in their ids only: ``r0``, ``r1``, and so on.

    Args:
        count: how many.
        start: the number of the first one.
    """

    count: int
    start: int = 0

    def to_json(self) -> dict[str, int]:
        """Return its JSON form."""
        return _range_to_json(self)

    def build(self) -> list[Msg]:
        """Return new message objects."""
        return [Message(msg_id).build() for msg_id in IdRange(self.count, self.start).ids()]

    def source(self) -> str:
        """Return it as a Python expression."""
        return f'[Msg("n", "x", "user", id=f"r{{i}}") for i in {_range_source(self)}]'


@dataclass(frozen=True)
class IdRange:
    """The ids of a `MessageRange`.

    Args:
        count: how many.
        start: the number of the first one.
    """

    count: int
    start: int = 0

    def to_json(self) -> dict[str, int]:
        """Return its JSON form."""
        return _range_to_json(self)

    def ids(self) -> list[str]:
        """Return the ids."""
        return [f"r{number}" for number in range(self.start, self.start + self.count)]

    def source(self) -> str:
        """Return it as a Python expression."""
        return f'[f"r{{i}}" for i in {_range_source(self)}]'


Messages = tuple[Message, ...] | MessageRange
Ids = tuple[str, ...] | IdRange


def decode_messages(value: Any) -> Messages:
    """Return the messages of a JSON form.

    Args:
        value: a list of messages, or a range.
    """
    if isinstance(value, dict):
        return MessageRange(*_range(value))
    if not isinstance(value, list):
        raise ValueError("a list of messages, or a range, is wanted")
    return tuple(Message.from_json(item) for item in value)


def decode_ids(value: Any) -> Ids | None:
    """Return the ids of a JSON form.

    Args:
        value: a list of strings, a range, or None.
    """
    if value is None:
        return None
    if isinstance(value, dict):
        return IdRange(*_range(value))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings, or a range, is wanted")
    return tuple(value)


def build_messages(messages: Messages) -> list[Msg]:
    """Return new message objects.

    Args:
        messages: as a program holds them.
    """
    if isinstance(messages, MessageRange):
        return messages.build()
    return [message.build() for message in messages]


def build_ids(ids: Ids) -> list[str]:
    """Return a new list of ids.

    Args:
        ids: as a program holds them.
    """
    return ids.ids() if isinstance(ids, IdRange) else list(ids)


def messages_source(messages: Messages) -> str:
    """Return messages as a Python expression.

    Args:
        messages: as a program holds them.
    """
    if isinstance(messages, MessageRange):
        return messages.source()
    return f"[{', '.join(message.source() for message in messages)}]"


def ids_source(ids: Ids | None) -> str:
    """Return ids as a Python expression.

    Args:
        ids: as a program holds them.
    """
    if isinstance(ids, IdRange):
        return ids.source()
    return repr(None if ids is None else list(ids))


def seen(message: Any) -> dict[str, JSONValue]:
    """Return the fields of a message that a memory gave back, as data that can be compared.

    Args:
        message: the message, of whatever class.

    Raises:
        AttributeError: it lacks a field.
    """
    return {field: getattr(message, field) for field in Record.__annotations__}


def _range_to_json(numbers: MessageRange | IdRange) -> dict[str, int]:
    start = {"start": numbers.start} if numbers.start else {}
    return {"range": numbers.count, **start}


def _range_source(numbers: MessageRange | IdRange) -> str:
    start = f"{numbers.start}, " if numbers.start else ""
    return f"range({start}{numbers.start + numbers.count})"


def _range(value: dict[str, Any]) -> tuple[int, int]:
    count, start = value.get("range"), value.get("start", 0)
    known = set(value) <= {"range", "start"}
    if not known or any(type(each) is not int or each < 0 for each in (count, start)):
        raise ValueError("a range is an object with a 'range' that counts, and perhaps a 'start'")
    return cast(int, count), start
