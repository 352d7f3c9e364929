"""Mutants in which one operation overtakes another one that was started before it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records, some_marks
from memcert_reference.values import plain_text


class InTurn(InMemoryMemory):
    """A host whose operations wait for their turn, and some of them for their store then."""

    slow: ClassVar[str] = ""
    """Which operation waits for its store when it is its turn."""

    hasty: ClassVar[str] = ""
    """Which operation does not wait for its turn."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def _turn(self, operation: str) -> AsyncIterator[None]:
        """Wait for the turn of an operation."""
        if operation == self.hasty:
            yield
            return
        async with self._lock:
            if operation == self.slow:
                await others()
            yield

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        async with self._turn("add"):
            await super().add(messages, names)

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        async with self._turn("delete"):
            return await super().delete(ids)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        async with self._turn("delete_by_mark"):
            return await super().delete_by_mark(marks)

    async def size(self) -> int:
        async with self._turn("size"):
            return await super().size()

    async def clear(self) -> None:
        async with self._turn("clear"):
            await super().clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        async with self._turn("get_memory"):
            return await super().get_memory(mark, exclude_mark, prepend_summary)

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            return await super().update_messages_mark(new_mark, old_mark, ids)

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        async with self._turn("update_compressed_summary"):
            await super().update_compressed_summary(text)

    async def export_state(self) -> dict[str, Any]:
        async with self._turn("export_state"):
            return await super().export_state()

    async def import_state(self, state: Mapping[str, Any]) -> None:
        async with self._turn("import_state"):
            await super().import_state(state)


class KeptInTurn(InTurn, Kept):
    """A durable host whose operations wait for their turn, so that only other clients meet them."""


@mutant("size-overtakes-add", "CON-01")
class SizeOvertakesAdd(InTurn):
    """size does not wait for an addition that was started before it."""

    slow, hasty = "add", "size"


@mutant("add-overtakes-clear", "CON-01")
class AddOvertakesClear(InTurn):
    """add does not wait for a clear that was started before it, which removes what it adds."""

    slow, hasty = "clear", "add"


@mutant("marks-overtake-delete", "CON-01")
class MarksOvertakeDelete(InTurn):
    """update_messages_mark does not wait for a deletion that was started before it."""

    slow, hasty = "delete", "update_messages_mark"


@mutant("delete-by-mark-overtakes-marks", "CON-01")
class DeleteByMarkOvertakesMarks(InTurn):
    """delete_by_mark does not wait for an update of marks that was started before it."""

    slow, hasty = "update_messages_mark", "delete_by_mark"


@mutant("export-overtakes-summary", "CON-01")
class ExportOvertakesSummary(InTurn):
    """export_state does not wait for a summary that was written before it."""

    slow, hasty = "update_compressed_summary", "export_state"


@mutant("read-overtakes-import", "CON-01")
class ReadOvertakesImport(InTurn):
    """get_memory does not wait for an import that was started before it."""

    slow, hasty = "import_state", "get_memory"


@mutant("short-summary-overtakes-long", "CON-01")
class ShortSummaryOvertakesLong(InMemoryMemory):
    """A summary of more than 100 characters is stored after a shorter one that came later."""

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        if len(text) > 100:
            await others()
        await super().update_compressed_summary(text)
