"""Mutants that compare names as databases' collations, prefixes of indexes and patterns do."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import ClassVar

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.look_alike_ids import (
    ComparingToAdd,
    ComparingToDelete,
    ComparingToMark,
)
from memcert.short_term.mutants.look_alike_marks import Filtering
from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, optional_mark, some_marks
from memcert_reference.json_text import dump_json


@mutant("deletes-uuids-without-dashes", "VAL-02")
class DeletesUuidsWithoutDashes(ComparingToDelete):
    """delete takes an id that is a UUID for the same with and without its dashes."""

    def _compared(self, msg_id: str) -> str:
        bare = msg_id.replace("-", "")
        return bare if re.fullmatch("[0-9a-f]{32}", bare) else msg_id


@mutant("adds-ids-without-accents", "VAL-02")
class AddsIdsWithoutAccents(ComparingToAdd):
    """A message is skipped if one is there whose id differs in accents only."""

    def _compared(self, msg_id: str) -> str:
        apart = unicodedata.normalize("NFD", msg_id)
        return "".join(each for each in apart if not unicodedata.combining(each))


@mutant("adds-ids-without-last-newline", "VAL-02")
class AddsIdsWithoutLastNewline(ComparingToAdd):
    """A message is skipped if one is there whose id differs in a newline at its end only."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.removesuffix("\n")


@mutant("marks-ids-of-any-emoji", "VAL-02")
class MarksIdsOfAnyEmoji(ComparingToMark):
    """update_messages_mark takes all characters of four bytes in ids for one and the same."""

    def _compared(self, msg_id: str) -> str:
        return re.sub("[\U00010000-\U0010ffff]", "\ufffd", msg_id)


@mutant("excludes-without-last-blank", "VAL-03")
class ExcludesWithoutLastBlank(Filtering):
    """exclude_mark compares marks without the blanks at their end, as PAD SPACE does."""

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
                and (
                    excluded is None
                    or all(each.rstrip(" ") != excluded.rstrip(" ") for each in marks)
                )
            ),
        )


@mutant("reads-mark-without-soft-hyphens", "VAL-03")
class ReadsMarkWithoutSoftHyphens(Filtering):
    """A read by a mark takes no notice of soft hyphens, which ICU's collations ignore."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        bare = None if wanted is None else wanted.replace("\u00ad", "")
        return await self._read(
            prepend_summary,
            lambda marks: (
                (bare is None or any(each.replace("\u00ad", "") == bare for each in marks))
                and excluded not in marks
            ),
        )


@mutant("deletes-marks-of-either-sigma", "VAL-03")
class DeletesMarksOfEitherSigma(InMemoryMemory):
    """delete_by_mark takes a sigma at the end of a word for any other sigma."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = {each.replace("\u03c2", "\u03c3") for each in some_marks(mark)}
        return self._remove(
            self._ids(
                lambda entry: any(each.replace("\u03c2", "\u03c3") in marks for each in entry.marks)
            )
        )


@mutant("old-mark-by-191-characters", "VAL-03")
class OldMarkBy191Characters(InMemoryMemory):
    """update_messages_mark compares the first 191 characters of the old mark, as an index does."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new, old = optional_mark(new_mark, "new_mark"), optional_mark(old_mark, "old_mark")
        ids = list(self._entries) if msg_ids is None else id_list(msg_ids)
        if old is None or len(old) < 191 or new == old:
            return await super().update_messages_mark(new, old, ids)
        changed = 0
        for entry in (self._entries[each] for each in ids if each in self._entries):
            same = {mark for mark in entry.marks if mark[:191] == old[:191]}
            if same - {new}:
                entry.marks -= same
                entry.marks |= {new} if new is not None else set()
                changed += 1
        return changed


@mutant("key-escaped-by-half", "ISO-04")
class KeyEscapedByHalf(Kept):
    """Colons in the names of a space are escaped with backslashes, and backslashes are not."""

    def _key(self) -> str:
        return ":".join(name.replace(":", r"\:") for name in (self.user_id, self.session_id))


@mutant("clear-by-pattern", "ISO-03")
class ClearByPattern(Kept):
    """clear takes the session for a pattern, and empties every session of the user it matches."""

    _sessions: ClassVar[defaultdict[tuple[Path, str], set[str]]] = defaultdict(set)

    def _store(self) -> None:
        super()._store()
        self._sessions[self._folder, self.user_id].add(self.session_id)

    async def clear(self) -> None:
        await super().clear()
        if any(sign in self.session_id for sign in "*?["):
            sessions = self._sessions[self._folder, self.user_id] - {self.session_id}
            for name in fnmatch.filter(sessions, self.session_id):
                self._file(dump_json([self.user_id, name])).unlink(missing_ok=True)
