"""`TablestoreMemory`: a memory in Alibaba Cloud Tablestore, which reads what it wrote."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from memcert_backends.shielding import to_its_end
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.tablestore.arguments import (
    check_lent,
    check_options,
    checked_table_name,
    own_client,
)
from memcert_backends.tablestore.log import FAILURES, Log
from memcert_backends.tablestore.record import Head
from memcert_backends.tablestore.retries import is_transient
from memcert_backends.tablestore.sdk import SECONDS_TO_ANSWER, ots
from memcert_backends.tablestore.state import (
    Change,
    SpaceState,
    addition,
    deletion,
    marking,
    replacement,
    summarising,
)
from memcert_backends.tablestore.table import LogTable
from memcert_backends.time_limit import (
    OPERATION_TIMEOUT,
    SECONDS_AFTER_CANCELLATION,
    checked_seconds,
)
from memcert_reference.json_text import dump_json

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""The most that a message may take: an image or two. Tablestore itself would take any number."""

_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.1

Result = TypeVar("Result")


class TablestoreMemory(StoredMemory):
    """A memory in Tablestore, with AgentScope's constructor, but for what is about searching.

    It sees its own writes, and those of others, at once: it uses strongly consistent reads, and no
    search index. A space is a log of changes, which `memcert_backends.tablestore.log` describes: a
    change is one conditional PutRow, after which it is there, whole, for everybody. Its table is
    made when something is first stored.

    A memory keeps what it knows of its space and asks for what came after that: a read is one
    request, and a write is one, or a few more after others wrote. `add`, `import_state` and
    `update_compressed_summary` do not need to know what the space holds, so a memory that is made
    for one of them reads nothing but the end of the log. What is deleted stays in the table until
    the next checkpoint; after `clear` and `import_state` it is gone. Of each change a row of some
    hundred bytes stays for good, by which a writer who was held up knows that he is late.

    Requests that the service refuses for the moment, or whose connection breaks, are sent again;
    nothing is done twice by that. A request has `seconds_to_answer` (4 s), and an operation
    `operation_timeout` (30 s): a service that is silent, or whose answer drips, keeps nobody longer
    than these and a second. What was given up is done by the next operation of the memory, or
    never: that takes a request more. A read while the service takes no writes leaves that open.
    A space that a later release wrote to is left alone: `NewerFormat`.

    Args:
        end_point: the service's URL, such as ``https://instance.cn-hangzhou.ots.aliyuncs.com``.
        instance_name: the instance.
        access_key_id: the key to sign with.
        access_key_secret: its secret.
        user_id: whose memory it is.
        session_id: which of the user's sessions it belongs to.
        sts_token: the token of a temporary key.
        table_name: the table; memories of all users share one.
        client: a ``tablestore.AsyncOTSClient`` to use instead, such as `new_client` makes; it is
            lent, and left open. Its own retries are bounded by `seconds_to_answer`, too.
        seconds_to_answer: how long a request may take, with its repetitions, in seconds.
        operation_timeout: how long an operation may take, in seconds; None for ever.
        **options: what else ``tablestore.AsyncOTSClient`` takes: `OPTIONS`.

    Raises:
        TypeError: an argument has the wrong type, is not known here, or is given beside a client.
        ValueError: an id, the table's name or the URL is malformed.
    """

    max_message_bytes: ClassVar[int | None] = MAX_MESSAGE_BYTES

    def __init__(
        self,
        end_point: str | None = None,
        instance_name: str | None = None,
        access_key_id: str | None = None,
        access_key_secret: str | None = None,
        user_id: str = "default",
        session_id: str = "default",
        sts_token: str | None = None,
        table_name: str = "memcert_memory",
        *,
        client: Any = None,
        seconds_to_answer: float = SECONDS_TO_ANSWER,
        operation_timeout: float | None = OPERATION_TIMEOUT,
        **options: Any,
    ) -> None:
        super().__init__(user_id, session_id, operation_timeout)
        self._table_name = checked_table_name(table_name)
        seconds = checked_seconds(seconds_to_answer, "seconds_to_answer")
        check_options(options)
        given: dict[str, Any] = {
            "end_point": end_point,
            "instance_name": instance_name,
            "access_key_id": access_key_id,
            "access_key_secret": access_key_secret,
            "sts_token": sts_token,
            **options,
        }
        self._owned: Any = None
        if client is not None:
            check_lent(client, given)
            self._client = client
        else:
            self._client = self._owned = own_client(given, seconds)
        space = _space(self.user_id, self.session_id)
        self._log = Log(LogTable(self._client, self._table_name, space, seconds))
        # Where the log ended when this memory last looked, and what the space held then. What it
        # held is not known to who only ever adds.
        self._head: Head | None = None
        self._state: SpaceState | None = None
        # Whether a change was given up whose request may still be on its way.
        self._is_in_doubt = False

    def get_client(self) -> Any:
        """Return the client that the memory uses."""
        return self._client

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        def decide(state: SpaceState | None) -> tuple[Change | None, None]:
            new = [row for row in rows if state is None or row.msg_id not in state]
            return (addition(new, marks) if new else None), None

        await self._whole(self._write(decide))

    async def _store_delete(self, msg_ids: list[str]) -> int:
        def decide(state: SpaceState) -> tuple[Change | None, int]:
            there = [msg_id for msg_id in msg_ids if msg_id in state]
            return (deletion(there) if there else None), len(there)

        return await self._whole(self._write_knowing(decide))

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        def decide(state: SpaceState) -> tuple[Change | None, int]:
            there = state.marked(marks)
            return (deletion(there) if there else None), len(there)

        return await self._whole(self._write_knowing(decide))

    async def _store_size(self) -> int:
        return len(await self._whole(self._read()))

    async def _store_clear(self) -> None:
        def decide(state: SpaceState) -> tuple[Change | None, None]:
            assert self._head is not None
            # Messages that were deleted one by one may still be in the log.
            is_clear = not len(state) and not self._head.changes
            return (None if is_clear else replacement(state.summary, [])), None

        await self._whole(self._write_knowing(decide))

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        state = await self._whole(self._read())
        return state.summary, state.payloads(mark, exclude_mark)

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        def decide(state: SpaceState) -> tuple[Change | None, int]:
            there = state.remarked(new_mark, old_mark, msg_ids)
            return (marking(new_mark, old_mark, there) if there else None), len(there)

        return await self._whole(self._write_knowing(decide))

    async def _store_write_summary(self, summary: str) -> None:
        await self._whole(self._write(lambda _: (summarising(summary), None)))

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        state = await self._whole(self._read())
        return state.summary, state.rows()

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        await self._whole(self._write(lambda _: (replacement(summary, rows), None)))

    def _store_described(self) -> str:
        place = urlsplit(self._client.host).netloc.rpartition("@")[2]
        instance = self._client.protocol.instance_name
        return f"Tablestore at {place}, instance {instance}, table {self._table_name}"

    async def _store_close(self) -> None:
        if self._owned is not None:
            await self._owned.close()

    async def _whole(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return await to_its_end(doing, SECONDS_AFTER_CANCELLATION)

    async def _read(self) -> SpaceState:
        """Return what the space holds now, and from now on if nobody writes."""
        if self._is_in_doubt:
            await self._settle()
        known = None if self._state is None else self._head
        head, changes = await self._log.read(known or Head())
        if self._state is None:
            self._state = SpaceState()
        self._do(changes, head)
        return self._state

    async def _write_knowing(
        self, decide: Callable[[SpaceState], tuple[Change | None, Result]]
    ) -> Result:
        """Write a change that depends on what the space holds."""
        is_recent = self._state is None
        if is_recent:
            await self._read()

        def decide_knowing(state: SpaceState | None) -> tuple[Change | None, Result]:
            assert state is not None
            return decide(state)

        return await self._write(decide_knowing, is_recent)

    async def _write(
        self,
        decide: Callable[[SpaceState | None], tuple[Change | None, Result]],
        is_recent: bool = False,
    ) -> Result:
        """Write a change after what is known; if that is not the end, look and decide again.

        Args:
            decide: returns the change, or None if there is nothing to do, and what it comes to,
                given what the space holds, or None if that is not known.
            is_recent: whether what is known was looked up for this.
        """
        for attempt in count():
            if self._head is None:
                await self._look()
                is_recent = True
            change, result = decide(self._state)
            if change is not None and await self._append(change):
                return result
            if change is None and is_recent:
                return result
            if change is not None:
                # Others are at it as well.
                pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
                await asyncio.sleep(pause * random.random())
            await self._look()
            is_recent = True
        raise AssertionError

    async def _append(self, change: Change) -> bool:
        assert self._head is not None
        head = await self._put(change)
        if head is None:
            return False
        self._do([change], head)
        await self._tidy(change)
        return True

    async def _put(self, change: Change) -> Head | None:
        assert self._head is not None
        doubt, self._is_in_doubt = self._is_in_doubt, True
        try:
            head = await self._log.append(self._head, change)
        except ots.OTSServiceError as error:
            # It was heard, and refused.
            self._is_in_doubt = doubt or is_transient(error)
            raise
        # Its version is taken, by this change or by another one.
        self._is_in_doubt = False
        return head

    async def _settle(self) -> None:
        """Take the version that a change is on its way to which was given up.

        It was done by then, or will fail whenever it arrives: what is read here, others may rely
        on. It takes a change that changes nothing.
        """
        nothing = deletion([])
        try:
            head = await self._put(nothing)
        except ots.OTSServiceError:
            # Who cannot write, now or any more, may read. The doubt stays for the next operation.
            return
        if head is not None:
            self._do([nothing], head)

    def _do(self, changes: list[Change], head: Head) -> None:
        """Take in what was written up to an end of the log."""
        # With only some of the changes it would be nothing that ever was.
        state, self._state = self._state, None
        if state is not None:
            for change in changes:
                state.do(change)
        self._state, self._head = state, head

    async def _look(self) -> None:
        """Learn where the log ends, and what the space holds if that is known."""
        if self._state is None:
            self._head = await self._log.end()
        else:
            await self._read()

    async def _tidy(self, change: Change) -> None:
        """Shorten the log if it is time; what was written is written whether or not that works."""
        assert self._head is not None
        with suppress(*FAILURES):
            if change[0] == "replace":
                await self._log.seal(self._head.version)
            elif self._head.is_long or (
                # Only who knows what is there takes something away.
                self._state is not None and self._head.is_dead_weight(self._state.length)
            ):
                state = await self._read()
                known = self._head
                head = await self._log.checkpoint(known, replacement(state.summary, state.rows()))
                if head is not None and head.version == known.version + 1:
                    self._head = head


def _space(user_id: str, session_id: str) -> str:
    # Two ids may take twice as much as a key column does.
    return hashlib.sha256(dump_json([user_id, session_id]).encode()).hexdigest()
