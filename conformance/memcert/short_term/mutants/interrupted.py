"""Mutants in which an operation that is cancelled, or whose connection breaks, leaves a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.half_done import SECONDS_IN_VAIN, halves
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.networked import Networked
from memcert.short_term.mutants.turns import InTurn
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import mark_list, message_records, optional_mark
from memcert_reference.memory import _Entry as Entry
from memcert_reference.state import read_state


@mutant("imported-without-its-summary", "CAN-01")
class ImportedWithoutItsSummary(InTurn):
    """An import that is cancelled has replaced the messages, and the summary is the old one."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        loaded = read_state(state, strict=True)
        async with self._turn("import_state"):
            self._entries = {
                record["id"]: Entry(record, marks) for record, marks in loaded.content or []
            }
            await others()
            if loaded.summary is not None:
                self._summary = loaded.summary


@mutant("counted-before-stored", "CAN-01")
class CountedBeforeStored(InTurn):
    """size counts the messages whose addition was cancelled."""

    _uncounted = 0

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        async with self._turn("add"):
            new = sum(message.id not in self._entries for message in messages)
            self._uncounted += new
            await others()
            await InMemoryMemory.add(self, messages, names)
            self._uncounted -= new

    async def size(self) -> int:
        return await super().size() + self._uncounted


@mutant("permits-run-out", "CAN-02")
class PermitsRunOut(InTurn):
    """A read that is cancelled keeps one of three permits, and without one no read goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._permits = asyncio.Semaphore(3)

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        optional_mark(mark, "mark")
        optional_mark(exclude_mark, "exclude_mark")
        async with self._turn("get_memory"):
            async with asyncio.timeout(SECONDS_IN_VAIN):
                await self._permits.acquire()
            await others()
            self._permits.release()
            return await InMemoryMemory.get_memory(self, mark, exclude_mark, prepend_summary)


@mutant("cancellation-tried-again", "CAN-04")
class CancellationTriedAgain(InTurn):
    """A clear that is cancelled is tried again, as if it had failed for a moment."""

    async def clear(self) -> None:
        async with self._turn("clear"):
            try:
                await others()
            except asyncio.CancelledError:
                await others()
            await InMemoryMemory.clear(self)


@mutant("deleted-in-two", "CUT-01")
class DeletedInTwo(Networked):
    """delete removes the messages in two changes, and the connection may break between them."""

    async def _store_delete(self, msg_ids: list[str]) -> int:
        first, second = halves(msg_ids)
        count = await super()._store_delete(first)
        return count + await super()._store_delete(second) if second else count
