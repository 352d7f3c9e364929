"""Mutants that are right up to some number of messages, ids, marks or parts of a message."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count, islice
from typing import Any, cast

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.record_host import Storing
from memcert.short_term.mutants.ways import Exported, Imported, Saved
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records, some_marks
from memcert_reference.state import CONTENT_KEY


class CountingMarks(InMemoryMemory):
    """A host that marks some of the messages only that an update of marks selects."""

    def _marked(self, ids: list[str], old: str | None, given: bool) -> list[str]:
        """Return those of the selected ids that are marked."""
        return ids

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        given = msg_ids is not None
        ids = list(self._entries) if msg_ids is None else id_list(msg_ids)
        if old_mark is not None:
            ids = [
                each
                for each in ids
                if each in self._entries and old_mark in self._entries[each].marks
            ]
        return await super().update_messages_mark(
            new_mark, old_mark, self._marked(ids, old_mark, given)
        )


@mutant("size-up-to-10000", "SIZE-01")
class SizeUpTo10000(InMemoryMemory):
    """size counts up to 10,000 messages."""

    async def size(self) -> int:
        return min(await super().size(), 10_000)


@mutant("hundred-marked-read", "GET-01")
class HundredMarkedRead(InMemoryMemory):
    """A read by a mark returns 100 messages at most."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        first = 1 if messages and messages[0].id not in self._entries else 0
        return messages if mark is None else messages[: first + 100]


@mutant("thousand-read-without", "GET-02")
class ThousandReadWithout(InMemoryMemory):
    """A read with exclude_mark alone returns 1,000 messages at most."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        first = 1 if messages and messages[0].id not in self._entries else 0
        alone = mark is None and exclude_mark is not None
        return messages[: first + 1_000] if alone else messages


@mutant("first-999-deleted", "DEL-01")
class First999Deleted(InMemoryMemory):
    """delete removes the messages of the first 999 ids that it is given."""

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete(id_list(msg_ids)[:999])


@mutant("last-500-counted", "DEL-02")
class Last500Counted(InMemoryMemory):
    """delete removes 500 messages at a time, and returns how many it removed the last time."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids, removed = id_list(msg_ids), 0
        for start in range(0, len(ids), 500):
            removed = await super().delete(ids[start : start + 500])
        return removed


@mutant("thousand-deleted-by-mark", "DEL-05")
class ThousandDeletedByMark(InMemoryMemory):
    """delete_by_mark removes 1,000 messages at most."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        return self._remove(self._ids(lambda entry: not entry.marks.isdisjoint(marks))[:1_000])


@mutant("first-128-marks-deleted", "DEL-05")
class First128MarksDeleted(InMemoryMemory):
    """delete_by_mark looks for the first 128 marks of a list."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        return await super().delete_by_mark(some_marks(mark)[:128])


@mutant("five-thousand-marked", "MARK-02")
class FiveThousandMarked(CountingMarks):
    """Without ids and without an old mark, the first 5,000 messages are marked."""

    def _marked(self, ids: list[str], old: str | None, given: bool) -> list[str]:
        return ids if given or old is not None else ids[:5_000]


@mutant("first-256-replaced", "MARK-03")
class First256Replaced(CountingMarks):
    """An old mark is replaced on 256 messages at most."""

    def _marked(self, ids: list[str], old: str | None, given: bool) -> list[str]:
        return ids if old is None else ids[:256]


@mutant("hundred-and-first-id-skipped", "MARK-01")
class HundredAndFirstIdSkipped(CountingMarks):
    """Ids are marked a hundred at a time, and the one after each hundred is skipped."""

    def _marked(self, ids: list[str], old: str | None, given: bool) -> list[str]:
        if not given:
            return ids
        return [each for place, each in enumerate(ids) if place % 101 != 100]


