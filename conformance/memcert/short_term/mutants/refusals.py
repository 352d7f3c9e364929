"""Mutants that take a bad argument of messages, ids or marks, or refuse it in the wrong way."""

from __future__ import annotations

from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg


@mutant("falsy-is-no-message", "ARG-01")
class FalsyIsNoMessage(InMemoryMemory):
    """add takes anything that counts as false for no message: "", 0, False and {}."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories or None, marks)


@mutant("no-text-is-no-message", "ARG-01")
class NoTextIsNoMessage(InMemoryMemory):
    """add takes the empty string for no message."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        given: Any = memories
        await super().add(None if given == "" else memories, marks)


@mutant("null-in-batch-skipped", "ARG-01")
class NullInBatchSkipped(InMemoryMemory):
    """add skips None in a list of messages."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if isinstance(memories, list):
            memories = [message for message in memories if message is not None]
        await super().add(memories, marks)


@mutant("empty-mark-given-is-none", "VAL-05")
class EmptyMarkGivenIsNone(InMemoryMemory):
    """add takes the empty string for no marks."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, None if marks == "" else marks)


@mutant("false-is-no-mark-given", "VAL-06")
class FalseIsNoMarkGiven(InMemoryMemory):
    """add takes False and 0 for no marks."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        await super().add(memories, None if isinstance(marks, int) and not marks else marks)


@mutant("added-before-bad-mark", "VAL-05")
class AddedBeforeBadMark(InMemoryMemory):
    """add has stored the messages when it refuses a bad mark of a list."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if isinstance(marks, list) and not all(isinstance(each, str) and each for each in marks):
            await super().add(memories)
        await super().add(memories, marks)


@mutant("falsy-ids-delete-none", "ARG-01")
class FalsyIdsDeleteNone(InMemoryMemory):
    """delete takes anything that counts as false for no ids: None, "" and ()."""

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete(msg_ids or [])


@mutant("null-ids-skipped", "VAL-06")
class NullIdsSkipped(InMemoryMemory):
    """delete skips None in a list of ids."""

    async def delete(self, msg_ids: list[str]) -> int:
        if isinstance(msg_ids, list):
            msg_ids = [each for each in msg_ids if each is not None]
        return await super().delete(msg_ids)


@mutant("deleted-before-bad-id", "VAL-06")
class DeletedBeforeBadId(InMemoryMemory):
    """delete has removed some messages when it refuses an id that is no string."""

    async def delete(self, msg_ids: list[str]) -> int:
        if not isinstance(msg_ids, list) or all(isinstance(each, str) for each in msg_ids):
            return await super().delete(msg_ids)
        for msg_id in msg_ids:
            await super().delete([msg_id])
        return len(msg_ids)


@mutant("no-mark-deletes-none", "ARG-01")
class NoMarkDeletesNone(InMemoryMemory):
    """delete_by_mark takes None for no marks."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        return await super().delete_by_mark([] if mark is None else mark)


@mutant("null-marks-skipped", "VAL-06")
class NullMarksSkipped(InMemoryMemory):
    """delete_by_mark skips None in a list of marks."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if isinstance(mark, list):
            mark = [each for each in mark if each is not None]
        return await super().delete_by_mark(mark)


@mutant("empty-mark-in-list-skipped", "VAL-05")
class EmptyMarkInListSkipped(InMemoryMemory):
    """delete_by_mark skips the empty string in a list of marks."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if isinstance(mark, list):
            mark = [each for each in mark if each != ""]
        return await super().delete_by_mark(mark)


@mutant("empty-mark-reads-all", "VAL-05")
class EmptyMarkReadsAll(InMemoryMemory):
    """get_memory takes the empty string for no mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(None if mark == "" else mark, exclude_mark, prepend_summary)


@mutant("empty-mark-excludes-none", "VAL-05")
class EmptyMarkExcludesNone(InMemoryMemory):
    """get_memory takes the empty string for no excluded mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(
            mark, None if exclude_mark == "" else exclude_mark, prepend_summary
        )


@mutant("no-list-of-marks-reads-all", "VAL-06")
class NoListOfMarksReadsAll(InMemoryMemory):
    """get_memory takes an empty list for no mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        given: Any = mark
        return await super().get_memory(
            None if given == [] else mark, exclude_mark, prepend_summary
        )


@mutant("surrogates-excluded", "VAL-05")
class SurrogatesExcluded(InMemoryMemory):
    """get_memory takes an excluded mark with a lone surrogate, which no message carries."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        if isinstance(exclude_mark, str):
            exclude_mark = exclude_mark.encode(errors="replace").decode()
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("no-flag-is-true", "ARG-01")
class NoFlagIsTrue(InMemoryMemory):
    """get_memory takes None for prepend_summary as it takes True."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(
            mark, exclude_mark, True if prepend_summary is None else prepend_summary
        )


@mutant("surprise-read", "ARG-02")
class SurpriseRead(InMemoryMemory):
    """get_memory takes any keyword argument and ignores it."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
        **kwargs: object,
    ) -> list[Msg]:
        return await super().get_memory(mark, exclude_mark, prepend_summary)


@mutant("surprise-after-summary", "ARG-02")
class SurpriseAfterSummary(InMemoryMemory):
    """update_compressed_summary writes the summary before it refuses a keyword argument."""

    async def update_compressed_summary(self, summary: str, **kwargs: object) -> None:
        await super().update_compressed_summary(summary)
        if kwargs:
            raise TypeError("update_compressed_summary() got an unexpected keyword argument")
