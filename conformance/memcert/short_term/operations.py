"""The operations of a short-term memory, one class each, as a program holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from memcert.engine.programs.operation import Operation, decoded, texts
from memcert.short_term.messages import (
    IdRange,
    Ids,
    MessageRange,
    Messages,
    build_ids,
    build_messages,
    decode_ids,
    decode_messages,
    ids_source,
    messages_source,
    seen,
)


@dataclass(frozen=True)
class Add(Operation):
    """``add`` with a list of messages, one message, or None.

    Args:
        messages: the messages; None for None.
        marks: the marks; None for None.
        alone: whether a single message goes without a list around it.
        mark_alone: whether a single mark does; None for what the message does.
    """

    kind: ClassVar[str] = "add"

    messages: Messages | None = decoded(
        lambda value: None if value is None else decode_messages(value)
    )
    marks: tuple[str, ...] | None = decoded(
        lambda value: None if value is None else texts(value), None
    )
    alone: bool = False
    mark_alone: bool | None = None

    @property
    def seconds(self) -> float:
        """How long it may take: more for very many messages."""
        return 60.0 if isinstance(self.messages, MessageRange) else 20.0

    def alone_form(self) -> Self | None:
        """Return the addition of all messages of a range up to its last one."""
        if not isinstance(self.messages, MessageRange) or not self.messages.start:
            return None
        last = self.messages.start + self.messages.count
        return replace(self, messages=MessageRange(last))

    def _marks(self) -> str | list[str] | None:
        alone = self.alone if self.mark_alone is None else self.mark_alone
        if self.marks is None:
            return None
        return self.marks[0] if alone and len(self.marks) == 1 else list(self.marks)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        memories: Any = None if self.messages is None else build_messages(self.messages)
        marks = self._marks()
        if self.alone and memories is not None and len(memories) == 1:
            memories = memories[0]
        # A caller who has no marks leaves the argument out.
        return await (memory.add(memories) if marks is None else memory.add(memories, marks))

    def source(self, memory: str) -> list[str]:
        memories = "None" if self.messages is None else messages_source(self.messages)
        marks = self._marks()
        if self.alone and isinstance(self.messages, tuple) and len(self.messages) == 1:
            memories = self.messages[0].source()
        return [f"await {memory}.add({memories}{'' if marks is None else f', {marks!r}'})"]


@dataclass(frozen=True)
class Delete(Operation):
    """``delete`` by ids.

    Args:
        ids: the ids.
    """

    kind: ClassVar[str] = "delete"

    ids: Ids = decoded(lambda value: decode_ids(value) or ())

    @property
    def seconds(self) -> float:
        """How long it may take: more for very many ids."""
        return 60.0 if isinstance(self.ids, IdRange) else 20.0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.delete(build_ids(self.ids))

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.delete({ids_source(self.ids)})"]


@dataclass(frozen=True)
class DeleteByMark(Operation):
    """``delete_by_mark`` with a list of marks, or one.

    Args:
        marks: the marks.
        alone: whether a single mark goes without a list around it.
    """

    kind: ClassVar[str] = "delete_by_mark"

    marks: tuple[str, ...] = decoded(texts)
    alone: bool = False

    def _argument(self) -> str | list[str]:
        return self.marks[0] if self.alone and len(self.marks) == 1 else list(self.marks)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.delete_by_mark(self._argument())

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.delete_by_mark({self._argument()!r})"]


@dataclass(frozen=True)
class UpdateMarks(Operation):
    """``update_messages_mark``.

    Args:
        new: the mark to attach, or None.
        old: the mark to look for and remove, or None.
        ids: the ids of the messages; None for all.
    """

    kind: ClassVar[str] = "update_messages_mark"

    new: str | None = None
    old: str | None = None
    ids: Ids | None = decoded(decode_ids, None)

    @property
    def seconds(self) -> float:
        """How long it may take: more for very many ids."""
        return 60.0 if isinstance(self.ids, IdRange) else 20.0

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        arguments: dict[str, Any] = {}
        if self.old is not None:
            arguments["old_mark"] = self.old
        if self.ids is not None:
            arguments["msg_ids"] = build_ids(self.ids)
        return await memory.update_messages_mark(self.new, **arguments)

    def source(self, memory: str) -> list[str]:
        arguments = [repr(self.new)]
        if self.old is not None:
            arguments.append(f"old_mark={self.old!r}")
        if self.ids is not None:
            arguments.append(f"msg_ids={ids_source(self.ids)}")
        return [f"await {memory}.update_messages_mark({', '.join(arguments)})"]


@dataclass(frozen=True)
class Size(Operation):
    """``size``."""

    kind: ClassVar[str] = "size"

    @property
    def changes(self) -> bool:
        """It changes nothing."""
        return False

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.size()

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.size()"]


@dataclass(frozen=True)
class Clear(Operation):
    """``clear``."""

    kind: ClassVar[str] = "clear"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.clear()

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.clear()"]


@dataclass(frozen=True)
class Read(Operation):
    """``get_memory``.

    Args:
        mark: only messages with this mark, or None.
        exclude: no messages with this mark, or None.
        summary: whether the summary comes first.
        ids_only: whether only the ids of the messages are compared, which is cheaper.
        watched: whether the state is looked at afterwards, as after a change.
    """

    kind: ClassVar[str] = "get_memory"

    mark: str | None = None
    exclude: str | None = None
    summary: bool = True
    ids_only: bool = False
    watched: bool = False

    @property
    def changes(self) -> bool:
        """Whether the state is looked at afterwards."""
        return self.watched

    @property
    def seconds(self) -> float:
        """How long it may take: there may be very many messages."""
        return 60.0

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if self.mark is not None:
            arguments["mark"] = self.mark
        if self.exclude is not None:
            arguments["exclude_mark"] = self.exclude
        if not self.summary:
            arguments["prepend_summary"] = False
        return arguments

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        messages = await memory.get_memory(**self._arguments())
        if type(messages) is not list:
            return messages
        if self.ids_only:
            return [message.id for message in messages]
        return [seen(message) for message in messages]

    def source(self, memory: str) -> list[str]:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self._arguments().items())
        return [f"await {memory}.get_memory({arguments})"]


@dataclass(frozen=True)
class Summarise(Operation):
    """``update_compressed_summary``.

    Args:
        text: the new summary.
    """

    kind: ClassVar[str] = "update_compressed_summary"

    text: str

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await memory.update_compressed_summary(self.text)

    def source(self, memory: str) -> list[str]:
        return [f"await {memory}.update_compressed_summary({self.text!r})"]
