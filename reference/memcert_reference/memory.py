"""The reference: a memory that holds its content in process and defines the contract exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.base import MemoryBase
from memcert_reference.message import Msg, Record, copy_of
from memcert_reference.state import read_state, write_state
from memcert_reference.values import plain_text


class _Entry:
    """A message of the memory and its marks."""

    __slots__ = ("marks", "record")

    def __init__(self, record: Record, marks: list[str]) -> None:
        self.record = record
        self.marks = set(marks)


class InMemoryMemory(MemoryBase):
    """A memory in this process, gone with it.

    Every operation takes time in proportion to the messages it looks at, at most: a dictionary
    keeps the order of insertion, and finds, skips and removes by id in constant time.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._summary = ""

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        names = mark_list(marks)
        for record in message_records(memories):
            self._entries.setdefault(record["id"], _Entry(record, names))

    async def delete(self, msg_ids: list[str]) -> int:
        return self._remove([msg_id for msg_id in id_list(msg_ids) if msg_id in self._entries])

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        return self._remove(self._ids(lambda entry: not entry.marks.isdisjoint(marks)))

    async def size(self) -> int:
        return len(self._entries)

    async def clear(self) -> None:
        self._entries.clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        messages = []
        if flag(prepend_summary, "prepend_summary") and self._summary:
            messages.append(Msg(name="user", content=self._summary, role="user"))
        messages.extend(
            Msg.from_record(copy_of(entry.record))
            for entry in self._entries.values()
            if (wanted is None or wanted in entry.marks)
            and (excluded is None or excluded not in entry.marks)
        )
        return messages

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = self._entries if msg_ids is None else id_list(msg_ids)
        if new == old:
            return 0
        changed = 0
        for msg_id in ids:
            entry = self._entries.get(msg_id)
            if entry is None or (old is not None and old not in entry.marks):
                continue
            if old is not None:
                entry.marks.remove(old)
            elif new in entry.marks:
                continue
            if new is not None:
                entry.marks.add(new)
            changed += 1
        return changed

    async def update_compressed_summary(self, summary: str) -> None:
        self._summary = plain_text(summary, "summary")

    def state_dict(self) -> dict[str, Any]:
        return write_state(
            self._summary, ((entry.record, entry.marks) for entry in self._entries.values())
        )

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        loaded = read_state(state_dict, strict=flag(strict, "strict"))
        if loaded.summary is not None:
            self._summary = loaded.summary
        if loaded.content is not None:
            self._entries = {
                record["id"]: _Entry(record, marks) for record, marks in loaded.content
            }

    async def export_state(self) -> dict[str, Any]:
        return self.state_dict()

    async def import_state(self, state: Mapping[str, Any]) -> None:
        self.load_state_dict(state)

    def _ids(self, matches: Callable[[_Entry], bool]) -> list[str]:
        return [msg_id for msg_id, entry in self._entries.items() if matches(entry)]

    def _remove(self, ids: list[str]) -> int:
        for msg_id in ids:
            del self._entries[msg_id]
        return len(ids)
