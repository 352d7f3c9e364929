"""Mutants that go wrong at the end of a page, a chunk or a packet, and at its limit."""

from __future__ import annotations

from typing import Any, cast

from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.ways import Exported
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import id_list, mark_list, message_records
from memcert_reference.json_text import dump_json
from memcert_reference.state import CONTENT_KEY
from memcert_reference.values import JSONValue


class ReadingPages(InMemoryMemory):
    """A host that reads the messages in pages of its own."""

    def _paged(self, messages: list[Msg]) -> list[Msg]:
        """Return what comes of the messages that are to be read."""
        return messages

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        found = await super().get_memory(mark, exclude_mark, prepend_summary)
        first = 1 if found and found[0].id not in self._entries else 0
        return found[:first] + self._paged(found[first:])


@mutant("page-begins-after-next", "ORD-05")
class PageBeginsAfterNext(ReadingPages):
    """Messages are read 500 at a time, and the one after each 500 is skipped."""

    def _paged(self, messages: list[Msg]) -> list[Msg]:
        return [message for place, message in enumerate(messages) if place % 501 != 500]


@mutant("last-of-page-repeated", "ORD-05")
class LastOfPageRepeated(ReadingPages):
    """Messages are read 256 at a time, and the last of a page is the first of the next again."""

    def _paged(self, messages: list[Msg]) -> list[Msg]:
        read = messages[:256]
        for start in range(256, len(messages), 256):
            again = Msg.from_dict(read[-1].to_dict())
            read += [again, *messages[start : start + 256]]
        return read


@mutant("parameters-of-sql-server", "ARG-05")
class ParametersOfSqlServer(InMemoryMemory):
    """update_messages_mark fails with more than 2,098 ids, as a statement of SQL Server does."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        ids = None if msg_ids is None else id_list(msg_ids)
        if ids is not None and len(ids) > 2_098:
            raise RuntimeError("the request has too many parameters; the maximum is 2100")
        return await super().update_messages_mark(new_mark, old_mark, ids)


@mutant("twenty-five-marked", "ADD-05")
class TwentyFiveMarked(InMemoryMemory):
    """The marks that are given with a batch are attached to its first 25 messages."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        messages = [Msg.from_record(record) for record in message_records(memories)]
        await super().add(messages[:25], names)
        await super().add(messages[25:])


@mutant("count-of-one-byte", "MARK-06")
class CountOfOneByte(InMemoryMemory):
    """update_messages_mark returns its count in one byte, so that 256 is 0."""

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        return await super().update_messages_mark(new_mark, old_mark, msg_ids) % 256


@mutant("packet-over-4-mebibytes", "ARG-05")
class PacketOver4Mebibytes(InMemoryMemory):
    """A batch of several messages fails where they take more than 4 MiB together."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        names = mark_list(marks)
        records = message_records(memories)
        sizes = [len(dump_json(cast(JSONValue, record)).encode()) for record in records]
        if len(sizes) > 1 and sum(sizes) > 4 * 2**20:
            raise RuntimeError("a packet is bigger than max_allowed_packet")
        await super().add([Msg.from_record(record) for record in records], names)


@mutant("exported-marks-of-1024-characters", "EXP-01")
class ExportedMarksOf1024Characters(Exported):
    """export_state cuts the marks of a message, in a row, at 1,024 characters, as MySQL does."""

    def _exported(self, state: dict[str, Any]) -> None:
        for pair in state[CONTENT_KEY]:
            left, marks = 1_024, []
            for mark in pair[1]:
                if left > 0:
                    marks.append(mark[:left])
                left -= len(mark) + 1
            pair[1] = marks


@mutant("rest-of-fifties-left", "DEL-01")
class RestOfFiftiesLeft(InMemoryMemory):
    """delete takes its ids fifty at a time, and none of those after the last full fifty."""

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        return await super().delete(ids if len(ids) < 50 else ids[: len(ids) // 50 * 50])
