"""A memory in this process: a list."""

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
    some_marks,
)
from memcert_reference.message import copy_of
from memcert_reference.state import read_state, write_state
from memcert_reference.values import plain_text


class ListMemory(MemoryBase):
    """The messages of one conversation."""

    def __init__(self) -> None:
        self._summary = ""
        self._entries: list[tuple[dict[str, Any], set[str]]] = []

    def _find(self, msg_id: str) -> int | None:
        for position, (record, _) in enumerate(self._entries):
            if record["id"] == msg_id:
                return position
        return None

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        records, names = message_records(memories), mark_list(marks)
        for record in records:
            if self._find(record["id"]) is None:
                self._entries = [*self._entries, (record, set(names))]

    async def delete(self, msg_ids: list[str]) -> int:
        gone = 0
        for msg_id in id_list(msg_ids):
            position = self._find(msg_id)
            if position is not None:
                del self._entries[position]
                gone += 1
        return gone

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = set(some_marks(mark))
        kept = [entry for entry in self._entries if not entry[1] & wanted]
        gone = len(self._entries) - len(kept)
        self._entries = kept
        return gone

    async def size(self) -> int:
        return len(self._entries)

    async def clear(self) -> None:
        self._entries = []

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
        for record, marks in self._entries:
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
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        changed = 0
        for position, (record, marks) in enumerate(self._entries):
            if ids is not None and record["id"] not in ids:
                continue
            if old is not None and old not in marks:
                continue
            after = marks - {old}
            if new is not None:
                after.add(new)
            if after != marks:
                self._entries[position] = (record, after)
                changed += 1
        return changed

    async def update_compressed_summary(self, summary: str) -> None:
        self._summary = plain_text(summary, "summary")

    def state_dict(self) -> dict[str, Any]:
        return write_state(self._summary, self._entries)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> None:
        given = read_state(state_dict, strict=flag(strict, "strict"))
        if given.summary is not None:
            self._summary = given.summary
        if given.content is not None:
            self._entries = [(record, set(marks)) for record, marks in given.content]

    async def export_state(self) -> dict[str, Any]:
        return self.state_dict()

    async def import_state(self, state: Mapping[str, Any]) -> None:
        self.load_state_dict(state)
