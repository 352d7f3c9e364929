"""A memory of your own: it keeps its messages in a dictionary, and is certified at core.

Run ``memcert certify THIS_FILE:Memory``. Change what it does and run it again: what breaks the
contract is printed at once, as a script. ``memcert explain DEL-02`` says what a rule asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert_reference import MemoryBase, Msg

# These check and copy arguments as the contract asks; you may write your own.
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.message import Record, copy_of
from memcert_reference.state import read_state, write_state
from memcert_reference.values import plain_text


class Memory(MemoryBase):
    """The messages of one conversation, gone with this process.

    For one that stays, see "Keep it" in the tutorial: a factory opens it in a space.
    """

    def __init__(self) -> None:
        self._summary = ""
        # By id, in the order of insertion: what the message holds, and its marks.
        self._messages: dict[str, tuple[Record, set[str]]] = {}

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        """Append messages; one whose id is there already is skipped."""
        records, names = message_records(memories), mark_list(marks)
        for record in records:
            self._messages.setdefault(record["id"], (record, {*names}))

    async def delete(self, msg_ids: list[str]) -> int:
        """Remove messages, and return how many went."""
        ids = id_list(msg_ids)
        return len([self._messages.pop(each) for each in ids if each in self._messages])

    async def size(self) -> int:
        """Return the number of messages."""
        return len(self._messages)

    async def clear(self) -> None:
        """Remove all messages; the summary stays."""
        self._messages.clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        """Return messages in the order of insertion, a summary before them."""
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        with_summary = flag(prepend_summary, "prepend_summary")
        first = [Msg("user", self._summary, "user")] if with_summary and self._summary else []
        return first + [
            # A copy: what a caller does to a message must not change the memory.
            Msg.from_record(copy_of(record))
            for record, marks in self._messages.values()
            if (wanted is None or wanted in marks) and excluded not in marks
        ]

    # From here on all is optional: without it, a level says so, as in "core without marks".

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        """Remove the messages that carry a mark, or one of several, and return how many went."""
        wanted = {*some_marks(mark)}
        return await self.delete(
            [each for each, (_, marks) in self._messages.items() if marks & wanted]
        )

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        """Change marks, and return how many messages have others than before."""
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = [*self._messages] if msg_ids is None else id_list(msg_ids)
        changed = 0
        for msg_id in ids:
            if msg_id not in self._messages:
                continue
            record, marks = self._messages[msg_id]
            if old is None or old in marks:
                after = {mark for mark in (*(marks - {old}), new) if mark is not None}
                self._messages[msg_id] = (record, after)
                changed += after != marks
        return changed

    async def update_compressed_summary(self, summary: str) -> None:
        """Replace the summary; "" removes it."""
        self._summary = plain_text(summary, "summary")

    def state_dict(self) -> dict[str, Any]:
        """Return all there is, as JSON data."""
        return write_state(self._summary, self._messages.values())

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Become what a state says; without ``strict``, what it lacks stays as it is."""
        state = read_state(state_dict, strict=flag(strict, "strict"))
        if state.summary is not None:
            self._summary = state.summary
        if state.content is not None:
            self._messages = {record["id"]: (record, {*marks}) for record, marks in state.content}
