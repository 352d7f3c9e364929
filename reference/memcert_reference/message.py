"""The message: one entry of an agent's memory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, cast

from memcert_reference.blocks import BlockType, ContentBlock
from memcert_reference.values import JSONValue, identifier, json_copy, plain_text, trusted_copy

Role = Literal["user", "assistant", "system"]
"""Who speaks."""

ROLES: tuple[Role, ...] = ("user", "assistant", "system")
"""Every role there is."""


class Record(TypedDict):
    """A message as plain data: checked, and shared with no caller."""

    id: str
    name: str
    role: Role
    content: str | list[dict[str, JSONValue]]
    metadata: dict[str, JSONValue]
    timestamp: str
    invocation_id: str | None


class Msg:
    """A message of an agent's conversation, as ``agentscope.message.Msg`` 1.x has it.

    Args:
        name: who sent it.
        content: a string, or a list of content blocks.
        role: ``user``, ``assistant`` or ``system``.
        metadata: a JSON object, such as structured output; none is ``{}``.
        timestamp: when it was made, as text; now by default.
        invocation_id: the API call it belongs to, if any.
        id: its identity in a memory; a new one by default.

    Raises:
        TypeError: content is neither a string nor a list.
        ValueError: the role is none of the three.
    """

    name: str
    content: str | Sequence[ContentBlock]
    role: Role
    metadata: dict[str, Any]
    id: str
    timestamp: str
    invocation_id: str | None

    def __init__(
        self,
        name: str,
        content: str | Sequence[ContentBlock],
        role: Role,
        metadata: dict[str, Any] | None = None,
        timestamp: str | None = None,
        invocation_id: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - the field's own name
    ) -> None:
        if not isinstance(content, (str, list)):
            raise TypeError(
                f"content must be a string or a list of blocks, not {type(content).__name__}"
            )
        self.name = name
        self.content = content
        self.role = _role(role)
        self.metadata = {} if metadata is None else metadata
        self.id = uuid.uuid4().hex if id is None else id
        self.timestamp = _now() if timestamp is None else timestamp
        self.invocation_id = invocation_id

    def to_dict(self) -> dict[str, Any]:
        """Return the message as a dictionary that `from_dict` takes, here and in AgentScope."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "content": self.content,
            "metadata": self.metadata,
            "timestamp": self.timestamp,
            "invocation_id": self.invocation_id,
        }

    @classmethod
    def from_dict(cls, json_data: Mapping[str, Any]) -> Msg:
        """Return the message that a dictionary describes.

        Args:
            json_data: a result of `to_dict`; id, metadata, timestamp and invocation_id may be
                missing, other keys are ignored, both as in AgentScope.

        Raises:
            KeyError: name, content or role is missing.
        """
        return cls(
            name=json_data["name"],
            content=json_data["content"],
            role=json_data["role"],
            metadata=json_data.get("metadata"),
            timestamp=json_data.get("timestamp"),
            invocation_id=json_data.get("invocation_id"),
            id=json_data.get("id"),
        )

    @classmethod
    def from_record(cls, record: Record) -> Msg:
        """Return the message of a record, which becomes the message's own.

        Args:
            record: checked before; the caller lets go of it.
        """
        message = cls.__new__(cls)
        message.__dict__.update(record)
        return message

    def get_text_content(self, separator: str = "\n") -> str | None:
        """Return the text of the message, or None where it has none.

        Args:
            separator: what stands between the texts of two blocks.
        """
        if isinstance(self.content, str):
            return self.content
        texts = [block["text"] for block in self.content if block["type"] == "text"]
        return separator.join(texts) if texts else None

    def get_content_blocks(
        self, block_type: BlockType | list[BlockType] | None = None
    ) -> list[ContentBlock]:
        """Return the blocks of the content; a string counts as one text block.

        Args:
            block_type: the type, or types, of the blocks wanted; all by default.
        """
        blocks: list[ContentBlock] = (
            [{"type": "text", "text": self.content}]
            if isinstance(self.content, str)
            else list(self.content)
        )
        if block_type is None:
            return blocks
        wanted = [block_type] if isinstance(block_type, str) else block_type
        return [block for block in blocks if block["type"] in wanted]

    def has_content_blocks(self, block_type: BlockType | list[BlockType] | None = None) -> bool:
        """Tell whether the content has a block of a type.

        Args:
            block_type: the type, or types, looked for; any by default.
        """
        return bool(self.get_content_blocks(block_type))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.to_dict().items())
        return f"Msg({fields})"


def record_of(message: Msg, what: str = "message") -> Record:
    """Return a message's checked, independent record.

    Args:
        message: what the caller gave; it may have been changed since it was made.
        what: which message it is, for the error.

    Raises:
        TypeError: it is not a message, or a field has the wrong type.
        ValueError: a field has a value that the contract does not admit.
    """
    if not isinstance(message, Msg):
        raise not_a_message(message, f"{what} must be a Msg")
    invocation_id = message.invocation_id
    return {
        "id": identifier(message.id, f"{what} id"),
        "name": plain_text(message.name, f"{what} name"),
        "role": _role(message.role),
        "content": _content(message.content, f"{what} content"),
        "metadata": _metadata(message.metadata, f"{what} metadata"),
        "timestamp": plain_text(message.timestamp, f"{what} timestamp"),
        "invocation_id": None
        if invocation_id is None
        else plain_text(invocation_id, f"{what} invocation_id"),
    }


def not_a_message(value: object, demand: str) -> TypeError:
    """Return the error for what was given in place of a message.

    Args:
        value: what was given.
        demand: what must be given instead.
    """
    for kind in type(value).__mro__:
        # By name: AgentScope need not be installed.
        if kind.__name__ == "Msg" and kind.__module__.partition(".")[0] == "agentscope":
            remedy = "import the memory from memcert_backends.agentscope"
            return TypeError(f"{demand}; for AgentScope's Msg, {remedy}")
    return TypeError(f"{demand}, not {type(value).__name__}")


def copy_of(record: Record) -> Record:
    """Return an independent copy of a record.

    Args:
        record: a result of `record_of`.
    """
    # The other fields are strings, which nobody can change.
    content = trusted_copy(cast(JSONValue, record["content"]))
    metadata = trusted_copy(cast(JSONValue, record["metadata"]))
    return cast(Record, {**record, "content": content, "metadata": metadata})


def _role(value: object) -> Role:
    text = plain_text(value, "role")
    if text not in ROLES:
        raise ValueError(f"role must be user, assistant or system, not {text!r}")
    return text


def _content(value: object, what: str) -> str | list[dict[str, JSONValue]]:
    if isinstance(value, str):
        return plain_text(value, what)
    if not isinstance(value, list):
        raise TypeError(f"{what} must be a string or a list of blocks, not {type(value).__name__}")
    for block in value:
        if not isinstance(block, dict):
            raise TypeError(f"{what} must hold blocks (objects), not {type(block).__name__}")
    return cast("list[dict[str, JSONValue]]", json_copy(value, what))


def _metadata(value: object, what: str) -> dict[str, JSONValue]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f"{what} must be an object, not {type(value).__name__}")
    return cast("dict[str, JSONValue]", json_copy(value, what))


def _now() -> str:
    return datetime.now().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
