"""Mutants of the rules on ``get_memory`` and ``size``."""

from __future__ import annotations

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import optional_mark


@mutant("any-mark-matches", "GET-01")
class AnyMarkMatches(InMemoryMemory):
    """A read with a mark returns the messages that carry any mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(None, exclude_mark, prepend_summary)
        wanted = optional_mark(mark, "mark")
        return [
            message
            for message in messages
            if wanted is None or message.id not in self._entries or self._entries[message.id].marks
        ]


@mutant("exclude-ignored", "GET-02")
class ExcludeIgnored(InMemoryMemory):
    """exclude_mark is ignored unless there is a mark too."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await super().get_memory(mark, mark and excluded, prepend_summary)


@mutant("unmarked-excluded", "GET-02", "GET-05")
class UnmarkedExcluded(InMemoryMemory):
    """Excluding a mark leaves out the messages without marks too, as SQL's <> does with NULL."""

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
            if exclude_mark is None
            or message.id not in self._entries
            or self._entries[message.id].marks
        ]


@mutant("exclude-ignored-with-mark", "GET-03")
class ExcludeIgnoredWithMark(InMemoryMemory):
    """exclude_mark is ignored if there is a mark too."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await super().get_memory(mark, excluded if mark is None else None, prepend_summary)


@mutant("read-unmarks", "GET-04")
class ReadUnmarks(InMemoryMemory):
    """A read with a mark removes the mark from what it returns, as a queue would."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if mark is not None and exclude_mark is None and prepend_summary:
            await super().update_messages_mark(None, mark)
        return messages


@mutant("summary-read-once", "GET-04")
class SummaryReadOnce(InMemoryMemory):
    """The summary is gone once it was read together with messages."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if len(messages) > 1 and messages[0].id not in self._entries:
            self._summary = ""
        return messages


@mutant("unknown-mark-matches-all", "GET-05")
class UnknownMarkMatchesAll(InMemoryMemory):
    """A read with a mark that no message carries returns every message."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        known = any(wanted in entry.marks for entry in self._entries.values())
        return await super().get_memory(mark if known else None, exclude_mark, prepend_summary)


@mutant("empty-space-raises", "GET-06")
class EmptySpaceRaises(InMemoryMemory):
    """update_messages_mark raises in a space without messages."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        if not self._entries:
            raise LookupError("there is no such space")
        return await super().update_messages_mark(new_mark, old_mark, msg_ids)


@mutant("empty-clear-raises", "GET-06")
class EmptyClearRaises(InMemoryMemory):
    """clear raises in a space without messages."""

    async def clear(self) -> None:
        if not self._entries:
            raise LookupError("there is no such space")
        await super().clear()


@mutant("size-never-falls", "SIZE-01")
class SizeNeverFalls(InMemoryMemory):
    """size counts the messages that were added since the last clear."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        before = len(self._entries)
        await super().add(memories, marks)
        self._count += len(self._entries) - before

    async def clear(self) -> None:
        await super().clear()
        self._count = 0

    async def size(self) -> int:
        return self._count


@mutant("size-cached", "SIZE-01")
class SizeCached(InMemoryMemory):
    """size is cached until something is added or deleted by id."""

    def __init__(self) -> None:
        super().__init__()
        self._size: int | None = None

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, marks)
        self._size = None

    async def delete(self, msg_ids: list[str]) -> int:
        self._size = None
        return await super().delete(msg_ids)

    async def size(self) -> int:
        if self._size is None:
            self._size = len(self._entries)
        return self._size


@mutant("summary-counted", "SIZE-02")
class SummaryCounted(InMemoryMemory):
    """size counts the summary."""

    async def size(self) -> int:
        return len(self._entries) + bool(self._summary)
