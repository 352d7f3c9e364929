"""Mutants in which two operations of one memory go wrong together, one pair each."""

from __future__ import annotations

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.turns import InTurn
from memcert_reference import InMemoryMemory
from memcert_reference.arguments import id_list, optional_mark
from memcert_reference.memory import _Entry as Entry


class CopyingMarks(InTurn):
    """A host whose update of marks changes a copy, waits, and takes on what it changed."""

    async def _changed(
        self, new: str | None, old: str | None, msg_ids: list[str] | None
    ) -> tuple[int, dict[str, Entry]]:
        """Return how many messages an update changes, and all messages after it."""
        copy = InMemoryMemory()
        for msg_id, entry in self._entries.items():
            copy._entries[msg_id] = Entry(entry.record, list(entry.marks))
        return await copy.update_messages_mark(new, old, msg_ids), copy._entries


@mutant("add-lost-during-marks", "CON-01")
class AddLostDuringMarks(CopyingMarks):
    """What is added while marks are updated is lost when that ends."""

    hasty = "add"

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            changed, entries = await self._changed(new_mark, old_mark, ids)
            await others()
            self._entries = entries
            return changed


@mutant("marks-over-marks", "CON-01")
class MarksOverMarks(CopyingMarks):
    """Of two updates of marks at once the one that ends last undoes the other one."""

    _updates = 0

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        if not self._updates:
            await self._lock.acquire()
        self._updates += 1
        try:
            changed, entries = await self._changed(new, old, ids)
            await others()
            self._entries = entries
            return changed
        finally:
            self._updates -= 1
            if not self._updates:
                self._lock.release()


@mutant("summary-lost-during-clear", "CON-01")
class SummaryLostDuringClear(InTurn):
    """A summary that is written while the memory is cleared is lost when that ends."""

    hasty = "update_compressed_summary"

    async def clear(self) -> None:
        async with self._turn("clear"):
            summary = self._summary
            await others()
            await InMemoryMemory.clear(self)
            self._summary = summary


@mutant("marks-fail-during-delete", "CON-01")
class MarksFailDuringDelete(InTurn):
    """An update of marks by ids fails if one of the messages is deleted before it ends."""

    hasty = "delete"

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            there = self._entries.keys() & set(ids or ())
            await others()
            if not there <= self._entries.keys():
                raise RuntimeError("the row was deleted by another statement")
            return await InMemoryMemory.update_messages_mark(self, new_mark, old_mark, ids)
