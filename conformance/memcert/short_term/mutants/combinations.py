"""Mutants that go wrong where some arguments of one call come together."""

from __future__ import annotations

from collections import Counter

from memcert.short_term.mutants.marking import Marking
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)


@mutant("exclude-needs-summary", "GET-03")
class ExcludeNeedsSummary(InMemoryMemory):
    """exclude_mark is ignored where there is a mark and prepend_summary is False."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        excluded = optional_mark(exclude_mark, "exclude_mark")
        if mark is not None and not flag(prepend_summary, "prepend_summary"):
            excluded = None
        return await super().get_memory(mark, excluded, prepend_summary)


@mutant("same-mark-twice-found", "GET-03")
class SameMarkTwiceFound(InMemoryMemory):
    """Where mark and exclude_mark are the same, the messages with the mark are returned."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await super().get_memory(
            mark, None if excluded == mark else excluded, prepend_summary
        )


@mutant("summary-with-found-messages", "SUM-03")
class SummaryWithFoundMessages(InMemoryMemory):
    """Where a filter leaves no message, the summary does not come."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        filtered = mark is not None or exclude_mark is not None
        alone = len(messages) == 1 and messages[0].id not in self._entries
        return [] if filtered and alone else messages


@mutant("summary-as-message-left-out", "SUM-03")
class SummaryAsMessageLeftOut(InMemoryMemory):
    """A message whose content is the summary's text is left out where the summary comes."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        return [
            message
            for message in messages
            if message.id not in self._entries
            or not prepend_summary
            or message.content != self._summary
            or not self._summary
        ]


@mutant("carrier-of-both-counts-twice", "MARK-06")
class CarrierOfBothCountsTwice(Marking):
    """A message that loses the old mark and has the new one already counts twice."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        selected = self._selected(optional_mark(old_mark, "old_mark"), msg_ids)
        there = sum(new_mark in self._entries[msg_id].marks for msg_id in selected)
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        return changed if old_mark is None or new_mark == old_mark else changed + there


@mutant("same-mark-attached", "MARK-04")
class SameMarkAttached(InMemoryMemory):
    """Where old and new mark are the same and there are ids, it is attached to these messages."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        if new is not None and new == old and msg_ids is not None:
            await super().update_messages_mark(new, None, msg_ids)
            return 0
        return await super().update_messages_mark(new, old, msg_ids)


@mutant("no-ids-replace-all", "MARK-08")
class NoIdsReplaceAll(InMemoryMemory):
    """An empty list of ids with an old mark selects every message that carries it."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids == [] and old_mark is not None else msg_ids
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("removed-whatever-the-ids", "MARK-09")
class RemovedWhateverTheIds(InMemoryMemory):
    """With ids, an old mark and no new one, the old mark is removed from every message."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        everywhere = bool(ids) and new_mark is None and old_mark is not None
        return await super().update_messages_mark(new_mark, old_mark, None if everywhere else ids)


@mutant("unknown-id-ends-list", "MARK-01")
class UnknownIdEndsList(InMemoryMemory):
    """update_messages_mark stops at the first id that is unknown."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        if ids is not None:
            unknown = [place for place, each in enumerate(ids) if each not in self._entries]
            ids = ids[: unknown[0]] if unknown else ids
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("repeated-id-loses-mark", "MARK-07")
class RepeatedIdLosesMark(InMemoryMemory):
    """With an old mark, a message whose id is given twice does not get the new mark."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        if changed and new_mark is not None and old_mark is not None and msg_ids is not None:
            repeated = [each for each, times in Counter(msg_ids).items() if times > 1]
            await super().update_messages_mark(None, new_mark, repeated)
        return changed


@mutant("known-message-unmarks-batch", "ADD-05")
class KnownMessageUnmarksBatch(InMemoryMemory):
    """In a batch with a message that is there already, the new ones get no marks."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        known = any(record["id"] in self._entries for record in message_records(memories))
        await super().add(memories, None if known else names)


@mutant("known-message-skips-batch", "ADD-03")
class KnownMessageSkipsBatch(InMemoryMemory):
    """A batch that begins with a message that is there already is skipped whole."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        mark_list(marks)
        records = message_records(memories)
        if not records or records[0]["id"] not in self._entries:
            await super().add(memories, marks)


@mutant("first-of-equal-ids-last", "ADD-04")
class FirstOfEqualIdsLast(InMemoryMemory):
    """Of messages with equal ids in one call the first is stored, at the place of the last."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        records = {record["id"]: record for record in message_records(memories)}
        if isinstance(memories, list):
            places = {message.id: place for place, message in enumerate(memories)}
            ordered = sorted(records, key=lambda msg_id: places[msg_id])
            memories = [Msg.from_record(records[msg_id]) for msg_id in ordered]
        await super().add(memories, marks)


@mutant("repeated-id-ends-deletion", "DEL-01")
class RepeatedIdEndsDeletion(InMemoryMemory):
    """delete stops at the first id that was given before."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        same = [each == given for each, given in zip(ids, msg_ids, strict=False)]
        return await super().delete(ids[: same.index(False)] if False in same else ids)


@mutant("unknown-mark-in-list", "DEL-05")
class UnknownMarkInList(InMemoryMemory):
    """delete_by_mark removes nothing where no message carries the first mark of a list."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        if marks and not self._ids(lambda entry: marks[0] in entry.marks):
            return 0
        return await super().delete_by_mark(marks)


@mutant("repeated-mark-counts-twice", "DEL-06")
class RepeatedMarkCountsTwice(InMemoryMemory):
    """delete_by_mark counts the messages twice whose mark is given twice."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        given = mark if isinstance(mark, list) else some_marks(mark)
        marks = some_marks(mark)
        count = await super().delete_by_mark(marks)
        return count * 2 if len(given) > len(marks) else count