@mutant("sixteen-marks-given", "ADD-05")
class SixteenMarksGiven(InMemoryMemory):
    """add attaches the first 16 marks that it is given."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, mark_list(marks)[:16])


@mutant("column-of-1000-characters", "ADD-05")
class ColumnOf1000Characters(InMemoryMemory):
    """The marks that add attaches to a message have 1,000 characters in all at most."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names, length = [], 0
        for mark in mark_list(marks):
            length += len(mark)
            if length <= 1_000:
                names.append(mark)
        await super().add(memories, names)


@mutant("sixty-five-marks", "MARK-01")
class SixtyFiveMarks(CountingMarks):
    """A message that has 64 marks gets no more of them by its id."""

    def _marked(self, ids: list[str], old: str | None, given: bool) -> list[str]:
        if not given or old is not None:
            return ids
        return [
            each for each in ids if each not in self._entries or len(self._entries[each].marks) < 64
        ]


@mutant("last-of-201-lost", "ADD-01")
class LastOf201Lost(InMemoryMemory):
    """A batch is stored 200 messages at a time, and what is left is lost if it is only one."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        if len(messages) > 200 and len(messages) % 200 == 1:
            messages.pop()
        await super().add(messages, names)


@mutant("batch-of-32768-fails", "ARG-05")
class BatchOf32768Fails(InMemoryMemory):
    """add of more than 32,767 messages fails, as a statement of so many parameters does."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if isinstance(memories, list) and len(memories) > 32_767:
            raise RuntimeError("the number of query arguments cannot exceed 32767")
        await super().add(memories, marks)


@mutant("numbers-of-one-byte", "ORD-05")
class NumbersOfOneByte(InMemoryMemory):
    """Messages are ordered by a number of one byte, so that the 257th comes after the first."""

    def __init__(self) -> None:
        super().__init__()
        self._next = count()
        self._numbers: dict[str, int] = {}

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        known = len(self._entries)
        await super().add(memories, marks)
        for msg_id in islice(self._entries, known, None):
            self._numbers[msg_id] = next(self._next) % 256
        ordered = sorted(self._entries, key=lambda each: self._numbers.get(each, -1))
        self._entries = {each: self._entries[each] for each in ordered}


@mutant("hundred-keys", "VAL-14")
class HundredKeys(Storing):
    """The metadata keeps its first 100 keys."""

    def _stored(self, record: Any) -> None:
        record["metadata"] = dict(islice(record["metadata"].items(), 100))


@mutant("first-128-blocks", "VAL-08")
class First128Blocks(Storing):
    """The content keeps its first 128 blocks."""

    def _stored(self, record: Any) -> None:
        if isinstance(record["content"], list):
            del record["content"][128:]


@mutant("no-rows-is-none", "MARK-06")
class NoRowsIsNone(InMemoryMemory):
    """update_messages_mark returns None, as a sum of no rows is, where no id is known."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if msg_ids and self._entries.keys().isdisjoint(msg_ids):
            return cast(int, None)
        return changed


@mutant("thousand-saved", "STATE-01")
class ThousandSaved(Saved):
    """state_dict returns the first 1,000 messages."""

    def _saved(self, state: dict[str, Any]) -> None:
        del state[CONTENT_KEY][1_000:]


@mutant("first-500-loaded", "STATE-03")
class First500Loaded(InMemoryMemory):
    """load_state_dict loads the first 500 messages."""

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state_dict, strict)
        if CONTENT_KEY in state_dict:
            self._remove(list(self._entries)[500:])

    async def import_state(self, state: Mapping[str, Any]) -> None:
        InMemoryMemory.load_state_dict(self, state)


@mutant("first-200-exported", "EXP-01")
class First200Exported(Exported):
    """export_state returns the first 200 messages."""

    def _exported(self, state: dict[str, Any]) -> None:
        del state[CONTENT_KEY][200:]


@mutant("first-1024-imported", "EXP-02")
class First1024Imported(Imported):
    """import_state imports the first 1,024 messages."""

    def _imported(self) -> None:
        self._remove(list(self._entries)[1_024:])
