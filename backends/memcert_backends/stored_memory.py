"""What every memory with a store has in common, so that a backend is its storage and no more.

The public operations check and copy their arguments before anything is sent, wait for their turn,
and hand plain data to a few storage operations, which a backend implements: each of them is
atomic, and none of them sees a bad argument.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar, cast

from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.time_limit import OPERATION_TIMEOUT, checked_seconds, limited
from memcert_reference import MemoryBase, Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.message import Record
from memcert_reference.state import SUMMARY_KEY, read_state, write_state
from memcert_reference.values import JSONValue, identifier, plain_text

ONE_SPACE = "a memory works in one space: open another for another user_id or session_id"
"""Why neither id of a memory can be set."""


class StoredMemory(MemoryBase):
    """A memory whose content lives in a store, in the space of one user and session.

    Operations take effect in the order in which they were started: each waits for its turn.

    Args:
        user_id: whose memory it is.
        session_id: which of the user's sessions it belongs to.
        operation_timeout: how long an operation may take, its wait for its turn included, in
            seconds; None for ever. One that takes longer is given up: it raises `TimeoutError`
            within a second more, and happened wholly or not at all.

    Raises:
        TypeError: an id is not a string, or the limit is not a number.
        ValueError: an id is empty, longer than 255 characters, or holds NUL or lone surrogates; or
            the limit is not more than 0 and finite.
    """

    max_message_bytes: ClassVar[int | None] = None
    """The most bytes that a message's JSON text may take in UTF-8, or None for no limit."""

    def __init__(
        self,
        user_id: str,
        session_id: str,
        operation_timeout: float | None = OPERATION_TIMEOUT,
    ) -> None:
        self._user_id = identifier(user_id, "user_id")
        self._session_id = identifier(session_id, "session_id")
        self.operation_timeout = operation_timeout
        self._turns: tuple[asyncio.AbstractEventLoop | None, asyncio.Lock] = (None, asyncio.Lock())
        self._closed = False
        # The summary as this memory last read or wrote it; None as long as it did neither.
        self._known_summary: str | None = None
        # A summary that was loaded and is not in the store yet: loading cannot wait for a store.
        self._loaded_summary: str | None = None

    @property
    def user_id(self) -> str:
        """Whose memory it is; it cannot be set."""
        return self._user_id

    @user_id.setter
    def user_id(self, _: str) -> None:
        # Ignored, it would be another user's memory in name only.
        raise AttributeError(ONE_SPACE)

    @property
    def session_id(self) -> str:
        """Which of the user's sessions it belongs to; it cannot be set."""
        return self._session_id

    @session_id.setter
    def session_id(self, _: str) -> None:
        raise AttributeError(ONE_SPACE)

    @property
    def operation_timeout(self) -> float | None:
        """How long an operation may take, in seconds; None for ever. It may be set at any time."""
        return self._operation_timeout

    @operation_timeout.setter
    def operation_timeout(self, value: float | None) -> None:
        self._operation_timeout = (
            None if value is None else checked_seconds(value, "operation_timeout")
        )

    @property
    def _turn(self) -> asyncio.Lock:
        """What an operation holds while it is its turn; a lock is of one event loop."""
        running = asyncio.get_running_loop()
        loop, lock = self._turns
        if loop is not running:
            lock = asyncio.Lock()
            self._turns = running, lock
        return lock

    @abstractmethod
    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        """Append rows whose ids are not stored yet, all in one atomic step.

        Args:
            rows: at least one, with distinct ids.
            marks: the marks of every row that is appended, distinct.
        """

    @abstractmethod
    async def _store_delete(self, msg_ids: list[str]) -> int:
        """Remove rows with their marks and return how many went.

        Args:
            msg_ids: at least one, distinct.
        """

    @abstractmethod
    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        """Remove the rows that carry one of some marks and return how many went.

        Args:
            marks: at least one, distinct.
        """

    @abstractmethod
    async def _store_size(self) -> int:
        """Return how many rows there are."""

    @abstractmethod
    async def _store_clear(self) -> None:
        """Remove all rows and marks, and leave the summary and the order of later rows."""

    @abstractmethod
    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        """Return the summary ("" for none) and the payloads of the matching rows, in order.

        Args:
            mark: only rows with this mark; None for all.
            exclude_mark: no rows with this mark; None for none left out.
        """

    @abstractmethod
    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        """Attach, replace or remove a mark and return how many rows' marks changed.

        Args:
            new_mark: what to attach, or None; never equal to `old_mark`.
            old_mark: only rows that carry it, which lose it; None for no such limit.
            msg_ids: only these rows, at least one, distinct; None for all.
        """

    @abstractmethod
    async def _store_write_summary(self, summary: str) -> None:
        """Replace the summary.

        Args:
            summary: the new one; "" removes it.
        """

    @abstractmethod
    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        """Return the summary and every row with its marks, in order, as of one moment."""

    @abstractmethod
    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        """Replace everything in the space, in one atomic step.

        Args:
            summary: the new one, or "".
            rows: the new rows in order, with distinct ids and distinct marks each.
        """

    @abstractmethod
    def _store_described(self) -> str:
        """Return which store this is, without its passwords, for the note of an error."""

    async def _store_close(self) -> None:
        """Let go of what this memory opened itself; called once."""

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        names = mark_list(marks)
        rows = [
            self._row(record, f"message {position}")
            for position, record in enumerate(message_records(memories))
        ]
        if not rows:
            return
        async with self._next_turn("add"):
            await self._store_add(rows, names)

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        if not ids:
            return 0
        async with self._next_turn("delete"):
            return await self._store_delete(ids)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        marks = some_marks(mark)
        if not marks:
            return 0
        async with self._next_turn("delete_by_mark"):
            return await self._store_delete_by_mark(marks)

    async def size(self) -> int:
        async with self._next_turn("size"):
            return await self._store_size()

    async def clear(self) -> None:
        async with self._next_turn("clear"):
            await self._store_clear()

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        prepend = flag(prepend_summary, "prepend_summary")
        async with self._next_turn("get_memory"):
            summary, payloads = await self._store_read(wanted, excluded)
            self._known_summary = summary
        messages = [Msg.from_record(_record(payload)) for payload in payloads]
        if prepend and summary:
            messages.insert(0, Msg(name="user", content=summary, role="user"))
        return messages

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else id_list(msg_ids)
        if new == old or ids == []:
            return 0
        async with self._next_turn("update_messages_mark"):
            return await self._store_update_marks(new, old, ids)

    async def update_compressed_summary(self, summary: str) -> None:
        text = plain_text(summary, "summary")
        async with self._next_turn("update_compressed_summary"):
            # A write that fails may have happened or not.
            self._known_summary = None
            await self._store_write_summary(text)
            self._known_summary = text

    def state_dict(self) -> dict[str, Any]:
        """Return the summary as this memory last read or wrote it.

        The messages live in the store: `export_state` returns them. A memory that has not talked
        to its store yet says None, and loading that leaves the summary as it is.
        """
        if self._loaded_summary is not None:
            return {SUMMARY_KEY: self._loaded_summary}
        return {SUMMARY_KEY: self._known_summary}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Replace the summary; the store has it once this memory did something else, or is closed.

        Args:
            state_dict: what `state_dict` returned.
            strict: whether a missing key is an error; if not, the summary stays as it was.

        Raises:
            TypeError: it is not a dictionary.
            KeyError: strict, and the summary is missing.
            ValueError: it is malformed, or brings messages, which would be dropped.
        """
        loaded = read_state(state_dict, strict=flag(strict, "strict"), content=False)
        if loaded.content:
            raise ValueError(
                f"the content of {type(self).__name__} lives in its store, so the messages of this"
                f" state ({len(loaded.content)}) would be dropped: await memory.import_state(state)"
                " puts them there, in place of what is there"
            )
        if loaded.summary is not None:
            self._loaded_summary = loaded.summary

    async def export_state(self) -> dict[str, Any]:
        async with self._next_turn("export_state"):
            summary, rows = await self._store_export()
            self._known_summary = summary
        return write_state(summary, ((_record(row.payload), row.marks) for row in rows))

    async def import_state(self, state: Mapping[str, Any]) -> None:
        loaded = read_state(state, strict=True)
        rows = [
            MarkedRow(*self._row(record, f"message {position}"), marks)
            for position, (record, marks) in enumerate(loaded.content or [])
        ]
        summary = loaded.summary or ""
        async with self._next_turn("import_state"):
            await self._store_replace(summary, rows)
            self._known_summary = summary

    async def close(self) -> None:
        """Store what was loaded, after the operations started earlier; then let go."""
        async with self._limited("close"), self._turn:
            if self._closed:
                return
            try:
                await self._store_loaded_summary()
            finally:
                self._closed = True
                await self._store_close()

    @asynccontextmanager
    async def _next_turn(self, operation: str) -> AsyncIterator[None]:
        """Wait until the operations started earlier are done; then store a loaded summary.

        What the driver raises goes to the caller as it is, with a note of where it happened.
        """
        try:
            async with self._limited(operation), self._turn:
                if self._closed:
                    raise RuntimeError(f"this {type(self).__name__} is closed")
                await self._store_loaded_summary()
                yield
        except Exception as error:
            where = self._store_described()
            error.add_note(f"in {type(self).__name__}.{operation}, on {where}")
            raise

    def _limited(self, operation: str) -> AbstractAsyncContextManager[None]:
        return limited(self._operation_timeout, f"{type(self).__name__}.{operation}")

    async def _store_loaded_summary(self) -> None:
        if self._loaded_summary is not None:
            await self._store_write_summary(self._loaded_summary)
            self._known_summary, self._loaded_summary = self._loaded_summary, None

    def _row(self, record: Record, what: str) -> MessageRow:
        payload = dump_json(cast(JSONValue, record))
        limit = self.max_message_bytes
        if limit is not None and len(payload) * 4 > limit:
            size = len(payload.encode())
            if size > limit:
                raise ValueError(
                    f"{what} takes {size} bytes; the limit of {type(self).__name__} is"
                    f" {limit} bytes (max_message_bytes)"
                )
        return MessageRow(record["id"], payload)


def _record(payload: str) -> Record:
    return cast(Record, load_json(payload))
