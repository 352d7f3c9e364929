"""Mutants of the rules on what several clients do at the same time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import mark_list, message_records


async def others() -> None:
    """Let others go on: what a memory does that waits for its store.

    It takes a while, so that what meets does so whatever else there is in a program.
    """
    for _ in range(8):
        await asyncio.sleep(0)


@mutant("read-overtaken", "CON-01")
class ReadOvertaken(InMemoryMemory):
    """A read waits before it looks, so that what is started after it takes effect before it."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        await others()
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("clear-overtaken", "CON-01")
class ClearOvertaken(InMemoryMemory):
    """clear waits before it removes anything, and removes what is added after it."""

    async def clear(self) -> None:
        await others()
        await super().clear()


@mutant("read-then-write", "CON-02", "CON-06")
class ReadThenWrite(Kept):
    """add writes what it read before others wrote, so that their changes are lost."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._load()
        await InMemoryMemory.add(self, memories, marks)
        await others()
        self._store()


@mutant("lock-of-one-process", "CON-03")
class LockOfOneProcess(Kept):
    """Changes are made alone in their process, and lose what another process wrote meanwhile."""

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._load()
        yield
        # Nobody else in this process comes in between; another process has the time to.
        time.sleep(0.04)
        self._store()


@mutant("cache-of-one-process", "CON-03")
class CacheOfOneProcess(Kept):
    """The memories of a process share what they read first, and never look again."""

    _texts: ClassVar[dict[Path, str | None]] = {}

    def _read(self, file: Path) -> str | None:
        return self._texts.setdefault(file, super()._read(file))

    def _write(self, file: Path, text: str) -> None:
        super()._write(file, text)
        self._texts[file] = text


@mutant("tables-made-twice", "CON-04")
class TablesMadeTwice(Kept):
    """Who finds no tables makes them, and fails if another made them meanwhile."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        tables = self._folder / "tables"
        if not tables.exists():
            await others()
            tables.mkdir()
        await super().add(memories, marks)


@mutant("tables-made-by-each-process", "CON-04")
class TablesMadeByEachProcess(Kept):
    """Who finds no tables makes them, and fails if another process made them meanwhile."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._make_tables()
        await super().add(memories, marks)

    def _make_tables(self) -> None:
        tables = self._folder / "tables"
        if not tables.exists():
            # Nobody else in this process comes in between; another process has the time to.
            time.sleep(0.02)
            tables.mkdir()


@mutant("checked-then-inserted", "CON-05")
class CheckedThenInserted(Kept):
    """add looks which ids are new, and fails if another stored one before it inserts them."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._load()
        new = [each for each in message_records(memories) if each["id"] not in self._entries]
        await others()
        self._load()
        if any(record["id"] in self._entries for record in new):
            raise RuntimeError("UNIQUE constraint failed")
        await super().add([Msg.from_record(record) for record in new], marks)


@mutant("stored-by-each", "CON-05")
class StoredByEach(Kept):
    """add looks which ids are new, and then appends to a list that has no unique key."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        self._load()
        new = {each["id"]: each for each in reversed(message_records(memories))}
        for msg_id in self._entries:
            new.pop(msg_id, None)
        await others()
        with self._changing():
            for record in reversed(new.values()):
                self.append(record, names)


@mutant("numbers-shared", "CON-06")
class NumbersShared(Kept):
    """Two writers at once give their messages the same numbers, by which they are ordered."""

    _numbers: ClassVar[defaultdict[Path, dict[str, int]]] = defaultdict(dict)

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._load()
        numbers = self._numbers[self._file(self._key())]
        records = message_records(memories)
        following = 1 + max((numbers[each] for each in self._entries), default=0)
        await others()
        with self._changing():
            await InMemoryMemory.add(self, [Msg.from_record(each) for each in records], marks)
            for msg_id in self._entries.keys() - numbers.keys():
                place = next(n for n, record in enumerate(records) if record["id"] == msg_id)
                numbers[msg_id] = following + place
            ids = sorted(self._entries, key=lambda each: (numbers[each], each))
            self._entries = {each: self._entries[each] for each in ids}


@mutant("one-by-one", "CON-07", "CAN-01")
class OneByOne(Kept):
    """A batch is stored message by message, each in a transaction of its own."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        for record in message_records(memories):
            await super().add(Msg.from_record(record), marks)
            await others()


@mutant("deleted-one-by-one", "CON-07")
class DeletedOneByOne(Kept):
    """delete removes one message after the other, each in a transaction of its own."""

    async def delete(self, msg_ids: list[str]) -> int:
        count = 0
        for msg_id in list(msg_ids):
            count += await super().delete([msg_id])
            await others()
        return count


@mutant("marks-read-then-written", "CON-08")
class MarksReadThenWritten(Kept):
    """Marks are read, changed and written back, over those that others attached meanwhile."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        self._load()
        changed = await InMemoryMemory.update_messages_mark(self, new_mark, old_mark, msg_ids)
        await others()
        marks = {msg_id: entry.marks for msg_id, entry in self._entries.items()}
        with self._changing():
            for msg_id, entry in self._entries.items():
                entry.marks = marks.get(msg_id, entry.marks)
        return changed


@mutant("summary-with-the-rest", "CON-09")
class SummaryWithTheRest(Kept):
    """A new summary is written with the whole document, over what others stored meanwhile."""

    async def update_compressed_summary(self, summary: str) -> None:
        self._load()
        await others()
        await InMemoryMemory.update_compressed_summary(self, summary)
        self._store()
