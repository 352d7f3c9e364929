"""Mutants in which two operations of two clients go wrong together, one pair each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.turns import KeptInTurn
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.state import SUMMARY_KEY, read_state
from memcert_reference.values import plain_text


class Selecting(KeptInTurn):
    """A host that has the ids of what an update of marks selects."""

    def _selected(self, old: str | None, msg_ids: list[str] | None) -> list[str]:
        ids = self._entries if msg_ids is None else set(id_list(msg_ids))
        carriers = self._ids(lambda entry: old is None or old in entry.marks)
        return [each for each in carriers if each in ids]


@mutant("marked-back-to-life", "CON-02")
class MarkedBackToLife(Selecting):
    """An update of marks writes the messages that it read, those too that were deleted since."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        async with self._turn("update_messages_mark"):
            self._load()
            read = {} if new == old else {i: self._entries[i] for i in self._selected(old, ids)}
            await others()
            with self._changing():
                self._entries |= {each: read[each] for each in read if each not in self._entries}
                return await InMemoryMemory.update_messages_mark(self, new, old, ids)


@mutant("cleared-marks-of-new", "CON-02")
class ClearedMarksOfNew(KeptInTurn):
    """clear removes the marks of messages that were added meanwhile, and leaves the messages."""

    async def clear(self) -> None:
        async with self._turn("clear"):
            self._load()
            read = set(self._entries)
            await others()
            with self._changing():
                self._remove([each for each in self._entries if each in read])
                for entry in self._entries.values():
                    entry.marks.clear()


@mutant("both-count-marked", "CON-02")
class BothCountMarked(KeptInTurn):
    """Of two deletions by one mark at once both count the same messages."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        async with self._turn("delete_by_mark"):
            self._load()
            count = len(self._ids(lambda entry: not entry.marks.isdisjoint(marks)))
            await others()
            await Kept.delete_by_mark(self, marks)
            return count


@mutant("both-count-ids", "CON-02")
class BothCountIds(KeptInTurn):
    """Of two deletions of one id at once both count the message."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        async with self._turn("delete"):
            self._load()
            count = sum(each in self._entries for each in ids)
            await others()
            await Kept.delete(self, ids)
            return count


@mutant("unmarked-deleted", "CON-08")
class UnmarkedDeleted(KeptInTurn):
    """delete_by_mark removes a message that lost the mark since it was looked for."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        async with self._turn("delete_by_mark"):
            self._load()
            found = self._ids(lambda entry: not entry.marks.isdisjoint(marks))
            await others()
            return await Kept.delete(self, found)


@mutant("both-replace-mark", "CON-08")
class BothReplaceMark(Selecting):
    """Of two replacements of one mark at once both attach their new one, and count that."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        if new is None or old is None or new == old:
            return await super().update_messages_mark(new, old, ids)
        async with self._turn("update_messages_mark"):
            self._load()
            selected = self._selected(old, ids)
            await others()
            with self._changing():
                there = [self._entries[each] for each in selected if each in self._entries]
                for entry in there:
                    entry.marks.discard(old)
                    entry.marks.add(new)
                return len(there)


@mutant("size-counts-uncommitted", "CON-07")
class SizeCountsUncommitted(KeptInTurn):
    """size counts the first half of a batch while another client adds it."""

    _uncommitted: ClassVar[Counter[Path]] = Counter()

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        records = message_records(memories)
        messages = [Msg.from_record(record) for record in records]
        async with self._turn("add"):
            self._load()
            new = [each for each in messages if each.id not in self._entries]
            file = self._file(self._key())
            self._uncommitted[file] += len(new) // 2
            try:
                await others()
            finally:
                self._uncommitted[file] -= len(new) // 2
            await Kept.add(self, messages, names)

    async def size(self) -> int:
        return await super().size() + self._uncommitted[self._file(self._key())]


@mutant("imported-after-clearing", "CON-02")
class ImportedAfterClearing(KeptInTurn):
    """While a state is imported, other clients see a space without messages."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        read_state(state, strict=True)
        async with self._turn("import_state"):
            await Kept.clear(self)
            await others()
            self.load_state_dict(state)


@mutant("imported-before-summary", "CON-02")
class ImportedBeforeSummary(KeptInTurn):
    """While a state is imported, other clients see its messages and the earlier summary."""

    async def import_state(self, state: Mapping[str, Any]) -> None:
        loaded = read_state(state, strict=True)
        async with self._turn("import_state"):
            with self._changing():
                summary = self._summary
                InMemoryMemory.load_state_dict(self, state)
                self._summary = summary
            await others()
            if loaded.summary is not None:
                await Kept.update_compressed_summary(self, loaded.summary)


@mutant("exported-in-two-reads", "CON-02")
class ExportedInTwoReads(KeptInTurn):
    """export_state reads the summary, and the messages a while later."""

    async def export_state(self) -> dict[str, Any]:
        async with self._turn("export_state"):
            summary = self.state_dict()[SUMMARY_KEY]
            await others()
            return self.state_dict() | {SUMMARY_KEY: summary}


@mutant("read-in-two-reads", "CON-02")
class ReadInTwoReads(KeptInTurn):
    """get_memory reads the summary, and the messages a while later."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        flag(prepend_summary, "prepend_summary")
        async with self._turn("get_memory"):
            self._load()
            summary = self._summary
            await others()
            messages = await Kept.get_memory(self, wanted, excluded, prepend_summary=False)
            if prepend_summary and summary:
                messages.insert(0, Msg("user", summary, "user"))
            return messages


@mutant("first-summary-made-twice", "CON-04")
class FirstSummaryMadeTwice(KeptInTurn):
    """Of two first summaries of a new space at once the second one fails."""

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        async with self._turn("update_compressed_summary"):
            file = self._file(self._key())
            new = not file.exists()
            await others()
            if new and file.exists():
                raise RuntimeError("UNIQUE constraint failed")
            await Kept.update_compressed_summary(self, text)


@mutant("deletions-in-deadlock", "CON-02")
class DeletionsInDeadlock(KeptInTurn):
    """Two deletions by id at once lock each other out where one has an id of the other."""

    _locked: ClassVar[defaultdict[Path, set[str]]] = defaultdict(set)

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        async with self._turn("delete"):
            locked = self._locked[self._file(self._key())]
            if not locked.isdisjoint(ids):
                raise RuntimeError("deadlock detected")
            locked |= set(ids)
            try:
                await others()
                return await Kept.delete(self, ids)
            finally:
                locked -= set(ids)


@mutant("delete-writes-all", "CON-06")
class DeleteWritesAll(KeptInTurn):
    """delete writes all that it read, and what was added meanwhile is lost."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        async with self._turn("delete"):
            self._load()
            left = dict(self._entries)
            for msg_id in ids:
                left.pop(msg_id, None)
            await others()
            count = len(self._entries) - len(left)
            self._entries = left
            self._store()
            return count


@mutant("clear-writes-summary", "CON-09")
class ClearWritesSummary(KeptInTurn):
    """clear writes the summary that it read, over one that was written meanwhile."""

    async def clear(self) -> None:
        async with self._turn("clear"):
            self._load()
            summary = self._summary
            await others()
            with self._changing():
                await InMemoryMemory.clear(self)
                self._summary = summary
