"""A memory in this process that cannot be saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert_reference import Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.message import copy_of
from memcert_reference.values import plain_text


class MemoryWithoutState:
    """The messages of one conversation."""

    def __init__(self) -> None:
        self._summary = ""
        self._records: dict[str, dict[str, Any]] = {}
        self._marks: dict[str, set[str]] = {}

    async def __aenter__(self) -> MemoryWithoutState:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

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
        wanted = set(some_marks(mark))
        return await self.delete([each for each in self._records if self._marks[each] & wanted])

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
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = list(self._records) if msg_ids is None else id_list(msg_ids)
        changed = 0
        for msg_id in ids:
            marks = self._marks.get(msg_id)
            if marks is None or (old is not None and old not in marks):
                continue
            after = marks - {old}
            if new is not None:
                after.add(new)
            if after != marks:
                self._marks[msg_id] = after
                changed += 1
        return changed

    async def update_compressed_summary(self, summary: str) -> None:
        self._summary = plain_text(summary, "summary")

    def state_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> None:
        raise NotImplementedError
