"""Mutants of the rules on what outlives a memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_backends.backend import Space
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, message_records, some_marks


class Engine:
    """What memories of one store share, such as a pool of connections."""

    closed = False


@mutant("shared-engine-closed", "LIFE-02")
class SharedEngineClosed(Kept):
    """close closes the engine that other memories use."""

    _engines: ClassVar[dict[Path, Engine]] = {}

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._engine = self._engines.setdefault(self._folder, Engine())

    def _load(self) -> None:
        if self._engine.closed:
            raise RuntimeError("the engine is closed")
        super()._load()

    async def close(self) -> None:
        self._engine.closed = True
        self._engines.pop(self._folder, None)


@mutant("marks-in-process", "DUR-01")
class MarksInProcess(Kept):
    """Marks are held in process only, and gone when the memory is opened again."""

    def _load(self) -> None:
        marks = {msg_id: entry.marks for msg_id, entry in self._entries.items()}
        super()._load()
        for msg_id, entry in self._entries.items():
            entry.marks = marks.get(msg_id, set())


@mutant("order-by-client", "DUR-01", "MIX-02")
class OrderByClient(Kept):
    """Messages are numbered from 0 by each client, so that a restart mixes old and new ones."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._count = 0

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._load()
        earlier = list(self._entries.items())
        await InMemoryMemory.add(self, memories, marks)
        for item in list(self._entries.items())[len(earlier) :]:
            # An equal number of another client's message comes first.
            earlier.insert(min(2 * self._count + 1, len(earlier)), item)
            self._count += 1
        self._entries = dict(earlier)
        self._store()


@mutant("summary-in-process", "DUR-02")
class SummaryInProcess(Kept):
    """The summary is held in process only."""

    def _load(self) -> None:
        summary = self._summary
        super()._load()
        self._summary = summary


@mutant("reads-cached", "DUR-03")
class ReadsCached(Kept):
    """A read after a read comes from a cache, which only this memory's own changes empty."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._fresh = False

    def _store(self) -> None:
        super()._store()
        self._fresh = False

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        if not self._fresh:
            self._load()
            self._fresh = True
        return await InMemoryMemory.get_memory(self, mark, exclude_mark, prepend_summary)


@mutant("summary-cached", "DUR-04")
class SummaryCached(Kept):
    """A memory reads the summary when it is opened, and sees only its own changes of it."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        super()._load()

    def _load(self) -> None:
        summary = self._summary
        super()._load()
        self._summary = summary


@mutant("one-process", "DUR-05")
class OneProcess(Kept):
    """What is stored is shared by the memories of one process only."""

    _texts: ClassVar[dict[Path, str]] = {}

    def _read(self, file: Path) -> str | None:
        return self._texts.get(file)

    def _write(self, file: Path, text: str) -> None:
        self._texts[file] = text


@mutant("deletes-its-own", "DUR-06")
class DeletesItsOwn(Kept):
    """delete removes what this memory added, and nothing that another client did."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._own: set[str] = set()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        self._own |= {record["id"] for record in message_records(memories)}
        await super().add(memories, marks)

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete([each for each in id_list(msg_ids) if each in self._own])


@mutant("mark-index-in-process", "DUR-06", "MIX-03")
class MarkIndexInProcess(Kept):
    """delete_by_mark finds the messages only that were there when this memory last added one."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._known: set[str] = set()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        self._known |= self._entries.keys()

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        self._load()
        found = self._ids(lambda entry: not entry.marks.isdisjoint(marks))
        count = self._remove([msg_id for msg_id in found if msg_id in self._known])
        self._store()
        return count


@mutant("empty-store-raises", "DUR-07")
class EmptyStoreRaises(Kept):
    """The first addition to a store makes its tables; any other operation before it raises."""

    async def size(self) -> int:
        if not any(self._folder.iterdir()):
            raise RuntimeError("no such table")
        return await super().size()

    async def update_compressed_summary(self, summary: str) -> None:
        if not any(self._folder.iterdir()):
            raise RuntimeError("no such table")
        await super().update_compressed_summary(summary)


@mutant("load-not-kept", "DUR-08")
class LoadNotKept(Kept):
    """What load_state_dict loaded is kept with the next change only."""

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        self._load()
        InMemoryMemory.load_state_dict(self, state, strict)


@mutant("lost-update", "MIX-03")
class LostUpdate(Kept):
    """Marks are changed on what this memory saw last, and other clients' changes are lost."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if self._text is None:
            self._load()
        changed = await InMemoryMemory.update_messages_mark(self, new_mark, old_mark, msg_ids)
        self._store()
        return changed


@mutant("number-is-count", "MIX-01", "ORD-03")
class NumberIsCount(InMemoryMemory):
    """The number of a new message is the count of messages, so that a deletion repeats one."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        for record in message_records(memories):
            if record["id"] not in self._entries:
                self._numbers[record["id"]] = len(self._entries)
                await super().add(Msg.from_record(record), marks)
        # Messages of one number come in the order of the primary key, which is the id.
        ids = sorted(self._entries, key=lambda msg_id: (self._numbers[msg_id], msg_id))
        self._entries = {msg_id: self._entries[msg_id] for msg_id in ids}


@mutant("duplicate-restores-marks", "MIX-01")
class DuplicateRestoresMarks(InMemoryMemory):
    """Adding a message again gives it the marks that it was first added with."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, set[str]] = {}

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for record in message_records(memories):
            entry = self._entries[record["id"]]
            entry.marks |= self._first.setdefault(record["id"], set(entry.marks))

    async def delete(self, msg_ids: list[str]) -> int:
        count = await super().delete(msg_ids)
        self._first = {each: self._first[each] for each in self._first if each in self._entries}
        return count
