"""Mutants in which an operation, or an argument, spoils another one that comes later or beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import (
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.memory import _Entry as Entry
from memcert_reference.state import CONTENT_KEY
from memcert_reference.values import plain_text


@mutant("loaded-not-in-index", "STATE-09")
class LoadedNotInIndex(InMemoryMemory):
    """delete_by_mark does not find the messages that were loaded until a mark is changed."""

    def __init__(self) -> None:
        super().__init__()
        self._unindexed: set[Entry] = set()

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state_dict, strict)
        if CONTENT_KEY in state_dict:
            self._unindexed = set(self._entries.values())

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        found = self._ids(lambda entry: not entry.marks.isdisjoint(marks))
        return self._remove([each for each in found if self._entries[each] not in self._unindexed])

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if changed:
            self._unindexed = set()
        return changed


@mutant("filter-stays", "GET-04")
class FilterStays(InMemoryMemory):
    """A read without filters leaves out what the read just before it excluded."""

    _excluded: str | None = None

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        excluded = self._excluded if mark is None and exclude_mark is None else exclude_mark
        found = await super().get_memory(mark, excluded, prepend_summary)
        self._excluded = exclude_mark
        return found


@mutant("replaced-mark-moves-last", "ORD-02")
class ReplacedMarkMovesLast(InMemoryMemory):
    """A message whose mark is replaced is last, as a row that is deleted and inserted again."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = set(self._entries if msg_ids is None else id_list(msg_ids))
        moved = self._ids(lambda entry: old is not None and old in entry.marks)
        changed = await super().update_messages_mark(new, old, list(ids))
        if new is not None and new != old:
            for msg_id in moved:
                if msg_id in ids:
                    self._entries[msg_id] = self._entries.pop(msg_id)
        return changed


@mutant("soft-deleted-counted", "DEL-04")
class SoftDeletedCounted(InMemoryMemory):
    """Without ids, update_messages_mark counts the messages too that were deleted by their ids."""

    def __init__(self) -> None:
        super().__init__()
        self._deleted = InMemoryMemory()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        await self._deleted.delete([record["id"] for record in message_records(memories)])

    async def delete(self, msg_ids: list[str]) -> int:
        for msg_id in id_list(msg_ids):
            if msg_id in self._entries:
                self._deleted._entries[msg_id] = self._entries[msg_id]
        return await super().delete(msg_ids)

    async def clear(self) -> None:
        await super().clear()
        await self._deleted.clear()

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if msg_ids is None:
            changed += await self._deleted.update_messages_mark(new_mark, old_mark)
        return changed


@mutant("deleted-by-mark-known", "ORD-03")
class DeletedByMarkKnown(InMemoryMemory):
    """A message that was deleted by its mark is skipped when it is added again before a clear."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        new = [each for each in message_records(memories) if each["id"] not in self._known]
        await super().add([Msg.from_record(record) for record in new], names)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        found = self._ids(lambda entry: not entry.marks.isdisjoint(marks))
        self._known |= set(found)
        return self._remove(found)

    async def clear(self) -> None:
        await super().clear()
        self._known.clear()


@mutant("cleared-marks-not-added", "CLR-03")
class ClearedMarksNotAdded(InMemoryMemory):
    """A mark that messages had when they were cleared is not attached by add any more."""

    def __init__(self) -> None:
        super().__init__()
        self._cleared: set[str] = set()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = [name for name in mark_list(marks) if name not in self._cleared]
        await super().add(memories, names)

    async def clear(self) -> None:
        for entry in self._entries.values():
            self._cleared |= entry.marks
        await super().clear()


@mutant("lenient-load-unmarks", "STATE-06")
class LenientLoadUnmarks(InMemoryMemory):
    """Loading without strict a state that has no messages leaves those there without marks."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state_dict, strict)
        if CONTENT_KEY not in state_dict:
            for entry in self._entries.values():
                entry.marks.clear()


@mutant("unknown-id-and-old-mark", "MARK-09")
class UnknownIdAndOldMark(InMemoryMemory):
    """With an old mark, nothing is changed where one of the ids is unknown."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        if ids and old_mark is not None and not self._entries.keys() >= set(ids):
            ids = []
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("summary-before-last-not-written", "SUM-01")
class SummaryBeforeLastNotWritten(InMemoryMemory):
    """A summary that is the same as the one before the last counts as unchanged."""

    _before = ""

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        if text and text == self._before:
            return
        self._before = self._summary
        await super().update_compressed_summary(text)


@mutant("marks-of-last-add", "ADD-05")
class MarksOfLastAdd(InMemoryMemory):
    """add with an empty list of marks attaches those of the last list that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self._last: list[str] = []

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        await super().add(memories, self._last if marks == [] else names)
        if isinstance(marks, list):
            self._last = names or self._last
