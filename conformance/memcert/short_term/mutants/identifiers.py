"""Mutants of the rules on ids and marks: which are the same, and which are refused."""

from __future__ import annotations

import copy
import fnmatch
import unicodedata
from typing import Any

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, message_records


class Spelling(InMemoryMemory):
    """A host that spells marks, and the ids of messages, in its own way before it checks them."""

    def _mark(self, mark: Any) -> Any:
        return mark

    def _id(self, msg_id: Any) -> Any:
        return msg_id

    def _marks(self, marks: Any) -> Any:
        if isinstance(marks, list):
            return [self._mark(mark) for mark in marks]
        return None if marks is None else self._mark(marks)

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        if isinstance(memories, list):
            memories = [copy.copy(message) for message in memories]
            for message in memories:
                if isinstance(message, Msg):
                    message.id = self._id(message.id)
        await super().add(memories, self._marks(marks))

    async def delete(self, msg_ids: list[str]) -> int:
        return await super().delete([self._id(msg_id) for msg_id in msg_ids])

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        return await super().delete_by_mark(self._marks(mark))

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(
            self._marks(mark), self._marks(exclude_mark), prepend_summary
        )

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else [self._id(msg_id) for msg_id in msg_ids]
        return await super().update_messages_mark(self._marks(new_mark), self._marks(old_mark), ids)


class Collated(InMemoryMemory):
    """A host that takes ids for one another if they collate alike, as a column of a table may."""

    def _collated(self, msg_id: str) -> str:
        return msg_id

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        known = {self._collated(msg_id) for msg_id in self._entries}
        for record in message_records(memories):
            if self._collated(record["id"]) not in known:
                known.add(self._collated(record["id"]))
                await super().add(Msg.from_record(record), marks)

    async def delete(self, msg_ids: list[str]) -> int:
        wanted = {self._collated(msg_id) for msg_id in id_list(msg_ids)}
        return self._remove([each for each in self._entries if self._collated(each) in wanted])


@mutant("joined-marks", "VAL-01")
class JoinedMarks(InMemoryMemory):
    """The marks of a message are kept as one string, joined with colons, and split again."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        given = [marks] if isinstance(marks, str) else marks
        await super().add(memories, given and list(filter(None, ":".join(given).split(":"))))


@mutant("ids-as-patterns", "VAL-01")
class IdsAsPatterns(InMemoryMemory):
    """delete takes ids for patterns, so that * deletes everything."""

    async def delete(self, msg_ids: list[str]) -> int:
        patterns = id_list(msg_ids)
        return self._remove(
            [
                msg_id
                for msg_id in self._entries
                if any(fnmatch.fnmatchcase(msg_id, pattern) for pattern in patterns)
            ]
        )


@mutant("ids-without-case", "VAL-02")
class IdsWithoutCase(Collated):
    """Ids are compared without case."""

    def _collated(self, msg_id: str) -> str:
        return msg_id.casefold()


@mutant("ids-padded", "VAL-02")
class IdsPadded(Collated):
    """Ids are compared without trailing blanks, as SQL's PAD SPACE does."""

    def _collated(self, msg_id: str) -> str:
        return msg_id.rstrip(" ")


@mutant("ids-normalised", "VAL-02")
class IdsNormalised(Collated):
    """Ids are compared in Unicode's normal form C."""

    def _collated(self, msg_id: str) -> str:
        return unicodedata.normalize("NFC", msg_id)


@mutant("marks-without-case", "VAL-03")
class MarksWithoutCase(Spelling):
    """Marks are compared without case."""

    def _mark(self, mark: Any) -> Any:
        return mark.casefold() if isinstance(mark, str) else mark


@mutant("marks-without-accents", "VAL-03")
class MarksWithoutAccents(Spelling):
    """Marks are compared without accents."""

    def _mark(self, mark: Any) -> Any:
        if not isinstance(mark, str):
            return mark
        spread = unicodedata.normalize("NFD", mark)
        return "".join(each for each in spread if not unicodedata.combining(each))


@mutant("marks-trimmed", "VAL-03")
class MarksTrimmed(Spelling):
    """Blanks around a mark are trimmed."""

    def _mark(self, mark: Any) -> Any:
        return mark.strip(" ") if isinstance(mark, str) else mark


@mutant("mark-by-its-text", "VAL-04")
class MarkByItsText(Spelling):
    """A mark that is a member of an enumeration is kept as its str(), which is not its value."""

    def _mark(self, mark: Any) -> Any:
        return str(mark) if isinstance(mark, str) else mark


@mutant("exact-strings-only", "VAL-04")
class ExactStringsOnly(Spelling):
    """An id that is of a subclass of str is refused."""

    def _id(self, msg_id: Any) -> Any:
        if isinstance(msg_id, str) and type(msg_id) is not str:
            raise TypeError("ids must be strings")
        return msg_id


@mutant("long-marks-cut", "VAL-05")
class LongMarksCut(Spelling):
    """A mark of more than 255 characters is cut."""

    def _mark(self, mark: Any) -> Any:
        return mark[:255] if isinstance(mark, str) else mark


@mutant("bad-mark-swallowed", "VAL-05")
class BadMarkSwallowed(InMemoryMemory):
    """Deleting by a mark that cannot be returns 0, where it must be refused."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        try:
            return await super().delete_by_mark(mark)
        except ValueError:
            return 0


@mutant("id-without-nul", "VAL-05")
class IdWithoutNul(Spelling):
    """NUL characters are dropped from an id."""

    def _id(self, msg_id: Any) -> Any:
        return msg_id.replace("\0", "") if isinstance(msg_id, str) else msg_id


@mutant("marks-converted", "VAL-06")
class MarksConverted(Spelling):
    """A mark that is no string is converted to one."""

    def _mark(self, mark: Any) -> Any:
        return mark if isinstance(mark, str) else str(mark)


@mutant("ids-converted", "VAL-06")
class IdsConverted(Spelling):
    """An id that is no string is converted to one."""

    def _id(self, msg_id: Any) -> Any:
        return msg_id if isinstance(msg_id, str) else str(msg_id)
