"""Mutants of the rules on ``add`` and on the order that it gives."""

from __future__ import annotations

import asyncio
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records

PAGE = 64
"""How many messages a page holds."""


class MarkList(list[str]):
    """The marks of a message as a list, with the methods of a set."""

    def add(self, mark: str) -> None:
        """Attach a mark, though it may be there already."""
        self.append(mark)

    def isdisjoint(self, marks: list[str]) -> bool:
        """Tell whether none of some marks is attached."""
        return set(self).isdisjoint(marks)


class Sorted(InMemoryMemory):
    """A host that puts the messages into another order after every addition."""

    def _place(self, position: int, msg_id: str) -> Any:
        """Return what a message is sorted by."""
        return position

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        ids = sorted(
            enumerate(self._entries), key=lambda numbered: self._place(numbered[0], numbered[1])
        )
        self._entries = {msg_id: self._entries[msg_id] for _, msg_id in ids}


@mutant("first-message-only", "ADD-01")
class FirstMessageOnly(InMemoryMemory):
    """Of a list of messages only the first is added."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories[:1] if isinstance(memories, list) else memories, marks)


@mutant("newest-first", "ADD-01", "ORD-01")
class NewestFirst(InMemoryMemory):
    """Messages are read from the newest to the oldest."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        earlier, self._entries = self._entries, {}
        new = [each for each in message_records(memories) if each["id"] not in earlier]
        await super().add([Msg.from_record(record) for record in reversed(new)], marks)
        self._entries |= earlier


@mutant("empty-list-raises", "ADD-02")
class EmptyListRaises(InMemoryMemory):
    """add of an empty list raises, as an INSERT without rows does."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if memories == []:
            raise RuntimeError("no rows to insert")
        await super().add(memories, marks)


@mutant("duplicate-overwrites", "ADD-03")
class DuplicateOverwrites(InMemoryMemory):
    """A message whose id is there already replaces the content."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for record in message_records(memories):
            self._entries[record["id"]].record = record


@mutant("duplicate-gets-marks", "ADD-03")
class DuplicateGetsMarks(InMemoryMemory):
    """A message that is there already gets the marks given with it."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for record in message_records(memories):
            self._entries[record["id"]].marks.update(mark_list(marks))


@mutant("duplicate-raises", "ADD-03", "ADD-04")
class DuplicateRaises(InMemoryMemory):
    """A message whose id is there already raises, as a primary key does."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        given = memories if isinstance(memories, list) else [memories] if memories else []
        ids = [*self._entries, *(message.id for message in given if isinstance(message, Msg))]
        if len(set(ids)) < len(ids):
            raise RuntimeError("UNIQUE constraint failed")
        await super().add(memories, marks)


@mutant("last-of-equal-ids", "ADD-04")
class LastOfEqualIds(InMemoryMemory):
    """Of messages with equal ids in one call the last wins."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        message_records(memories)
        if isinstance(memories, list):
            memories = list({message.id: message for message in memories}.values())
        await super().add(memories, marks)


@mutant("first-mark-only", "ADD-05")
class FirstMarkOnly(InMemoryMemory):
    """Of a list of marks only the first is attached."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, mark_list(marks)[:1])


@mutant("first-message-marked", "ADD-05")
class FirstMessageMarked(InMemoryMemory):
    """Of a list of messages only the first gets the marks."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        mark_list(marks)
        records = message_records(memories)
        for place, record in enumerate(records):
            await super().add(Msg.from_record(record), None if place else marks)


@mutant("marks-counted", "ADD-06")
class MarksCounted(InMemoryMemory):
    """The marks of a message are a list: one that is given twice must be removed twice."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        earlier = set(self._entries)
        await super().add(memories, marks)
        for msg_id in self._entries.keys() - earlier:
            given: Any = MarkList([marks] if isinstance(marks, str) else marks or [])
            self._entries[msg_id].marks = given


@mutant("half-a-batch", "ADD-07")
class HalfABatch(InMemoryMemory):
    """Of a batch, what came before a bad message is stored."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        for message in memories if isinstance(memories, list) else [memories]:
            await super().add(message, marks)


@mutant("copied-late", "ADD-08")
class CopiedLate(InMemoryMemory):
    """The messages are copied after the first await, when the caller goes on already."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await asyncio.sleep(0)
        await super().add(memories, marks)


@mutant("metadata-shared", "ADD-08")
class MetadataShared(InMemoryMemory):
    """The metadata of a stored message is the caller's own object."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for message in memories if isinstance(memories, list) else [memories] if memories else []:
            self._entries[message.id].record["metadata"] = message.metadata


@mutant("own-objects-returned", "ADD-09")
class OwnObjectsReturned(InMemoryMemory):
    """A read returns messages whose content and metadata are the memory's own objects."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        for message in messages:
            if message.id in self._entries:
                message.__dict__.update(self._entries[message.id].record)
        return messages


@mutant("order-by-timestamp", "ORD-01")
class OrderByTimestamp(Sorted):
    """Messages are read in the order of their timestamps."""

    def _place(self, position: int, msg_id: str) -> Any:
        return self._entries[msg_id].record["timestamp"]


@mutant("order-by-id", "ORD-01")
class OrderById(Sorted):
    """Messages of one timestamp are read in the order of their ids."""

    def _place(self, position: int, msg_id: str) -> Any:
        return msg_id


@mutant("order-of-marking", "ORD-02")
class OrderOfMarking(InMemoryMemory):
    """A read with a mark returns the messages in the order in which they were marked."""

    def __init__(self) -> None:
        super().__init__()
        self._marked: dict[str, None] = {}

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        changed = await super().update_messages_mark(new_mark, old_mark, msg_ids)
        self._marked |= dict.fromkeys(msg_ids or ())
        return changed

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if mark is None:
            return messages
        places = {msg_id: place for place, msg_id in enumerate(self._marked)}
        return sorted(messages, key=lambda message: places.get(message.id, -1))


@mutant("old-place", "ORD-03")
class OldPlace(Sorted):
    """A message that was deleted and added again comes where it was before."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[str, int] = {}

    def _place(self, position: int, msg_id: str) -> Any:
        return self._places.setdefault(msg_id, len(self._places))


@mutant("ghost-marks", "ORD-04")
class GhostMarks(InMemoryMemory):
    """delete leaves the marks behind, for a later message with the same id."""

    def __init__(self) -> None:
        super().__init__()
        self._ghosts: dict[str, set[str]] = {}

    async def delete(self, msg_ids: list[str]) -> int:
        self._ghosts |= {
            msg_id: self._entries[msg_id].marks
            for msg_id in id_list(msg_ids)
            if msg_id in self._entries
        }
        return await super().delete(msg_ids)

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        for msg_id in self._entries.keys() & self._ghosts.keys():
            self._entries[msg_id].marks |= self._ghosts.pop(msg_id)


@mutant("order-as-text", "ORD-05")
class OrderAsText(InMemoryMemory):
    """The numbers of the messages of a call are compared as text, so that 10 comes before 9."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        records = sorted(
            enumerate(message_records(memories)), key=lambda numbered: str(numbered[0])
        )
        await super().add([Msg.from_record(record) for _, record in records], marks)


@mutant("one-page", "ORD-05")
class OnePage(InMemoryMemory):
    """A read returns the first page of messages only."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        return messages[:PAGE]
