"""Operations of a caller who goes on changing what it gave to a memory, or got from it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from memcert.engine.programs.operation import Operation, decoded, texts
from memcert.short_term.messages import Message, seen
from memcert.short_term.state_operations import spoil


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
        marks.append("spoilt")
        return await adding

    def source(self, memory: str) -> list[str]:
        return [
            f"message, marks = {self.message.source()}, {list(self.marks)!r}",
            f"adding = asyncio.ensure_future({memory}.add([message], marks))",
            "await asyncio.sleep(0)",
            "# Whatever is done to the caller's objects from here on must not reach the memory.",
            "message.content, message.name, message.id = 'spoilt', 'spoilt', 'spoilt'",
            "message.metadata['spoilt'] = 'spoilt'",
            "marks.append('spoilt')",
            "await adding",
        ]


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
