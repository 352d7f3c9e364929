"""A memory in this process whose marks, once attached, stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert_reference import MemoryBase, Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
)
from memcert_reference.message import copy_of
from memcert_reference.state import read_state, write_state
from memcert_reference.values import plain_text


class MemoryWithoutMarks(MemoryBase):
    """The messages of one conversation."""

    def __init__(self) -> None:
        self._summary = ""
        self._records: dict[str, dict[str, Any]] = {}
        self._marks: dict[str, set[str]] = {}

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        records, names = message_records(memories), mark_list(marks)
        for record in records:
            if record["id"] not in self._records:
                self._records[record["id"]] = record
                self._marks[record["id"]] = set(names)

    async def delete(self, msg_ids: list[str]) -> int:
        gone = [each for each in id_list(msg_ids) if each in self._records]
        for each in gone:
            del self._records[each], self._marks[each]
        return len(gone)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        raise NotImplementedError

    async def size(self) -> int:
        return len(self._records)

    async def clear(self) -> None:
        self._records.clear()
        self._marks.clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        found = []
        if flag(prepend_summary, "prepend_summary") and self._summary:
            found.append(Msg("user", self._summary, "user"))
        for msg_id, record in self._records.items():
            marks = self._marks[msg_id]
            if wanted is not None and wanted not in marks:
                continue
            if excluded is not None and excluded in marks:
                continue
            found.append(Msg.from_record(copy_of(record)))
        return found

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        raise NotImplementedError

    async def update_compressed_summary(self, summary: str) -> None:
        self._summary = plain_text(summary, "summary")

    def state_dict(self) -> dict[str, Any]:
        entries = [(record, self._marks[each]) for each, record in self._records.items()]
        return write_state(self._summary, entries)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> None:
        given = read_state(state_dict, strict=flag(strict, "strict"))
        if given.summary is not None:
            self._summary = given.summary
        if given.content is not None:
            self._records = {record["id"]: record for record, _ in given.content}
            self._marks = {record["id"]: set(marks) for record, marks in given.content}

    async def export_state(self) -> dict[str, Any]:
        return self.state_dict()

    async def import_state(self, state: Mapping[str, Any]) -> None:
        self.load_state_dict(state)
