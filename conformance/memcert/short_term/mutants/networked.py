"""The host of mutants of connections: the reference, kept in a Redis as one document per space."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from memcert.short_term.mutants.document import DocumentMemory
from memcert_backends.backend import Space
from memcert_backends.servers import Server
from memcert_backends.shielding import to_its_end
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.time_limit import OPERATION_TIMEOUT
from memcert_reference import Msg
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.message import Record, record_of
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY
from memcert_reference.values import JSONValue

if TYPE_CHECKING:
    from redis.asyncio import BlockingConnectionPool

Answer = TypeVar("Answer")

POOL_SECONDS = 3.0
"""How long an operation waits for a connection of a pool, in seconds."""

SECONDS_AFTER_CANCELLATION = 0.5
"""How long a cancelled operation waits for its answer, in seconds."""

COMPARE_AND_SET = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


@asynccontextmanager
async def open_pool(
    server: Server, size: int, seconds: float = POOL_SECONDS
) -> AsyncIterator[BlockingConnectionPool]:
    """Open a pool of connections to a Redis, on which nothing is ever sent twice.

    Args:
        server: the Redis.
        size: how many connections there are, at most.
        seconds: how long an operation waits for one, in seconds.
    """
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    pool = BlockingConnectionPool.from_url(
        server.url,
        max_connections=size,
        timeout=seconds,
        retry=Retry(NoBackoff(), 0),
        # As long as fifty thousand messages take.
        socket_timeout=30.0,
    )
    try:
        yield pool
    finally:
        await pool.aclose()


def connection_errors() -> tuple[type[Exception], ...]:
    """Return what the driver raises when a connection breaks, or there is none."""
    from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004 - its own names

    return ConnectionError, TimeoutError


class Networked(StoredMemory):
    """A memory that reads its document, changes it, and writes it unless it was changed meanwhile.

    Args:
        space: where it lives; its server is a Redis.
        pool: the connections to it.
    """

    pool_seconds: ClassVar[float] = POOL_SECONDS
    """How long an operation waits for a connection of a pool, in seconds."""

    def __init__(self, space: Space, pool: BlockingConnectionPool) -> None:
        from redis.asyncio import Redis

        super().__init__(space.user_id, space.session_id, space.time_limit or OPERATION_TIMEOUT)
        self._key = dump_json([self.user_id, self.session_id])
        # Its own methods have no types.
        self._client: Any = Redis(connection_pool=pool)

    async def _command(self, *parts: str | int) -> Any:
        """Send a command and return the answer."""
        from memcert_backends.redis.closed import closed_is_an_error_of_redis

        with closed_is_an_error_of_redis():
            return await self._client.execute_command(*parts)

    async def _get(self) -> str | None:
        """Return the space's document; None if nothing was ever stored there."""
        # Not GET: fakeredis answers that with a line, and a line has its limit.
        [found] = await self._command("MGET", self._key)
        return None if found is None else found.decode()

    async def _set(self, old: str | None, new: str) -> bool:
        """Replace the document if it is still the old one, and tell whether it was."""
        return bool(await self._command("EVAL", COMPARE_AND_SET, 1, self._key, old or "", new))

    async def _look(self) -> DocumentMemory:
        """Return what there is."""
        return DocumentMemory.of(await self._whole(self._get()))

    async def _change(self, change: Callable[[DocumentMemory], Awaitable[Answer]]) -> Answer:
        """Change what there is, and return the answer of the change."""

        async def attempts() -> Answer:
            while True:
                old = await self._get()
                document = DocumentMemory.of(old)
                answer = await change(document)
                new = document.text()
                if new == old or await self._set(old, new):
                    return answer

        return await self._whole(attempts())

    async def _whole(self, doing: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something to its end, even if who waits for it is cancelled."""
        return await to_its_end(doing, SECONDS_AFTER_CANCELLATION)

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        messages = [Msg.from_record(record_in(row)) for row in rows]
        await self._change(lambda document: document.add(messages, marks))

    async def _store_delete(self, msg_ids: list[str]) -> int:
        return await self._change(lambda document: document.delete(msg_ids))

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        return await self._change(lambda document: document.delete_by_mark(marks))

    async def _store_size(self) -> int:
        return await (await self._look()).size()

    async def _store_clear(self) -> None:
        await self._change(lambda document: document.clear())

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        document = await self._look()
        found = await document.get_memory(mark, exclude_mark, prepend_summary=False)
        return document.state_dict()[SUMMARY_KEY], [_payload(record_of(each)) for each in found]

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        return await self._change(
            lambda document: document.update_messages_mark(new_mark, old_mark, msg_ids)
        )

    async def _store_write_summary(self, summary: str) -> None:
        await self._change(lambda document: document.update_compressed_summary(summary))

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        state = (await self._look()).state_dict()
        return state[SUMMARY_KEY], [
            MarkedRow(record["id"], _payload(record), marks) for record, marks in state[CONTENT_KEY]
        ]

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        async def replace(document: DocumentMemory) -> None:
            document.take(None)
            await document.update_compressed_summary(summary)
            for row in rows:
                document.append(record_in(row), row.marks)

        await self._change(replace)

    def _store_described(self) -> str:
        return "Redis"

    async def _store_close(self) -> None:
        await self._client.aclose()


def record_in(row: MessageRow | MarkedRow) -> Record:
    """Return the message of a row.

    Args:
        row: the row.
    """
    return cast(Record, load_json(row.payload))


def _payload(record: Record) -> str:
    return dump_json(cast(JSONValue, record))
