"""Mutants that take ids for one another which are not the same, at one argument."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records


class Comparing(InMemoryMemory):
    """A host that finds the stored ids that are taken for given ones."""

    def _compared(self, msg_id: str) -> Any:
        """Return what an id is compared by."""
        return msg_id

    def _found(self, msg_ids: list[str]) -> list[str]:
        """Return the stored ids that compare equal to one of those given."""
        wanted = {self._compared(msg_id) for msg_id in msg_ids}
        return [each for each in self._entries if self._compared(each) in wanted]


class ComparingToDelete(Comparing):
    """A host that compares ids in its own way when it deletes."""

    async def delete(self, msg_ids: list[str]) -> int:
        return self._remove(self._found(id_list(msg_ids)))


class ComparingToMark(Comparing):
    """A host that compares ids in its own way when it marks."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = msg_ids if msg_ids is None else self._found(id_list(msg_ids))
        return await super().update_messages_mark(new_mark, old_mark, ids)


class ComparingToAdd(Comparing):
    """A host that compares ids in its own way when it looks for those that are there already."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        mark_list(marks)
        known = {self._compared(msg_id) for msg_id in self._entries}
        new = self._unknown(known, message_records(memories))
        await super().add([Msg.from_record(record) for record in new], marks)

    def _unknown(self, known: set[Any], records: Iterable[Any]) -> list[Any]:
        found = []
        for record in records:
            if self._compared(record["id"]) not in known:
                known.add(self._compared(record["id"]))
                found.append(record)
        return found


@mutant("deletes-by-63-characters", "VAL-02")
class DeletesBy63Characters(ComparingToDelete):
    """delete compares the first 63 characters of ids."""

    def _compared(self, msg_id: str) -> str:
        return msg_id[:63]


@mutant("deletes-kelvins", "VAL-02")
class DeletesKelvins(ComparingToDelete):
    """delete takes the Kelvin sign in an id for a k, and no other character for another."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.replace("\u212a", "k")


@mutant("deletes-by-number", "VAL-02")
class DeletesByNumber(ComparingToDelete):
    """delete compares ids that are digits as numbers, so that 1 and 01 are the same."""

    def _compared(self, msg_id: str) -> Any:
        return int(msg_id) if msg_id.isascii() and msg_id.isdigit() else msg_id


@mutant("deletes-decoded", "VAL-01")
class DeletesDecoded(InMemoryMemory):
    """delete decodes the percent signs in ids."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = [unquote(each) if "%" in each else each for each in id_list(msg_ids)]
        return self._remove([each for each in dict.fromkeys(ids) if each in self._entries])


@mutant("deletes-like", "VAL-01")
class DeletesLike(InMemoryMemory):
    """An underscore in an id that is given to delete stands for any character, as in LIKE."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = dict.fromkeys(id_list(msg_ids))
        patterns = [
            re.compile(re.escape(each).replace("_", "."), re.DOTALL) for each in ids if "_" in each
        ]
        return self._remove(
            [
                each
                for each in self._entries
                if each in ids or any(pattern.fullmatch(each) for pattern in patterns)
            ]
        )


@mutant("marks-ids-without-case", "VAL-02")
class MarksIdsWithoutCase(ComparingToMark):
    """update_messages_mark compares ids without case."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.lower()


@mutant("marks-compatible-ids", "VAL-02")
class MarksCompatibleIds(ComparingToMark):
    """update_messages_mark compares ids in Unicode's normal form KC."""

    def _compared(self, msg_id: str) -> str:
        return unicodedata.normalize("NFKC", msg_id)


@mutant("marks-ids-without-last-blank", "VAL-02")
class MarksIdsWithoutLastBlank(ComparingToMark):
    """update_messages_mark compares ids without the blanks at their end."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.rstrip(" ")


@mutant("adds-by-128-characters", "VAL-02")
class AddsBy128Characters(ComparingToAdd):
    """A message is skipped if one is there whose id has the same first 128 characters."""

    def _compared(self, msg_id: str) -> str:
        return msg_id[:128]


@mutant("adds-by-254-characters", "VAL-02")
class AddsBy254Characters(ComparingToAdd):
    """A message is skipped if one is there whose id has the same first 254 characters."""

    def _compared(self, msg_id: str) -> str:
        return msg_id[:254]


@mutant("adds-sharp-s-as-ss", "VAL-02")
class AddsSharpSAsSs(ComparingToAdd):
    """A message is skipped if one is there whose id has ss for its sharp s."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.replace("\u00df", "ss")


@mutant("adds-dotless-i-as-i", "VAL-02")
class AddsDotlessIAsI(ComparingToAdd):
    """A message is skipped if one is there whose id has an i for its dotless i."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.replace("\u0131", "i")


@mutant("batch-without-case", "VAL-02")
class BatchWithoutCase(ComparingToAdd):
    """Of messages of one call whose ids differ in case the first is added only."""

    def _compared(self, msg_id: str) -> str:
        return msg_id.lower()

    def _unknown(self, known: set[Any], records: Iterable[Any]) -> list[Any]:
        return super()._unknown(set(), records)
