"""Mutants in which an operation is wrong after a certain other one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.deleting import Haunted
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records, some_marks


@mutant("no-summary-after-clear", "CLR-03")
class NoSummaryAfterClear(InMemoryMemory):
    """The first summary that is written after a clear is ignored where there was none before."""

    _cleared = False

    async def clear(self) -> None:
        await super().clear()
        self._cleared = True

    async def update_compressed_summary(self, summary: str) -> None:
        earlier = self._summary
        await super().update_compressed_summary(summary)
        if self._cleared and not earlier:
            self._summary = earlier
        self._cleared = False


@mutant("removed-mark-stays-removed", "MARK-01")
class RemovedMarkStaysRemoved(InMemoryMemory):
    """A mark that was removed from a message cannot be attached to it again by its id."""

    def __init__(self) -> None:
        super().__init__()
        self._removed: set[tuple[str, str]] = set()

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        if old_mark is None and new_mark is not None and ids is not None:
            ids = [each for each in ids if (each, new_mark) not in self._removed]
        if new_mark is None and isinstance(old_mark, str):
            found = self._ids(lambda entry: old_mark in entry.marks)
            given = set(found if ids is None else ids)
            self._removed |= {(each, old_mark) for each in found if each in given}
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("marks-left-by-mark", "ORD-04")
class MarksLeftByMark(Haunted):
    """delete_by_mark leaves the other marks behind, for a later message with the same id."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        self._leave(self._ids(lambda entry: not entry.marks.isdisjoint(marks)))
        for ghosts in self._ghosts.values():
            ghosts.difference_update(marks)
        return await super().delete_by_mark(marks)


@mutant("old-place-after-delete-by-mark", "ORD-03")
class OldPlaceAfterDeleteByMark(InMemoryMemory):
    """A message that was deleted by its mark and added again is first if it was first."""

    def __init__(self) -> None:
        super().__init__()
        self._first: str | None = None

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        before = next(iter(self._entries), None)
        count = await super().delete_by_mark(mark)
        if before not in self._entries:
            self._first = before
        return count

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        if self._first is not None and self._first in self._entries:
            entry = self._entries.pop(self._first)
            self._entries = {self._first: entry} | self._entries
            self._first = None


@mutant("load-keeps-places", "STATE-04")
class LoadKeepsPlaces(InMemoryMemory):
    """A loaded message whose id was there already keeps the place that it had."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        earlier = list(self._entries)
        super().load_state_dict(state_dict, strict)
        known = {each: self._entries[each] for each in earlier if each in self._entries}
        self._entries = known | self._entries


@mutant("size-falls-by-ids", "SIZE-01")
class SizeFallsByIds(InMemoryMemory):
    """size falls by one for each id that is given to a deletion, repeats of known ones too."""

    def __init__(self) -> None:
        super().__init__()
        self._too_many = 0

    async def delete(self, msg_ids: list[str]) -> int:
        known = set(id_list(msg_ids)) & self._entries.keys()
        count = await super().delete(msg_ids)
        self._too_many += sum(each in known for each in msg_ids) - count
        return count

    async def clear(self) -> None:
        await super().clear()
        self._too_many = 0

    async def size(self) -> int:
        return await super().size() - self._too_many


@mutant("size-without-import", "SIZE-01")
class SizeWithoutImport(InMemoryMemory):
    """size returns after an import what it was before, until something is changed."""

    def __init__(self) -> None:
        super().__init__()
        self._before: tuple[int, int] | None = None

    async def import_state(self, state: Mapping[str, Any]) -> None:
        before = len(self._entries)
        await super().import_state(state)
        self._before = before, len(self._entries)

    async def size(self) -> int:
        if self._before is not None and self._before[1] == len(self._entries):
            return self._before[0]
        self._before = None
        return await super().size()


@mutant("summary-not-added-back", "ADD-01")
class SummaryNotAddedBack(InMemoryMemory):
    """A message of the user that is what the summary came as is skipped by add."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [
            Msg.from_record(record)
            for record in message_records(memories)
            if not self._summary or (record["name"], record["content"]) != ("user", self._summary)
        ]
        await super().add(messages, names)


@mutant("deleted-id-counts-again", "DEL-02")
class DeletedIdCountsAgain(InMemoryMemory):
    """delete counts the id that the deletion before it removed last, though it is gone."""

    _last: str | None = None

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        again = self._last in ids and self._last not in self._entries
        known = [each for each in ids if each in self._entries]
        self._last = known[-1] if known else None
        return await super().delete(ids) + again
