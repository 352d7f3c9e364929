"""Mutants of the rules on operations whose task is cancelled."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Self

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.networked import Networked
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import message_records


@mutant("rollback-missed", "CAN-01")
class RollbackMissed(InMemoryMemory):
    """What a batch had stored when it was cancelled stays there."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        earlier = dict(self._entries)
        try:
            for record in message_records(memories):
                await super().add(Msg.from_record(record), marks)
                await others()
        except Exception:  # which CancelledError is not
            self._entries = earlier
            raise


@mutant("happens-later", "CAN-01")
class HappensLater(InMemoryMemory):
    """A cancelled change goes on, and takes effect after later operations."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        messages = [Msg.from_record(record) for record in message_records(memories)]

        async def later() -> None:
            await others()
            await InMemoryMemory.add(self, messages, marks)

        self._later = asyncio.create_task(later())
        await asyncio.shield(self._later)


@mutant("lock-kept", "CAN-02")
class LockKept(InMemoryMemory):
    """A cancelled operation keeps its lock, and the next one waits for it in vain."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = asyncio.Lock()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        async with asyncio.timeout(0.1):
            await self._lock.acquire()
        await super().add(memories, marks)
        await others()
        self._lock.release()


@mutant("connection-not-returned", "CAN-02")
class ConnectionNotReturned(Networked):
    """A cancelled operation does not give its connection back to the pool."""

    pool_seconds = 0.1

    def __init__(self, space: Space, pool: Any) -> None:
        super().__init__(space, pool)
        self._taken: list[Any] = []

    async def __aenter__(self) -> Self:
        # How often connecting waits depends on time.
        await self._client.ping()
        return self

    async def _command(self, *parts: str | int) -> Any:
        self._taken.append(await self._client.client())
        await others()
        answer = await self._taken[-1].execute_command(*parts)
        await self._taken.pop().aclose()
        return answer

    async def _whole(self, doing: Any) -> Any:
        return await doing

    async def _store_close(self) -> None:
        for client in self._taken:
            await client.aclose()
        await super()._store_close()


@mutant("answer-left-behind", "CAN-02")
class AnswerLeftBehind(InMemoryMemory):
    """The answer to a cancelled operation stays in the connection, and the next one reads it."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: deque[Any] = deque()

    async def _answer(self, answer: Any) -> Any:
        self._answers.append(answer)
        await others()
        return self._answers.popleft()

    async def size(self) -> int:
        return int(await self._answer(await super().size()))

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        found = await super().get_memory(mark, exclude_mark, prepend_summary)
        return list(await self._answer(found))


@mutant("stored-with-the-next", "CAN-03")
class StoredWithTheNext(Kept):
    """A cancelled change stays in the session, and is stored with the next one."""

    _locks: ClassVar[defaultdict[Path, asyncio.Lock]] = defaultdict(asyncio.Lock)

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        async with self._locks[self._file(self._key())]:
            self._load()
            await InMemoryMemory.add(self, memories, marks)
            await others()
            self._store()


@mutant("lock-file-kept", "CAN-03")
class LockFileKept(Kept):
    """A cancelled addition leaves its lock file behind, and every other one fails."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        lock = self._file(self._key()).with_suffix(".lock")
        lock.touch(exist_ok=False)
        await others()
        await super().add(memories, marks)
        lock.unlink()


@mutant("cancellation-swallowed", "CAN-04")
class CancellationSwallowed(InMemoryMemory):
    """An operation that is cancelled takes no notice."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        with suppress(asyncio.CancelledError):
            await others()
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("cancellation-renamed", "CAN-04")
class CancellationRenamed(InMemoryMemory):
    """An operation that is cancelled raises another error instead."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        try:
            await others()
        except BaseException as error:
            raise RuntimeError("the statement failed") from error


@mutant("lock-of-another-released", "CAN-05")
class LockOfAnotherReleased(InMemoryMemory):
    """Who is cancelled while waiting for the lock releases it, although another one has it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = asyncio.Lock()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        try:
            await self._lock.acquire()
            entries = dict(self._entries)
            await super().add(memories, marks)
            entries, self._entries = self._entries, entries
            await others()
            self._entries = entries
        finally:
            self._lock.release()


@mutant("cancelled-together", "CAN-05")
class CancelledTogether(InMemoryMemory):
    """Reads at the same time wait for one task, which is cancelled with the first of them."""

    _arriving: asyncio.Task[None] | None = None

    async def _arrive(self) -> None:
        if self._arriving is None or self._arriving.done():
            self._arriving = asyncio.create_task(others())
        await self._arriving

    async def size(self) -> int:
        await self._arrive()
        return await super().size()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        await self._arrive()
        return await super().get_memory(mark, exclude_mark, prepend_summary)
