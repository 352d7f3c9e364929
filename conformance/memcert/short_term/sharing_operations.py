"""Operations of a caller who shares what it has with a memory: objects, or time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded, texts
from memcert.short_term.messages import Message, seen
from memcert.short_term.state_operations import spoil


def _messages(value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of messages is wanted")
    return tuple(map(Message.from_json, value))


def _spoil_message(message: Any) -> None:
    """Change a message in every way a caller can."""
    spoil(message.metadata)
    if isinstance(message.content, list):
        spoil(message.content)
    message.content = "spoilt"
    message.name = "spoilt"
    message.id = "spoilt"


@dataclass(frozen=True)
class AddThenSpoil(Operation):
    """``add``, with the message, the list and the marks changed as soon as it first waits.

    Args:
        message: the message.
        marks: the marks.
    """

    kind: ClassVar[str] = "add_then_spoil"

    message: Message = decoded(Message.from_json)
    marks: tuple[str, ...] = decoded(texts, ())

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        message = self.message.build()
        memories, marks = [message], list(self.marks)
        adding = asyncio.ensure_future(memory.add(memories, marks))
        # One pass of the event loop: the operation runs up to its first wait, or to its end.
        await asyncio.sleep(0)
        _spoil_message(message)
        memories.append(Message("spoilt too").build())
        marks[:] = ["spoilt"]
        return await adding

    def source(self, memory: str) -> list[str]:
        return [
            f"message, marks = {self.message.source()}, {list(self.marks)!r}",
            f"adding = asyncio.ensure_future({memory}.add([message], marks))",
            "await asyncio.sleep(0)",
            "# Whatever is done to the caller's objects from here on must not reach the memory.",
            "message.content, message.name, message.id = 'spoilt', 'spoilt', 'spoilt'",
            "message.metadata['spoilt'] = 'spoilt'",
            "marks[:] = ['spoilt']",
            "await adding",
        ]


@dataclass(frozen=True)
class AddTogether(Operation):
    """Several ``add`` that are started one after the other and awaited together.

    Args:
        messages: a message for each.
    """

    kind: ClassVar[str] = "add_together"

    messages: tuple[Message, ...] = decoded(_messages)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        return await asyncio.gather(*(memory.add(each.build()) for each in self.messages))

    async def run_on_model(self, model: Any, saved: dict[int, Any]) -> object:
        return [await model.add(each.build()) for each in self.messages]

    def source(self, memory: str) -> list[str]:
        adds = ", ".join(f"{memory}.add({each.source()})" for each in self.messages)
        return [f"await asyncio.gather({adds})"]


@dataclass(frozen=True)
class ReadThenSpoil(Operation):
    """``get_memory``, then every change that a caller can make to what it returned."""

    kind: ClassVar[str] = "get_memory_then_spoil"

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        messages = await memory.get_memory()
        answer = [seen(message)["id"] for message in messages]
        for message in messages:
            _spoil_message(message)
        messages.clear()
        # The summary's message has an id of its own.
        return len(answer)

    def source(self, memory: str) -> list[str]:
        return [
            f"for message in await {memory}.get_memory():",
            "    message.content, message.name, message.id = 'spoilt', 'spoilt', 'spoilt'",
            "    message.metadata['spoilt'] = 'spoilt'",
        ]


@dataclass(frozen=True)
class DeleteThenSpoil(Operation):
    """``delete``, with the list of ids changed as soon as it first waits.

    Args:
        ids: the ids.
    """

    kind: ClassVar[str] = "delete_then_spoil"

    ids: tuple[str, ...] = decoded(texts)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        ids = list(self.ids)
        await _with_other_ids(memory.delete(ids), ids)
        return None

    def source(self, memory: str) -> list[str]:
        return _ids_source(self.ids, f"{memory}.delete(ids)")


@dataclass(frozen=True)
class UpdateMarksThenSpoil(Operation):
    """``update_messages_mark``, with the list of ids changed as soon as it first waits.

    Args:
        new: the mark to attach.
        ids: the ids of the messages.
    """

    kind: ClassVar[str] = "update_messages_mark_then_spoil"

    new: str
    ids: tuple[str, ...] = decoded(texts)

    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        ids = list(self.ids)
        await _with_other_ids(memory.update_messages_mark(self.new, msg_ids=ids), ids)
        return None

    def source(self, memory: str) -> list[str]:
        call = f"{memory}.update_messages_mark({self.new!r}, msg_ids=ids)"
        return _ids_source(self.ids, call)


async def _with_other_ids(call: Coroutine[Any, Any, object], ids: list[str]) -> None:
    doing = asyncio.ensure_future(call)
    await asyncio.sleep(0)
    ids[:] = ["m0", "spoilt"]
    # The number that it returns is for other rules.
    await doing


def _ids_source(ids: tuple[str, ...], call: str) -> list[str]:
    return [
        f"ids = {list(ids)!r}",
        f"doing = asyncio.ensure_future({call})",
        "await asyncio.sleep(0)",
        "# Whatever is done to the caller's list from here on must not reach the memory.",
        "ids[:] = ['m0', 'spoilt']",
        "await doing",
    ]
