"""Mutants that take marks for one another which are not the same, at one argument."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Callable

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import mark_list, optional_mark, some_marks


class Filtering(InMemoryMemory):
    """A host that filters messages by their marks when it reads them."""

    async def _read(
        self,
        prepend_summary: bool,
        keeps: Callable[[set[str]], bool],
    ) -> list[Msg]:
        """Return the summary and the messages whose marks are to be kept."""
        return [
            message
            for message in await InMemoryMemory.get_memory(self, None, None, prepend_summary)
            if message.id not in self._entries or keeps(self._entries[message.id].marks)
        ]


@mutant("reads-mark-in-text", "VAL-03")
class ReadsMarkInText(Filtering):
    """A read by a mark finds it in the text of the marks, and so in a longer mark."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await self._read(
            prepend_summary,
            lambda marks: (
                (wanted is None or any(wanted in each for each in marks)) and excluded not in marks
            ),
        )


@mutant("excludes-by-prefix", "VAL-03")
class ExcludesByPrefix(Filtering):
    """exclude_mark leaves out the messages with a mark that begins with it."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await self._read(
            prepend_summary,
            lambda marks: (
                (wanted is None or wanted in marks)
                and not (excluded and any(each.startswith(excluded) for each in marks))
            ),
        )


@mutant("excludes-by-100-characters", "VAL-03")
class ExcludesBy100Characters(Filtering):
    """exclude_mark compares the first 100 characters of marks."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await self._read(
            prepend_summary,
            lambda marks: (
                (wanted is None or wanted in marks)
                and not (excluded and excluded[:100] in {each[:100] for each in marks})
            ),
        )


@mutant("reads-mark-like", "VAL-01")
class ReadsMarkLike(Filtering):
    """A percent sign at the end of the mark of a read stands for anything, as in LIKE."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        if wanted is None or not wanted.endswith("%"):
            return await super().get_memory(mark, exclude_mark, prepend_summary)
        excluded = optional_mark(exclude_mark, "exclude_mark")
        return await self._read(
            prepend_summary,
            lambda marks: (
                any(each.startswith(wanted[:-1]) for each in marks) and excluded not in marks
            ),
        )


@mutant("deletes-one-mark-without-case", "VAL-03")
class DeletesOneMarkWithoutCase(InMemoryMemory):
    """delete_by_mark with a string compares marks without case; with a list it does not."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if not isinstance(mark, str):
            return await super().delete_by_mark(mark)
        wanted = {each.lower() for each in some_marks(mark)}
        return self._remove(
            self._ids(lambda entry: not wanted.isdisjoint(each.lower() for each in entry.marks))
        )


@mutant("deletes-marks-as-patterns", "VAL-01")
class DeletesMarksAsPatterns(InMemoryMemory):
    """delete_by_mark with a list takes its marks for patterns with * and [."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if not isinstance(mark, list):
            return await super().delete_by_mark(mark)
        wanted = some_marks(mark)
        return self._remove(
            self._ids(
                lambda entry: any(
                    fnmatch.fnmatchcase(own, each) for own in entry.marks for each in wanted
                )
            )
        )


@mutant("deletes-marks-split", "VAL-01")
class DeletesMarksSplit(InMemoryMemory):
    """delete_by_mark with a list joins its marks with commas and splits them again."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        if not isinstance(mark, list):
            return await super().delete_by_mark(mark)
        return await super().delete_by_mark(
            [each for each in ",".join(some_marks(mark)).split(",") if each]
        )


@mutant("old-mark-composed", "VAL-03")
class OldMarkComposed(InMemoryMemory):
    """update_messages_mark looks for the old mark in Unicode's normal form C."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        old = optional_mark(old_mark, "old_mark")
        composed = old and unicodedata.normalize("NFC", old)
        return await super().update_messages_mark(new_mark, composed, msg_ids)


@mutant("new-mark-trimmed", "VAL-03")
class NewMarkTrimmed(InMemoryMemory):
    """update_messages_mark trims a blank at the end of the new mark."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new = optional_mark(new_mark, "new_mark")
        trimmed = new and (new.rstrip(" ") or new)
        return await super().update_messages_mark(trimmed, old_mark, msg_ids)


@mutant("new-mark-there-in-other-case", "VAL-03")
class NewMarkThereInOtherCase(InMemoryMemory):
    """A new mark is not attached to a message that carries it in another case."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new = optional_mark(new_mark, "new_mark")
        if new is None or old_mark is not None:
            return await super().update_messages_mark(new_mark, old_mark, msg_ids)
        ids = list(self._entries) if msg_ids is None else msg_ids
        if isinstance(ids, list):
            there = self._ids(lambda entry: new.lower() in {each.lower() for each in entry.marks})
            unmarked = set(there)
            ids = [each for each in ids if not isinstance(each, str) or each not in unmarked]
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("old-and-new-without-case", "VAL-03")
class OldAndNewWithoutCase(InMemoryMemory):
    """update_messages_mark takes old and new mark for the same if they differ in case only."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        alike = new is not None and old is not None and new.lower() == old.lower()
        return await super().update_messages_mark(old if alike else new, old, msg_ids)


@mutant("given-marks-without-accents", "VAL-03")
class GivenMarksWithoutAccents(InMemoryMemory):
    """Of marks given to add that differ in Unicode's normal form only the first is attached."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        first: dict[str, str] = {}
        for mark in mark_list(marks):
            first.setdefault(unicodedata.normalize("NFC", mark), mark)
        await super().add(memories, list(first.values()))
