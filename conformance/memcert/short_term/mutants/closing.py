"""Mutants of the rules on a memory that is closed while somebody is not done with it."""

from __future__ import annotations

import asyncio

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import Msg
from memcert_reference.arguments import mark_list, message_records


@mutant("worker-closed", "LIFE-03")
class WorkerClosed(Kept):
    """A task does the work; close cancels it, and who waits for its answer never gets one."""

    _worker: asyncio.Task[None] | None = None

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        answered = asyncio.Event()
        self._worker = asyncio.create_task(others())
        self._worker.add_done_callback(lambda task: None if task.cancelled() else answered.set())
        await answered.wait()
        await super().add(memories, marks)

    async def close(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        await super().close()


@mutant("half-sent-when-closed", "LIFE-03")
class HalfSentWhenClosed(Kept):
    """When a memory is closed, what a batch has sent by then stays stored."""

    _closed = False

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        messages = [Msg.from_record(record) for record in message_records(memories)]
        names = mark_list(marks)
        await others()
        await super().add(messages[:1] if self._closed else messages, names)
        if self._closed and len(messages) > 1:
            raise RuntimeError("the connection is closed")

    async def close(self) -> None:
        self._closed = True
        await super().close()
