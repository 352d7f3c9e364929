"""Mutants in which an operation that is cancelled is half done, or leaves something behind."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.turns import InTurn, KeptInTurn
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import (
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.state import read_state
from memcert_reference.values import plain_text

SECONDS_IN_VAIN = 0.1
"""How long an operation waits for a turn that it never gets, in seconds."""


def halves(ids: list[str]) -> tuple[list[str], list[str]]:
    """Return the first half of some ids, the larger one, and the second."""
    middle = (len(ids) + 1) // 2
    return ids[:middle], ids[middle:]


@mutant("half-marked", "CAN-01")
class HalfMarked(InTurn):
    """An update of marks that is cancelled leaves half of the messages marked."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        optional_mark(new_mark, "new_mark")
        optional_mark(old_mark, "old_mark")
        given = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            changed = 0
            for ids in halves(list(self._entries) if given is None else given):
                changed += await InMemoryMemory.update_messages_mark(self, new_mark, old_mark, ids)
                await others()
            return changed


@mutant("old-mark-gone-new-not-there", "CAN-01")
class OldMarkGoneNewNotThere(InTurn):
    """A replacement of a mark that is cancelled has removed the old one, and that is all."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        if new is None or old is None or new == old:
            return await super().update_messages_mark(new, old, msg_ids)
        given = None if msg_ids is None else set(id_list(msg_ids))
        async with self._turn("update_messages_mark"):
            ids = [
                each
                for each in self._ids(lambda entry: old in entry.marks)
                if given is None or each in given
            ]
            changed = await InMemoryMemory.update_messages_mark(self, None, old, ids)
            await others()
            await InMemoryMemory.update_messages_mark(self, new, None, ids)
            return changed


@mutant("half-deleted-by-mark", "CAN-01")
class HalfDeletedByMark(InTurn):
    """A deletion by mark that is cancelled has removed the messages of the first mark."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        async with self._turn("delete_by_mark"):
            count = 0
            for each in marks:
                count += await InMemoryMemory.delete_by_mark(self, each)
                await others()
            return count


@mutant("half-cleared", "CAN-01")
class HalfCleared(InTurn):
    """A clear that is cancelled has removed the first half of the messages."""

    async def clear(self) -> None:
        async with self._turn("clear"):
            for ids in halves(list(self._entries)):
                self._remove(ids)
                await others()


@mutant("summary-emptied-first", "CAN-01")
class SummaryEmptiedFirst(InTurn):
    """A new summary that is cancelled has removed the old one."""

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        async with self._turn("update_compressed_summary"):
            self._summary = ""
            await others()
            self._summary = text


@mutant("import-emptied-first", "CAN-01")
class ImportEmptiedFirst(InTurn):
    """An import that is cancelled has removed what was there."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        read_state(state, strict=True)
        async with self._turn("import_state"):
            self._entries.clear()
            await others()
            InMemoryMemory.load_state_dict(self, state)


@mutant("undoing-cancelled", "CAN-01")
class UndoingCancelled(InTurn):
    """A deletion that is cancelled is undone, unless that is cancelled too."""

    async def delete(self, msg_ids: list[str]) -> int:
        first, second = halves([each for each in id_list(msg_ids) if each in self._entries])
        async with self._turn("delete"):
            earlier = dict(self._entries)
            count = await InMemoryMemory.delete(self, first)
            try:
                await others()
            except asyncio.CancelledError:
                await others()
                self._entries = earlier
                raise
            return count + await InMemoryMemory.delete(self, second)


@mutant("cleared-later", "CAN-01")
class ClearedLater(InTurn):
    """A clear that is cancelled happens all the same, after later operations."""

    async def clear(self) -> None:
        async def later() -> None:
            await others()
            await InMemoryMemory.clear(self)

        async with self._turn("clear"):
            self._later = asyncio.create_task(later())
            await asyncio.shield(self._later)


@mutant("known-before-stored", "CAN-02")
class KnownBeforeStored(InTurn):
    """What an addition that was cancelled would have added is skipped when it is added again."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        async with self._turn("add"):
            new = [message for message in messages if message.id not in self._known]
            self._known |= {message.id for message in new}
            await others()
            await InMemoryMemory.add(self, new, names)
            self._known -= {message.id for message in new}


@mutant("turn-of-the-cancelled", "CAN-05")
class TurnOfTheCancelled(InTurn):
    """Who is cancelled while waiting for its turn is given it all the same, and keeps it."""

    slow = "update_messages_mark"

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def _turn(self, operation: str) -> AsyncIterator[None]:
        if self._busy:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            async with asyncio.timeout(SECONDS_IN_VAIN):
                await turn
        self._busy = True
        try:
            if operation == self.slow:
                await others()
            yield
        finally:
            if self._waiting:
                following = self._waiting.popleft()
                if not following.done():
                    following.set_result(None)
            else:
                self._busy = False


@mutant("read-only-after-export", "CAN-02")
class ReadOnlyAfterExport(InTurn):
    """A memory whose export was cancelled takes no summary any more."""

    _read_only = False

    async def export_state(self) -> dict[str, Any]:
        async with self._turn("export_state"):
            self._read_only = True
            await others()
            self._read_only = False
            return await InMemoryMemory.export_state(self)

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        async with self._turn("update_compressed_summary"):
            if self._read_only:
                raise RuntimeError("the transaction is read-only")
            await InMemoryMemory.update_compressed_summary(self, text)


@mutant("marking-not-cancelled", "CAN-04")
class MarkingNotCancelled(InTurn):
    """An update of marks that is cancelled returns 0 as if there was nothing to mark."""

    slow = "update_messages_mark"

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        try:
            return await super().update_messages_mark(new_mark, old_mark, msg_ids)
        except asyncio.CancelledError:
            return 0


@mutant("import-lock-kept", "CAN-03")
class ImportLockKept(KeptInTurn):
    """An import that is cancelled leaves its lock file behind, and no other import works."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        read_state(state, strict=True)
        lock = self._file(self._key()).with_suffix(".import")
        async with self._turn("import_state"):
            lock.touch(exist_ok=False)
            await others()
            self.load_state_dict(state)
            lock.unlink()


@mutant("turn-of-the-store-kept", "CAN-03")
class TurnOfTheStoreKept(KeptInTurn):
    """A deletion by mark that is cancelled keeps its turn, and every other one waits in vain."""

    _locks: ClassVar[defaultdict[Path, asyncio.Lock]] = defaultdict(asyncio.Lock)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        lock = self._locks[self._file(self._key())]
        async with self._turn("delete_by_mark"):
            async with asyncio.timeout(SECONDS_IN_VAIN):
                await lock.acquire()
            await others()
            count = await Kept.delete_by_mark(self, marks)
            lock.release()
            return count
