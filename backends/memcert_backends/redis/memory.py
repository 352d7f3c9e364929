"""A memory in Redis, on one server or on a cluster."""

from __future__ import annotations

from itertools import chain
from typing import Any

import redis
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.redis import scripts
from memcert_backends.redis.client import ClientOfEachLoop, RedisClient
from memcert_backends.redis.closed import closed_is_an_error_of_redis
from memcert_backends.redis.description import described
from memcert_backends.redis.event_loops import other_loop_explained
from memcert_backends.redis.keys import space_keys
from memcert_backends.redis.refusals import refusals_explained
from memcert_backends.redis.scripts import Client, Script
from memcert_backends.shielding import to_its_end
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.time_limit import OPERATION_TIMEOUT, SECONDS_AFTER_CANCELLATION
from memcert_reference.values import plain_text

MAX_KEY_TTL = 10**11
"""The longest `key_ttl`, in seconds: some 3,000 years, still exact in milliseconds."""

SOCKET_TIMEOUT = 30.0
"""How long the memory's own client waits for an answer, in seconds: 50,000 messages take a few."""

_LENGTH_DIGITS = 4


class RedisMemory(StoredMemory):
    """A memory in Redis 6.2 or newer, with AgentScope's constructor.

    Every operation is one script: one round trip, whole or not at all. A space is up to four keys,
    in one slot of a cluster, and all of them expire at the same moment. One of them says what must
    be there. Where one is gone, by eviction (``maxmemory-policy``), an expiry or PERSIST of a
    single key, or DEL, every operation but `import_state`, which replaces all, raises
    `IncompleteSpace` and changes nothing. A space of which every key is gone cannot be told from
    one that never was: use a policy that evicts nothing (``noeviction``) where losing a session is
    not acceptable. What memcert 0.1.0 stored is read, and is brought up to date by the first
    change; releases before and after that must not change one space at the same time.

    A user needs the right to run scripts and whatever commands they use; what is missing is refused
    before anything changes. Reads need only the right to read, and work on a replica and where the
    server takes no writes: there, the expiry is not put off.

    What is given up, because it was cancelled or took longer than `operation_timeout`, happened
    wholly or not at all. A command that a server which does not answer has received all the same is
    executed when it goes on. The rest of one that it has not received is thrown away, except with a
    client of a class of one's own, a cluster or a single connection: those send it later.

    The client that the memory makes itself never sends a command again after the connection broke:
    the first one may have taken effect, and the count of the second would be wrong. It works in any
    event loop. A client or a pool that is lent belongs to the event loop that it was used in first,
    and keeps its own ways: redis-py retries by default;
    lend one made with ``retry=Retry(NoBackoff(), 0)`` where a `delete` that counts too little, or
    a late second `clear`, matters. Nothing is ever stored twice, since `add` skips known ids.

    Args:
        session_id: which of the user's sessions it belongs to.
        user_id: whose memory it is.
        host: the server's address.
        port: the server's TCP port.
        db: the number of the database.
        password: the server's password, if it asks for one.
        connection_pool: a pool to use instead, made with ``decode_responses`` or without; it is
            lent, and left open.
        key_prefix: what the names of the keys start with.
        key_ttl: how long the space lives after its last operation, reads included, in whole
            seconds; None for ever. A memory without one leaves the expiry that another memory gave
            the space, whatever it does.
        client: a client of a server or a cluster to use instead; it is lent, and left open.
        operation_timeout: how long an operation may take, in seconds; None for ever.
        **kwargs: what else ``redis.asyncio.Redis`` takes; ``socket_timeout`` is `SOCKET_TIMEOUT`
            by default.

    Raises:
        TypeError: an argument has the wrong type, both a client and a pool are given, or a lent
            client and options for a new one.
        ValueError: an id is malformed, or `key_ttl` is not from 1 to `MAX_KEY_TTL`.
    """

    def __init__(
        self,
        session_id: str = "default_session",
        user_id: str = "default_user",
        host: str = "localhost",
        port: int = 6379,
        db: int = 0,
        password: str | None = None,
        connection_pool: ConnectionPool | None = None,
        key_prefix: str = "",
        key_ttl: int | None = None,
        *,
        client: Client | None = None,
        operation_timeout: float | None = OPERATION_TIMEOUT,
        **kwargs: Any,
    ) -> None:
        super().__init__(user_id, session_id, operation_timeout)
        self.key_prefix = key_prefix
        self.key_ttl = key_ttl
        self._owned: ClientOfEachLoop | None = None
        self._lent: Client | None = None
        self._on_lent_pool: RedisClient | None = None
        if client is not None:
            if connection_pool is not None or kwargs:
                others = ["connection_pool"] if connection_pool is not None else []
                raise TypeError(f"a client is given, and {', '.join([*others, *kwargs])} as well")
            _refuse_blocking(client, "client")
            self._lent = client
        elif connection_pool is not None:
            _refuse_blocking(connection_pool, "connection_pool")
            self._lent = RedisClient(connection_pool=connection_pool, **kwargs)
        else:
            kwargs.setdefault("retry", Retry(NoBackoff(), 0))
            kwargs.setdefault("socket_timeout", SOCKET_TIMEOUT)
            self._owned = ClientOfEachLoop(host=host, port=port, db=db, password=password, **kwargs)

    @property
    def key_prefix(self) -> str:
        """What the names of the keys start with; set, it is another space that is used."""
        return self._key_prefix

    @key_prefix.setter
    def key_prefix(self, value: str) -> None:
        self._key_prefix = plain_text(value, "key_prefix")

    @property
    def key_ttl(self) -> int | None:
        """How long the space lives after its last operation, in whole seconds; None for ever.

        It may be set at any time, and counts from the next operation on.
        """
        return self._key_ttl

    @key_ttl.setter
    def key_ttl(self, value: int | None) -> None:
        self._ttl_milliseconds = _milliseconds(value)
        self._key_ttl = value

    @property
    def _keys(self) -> tuple[bytes, ...]:
        return space_keys(self._key_prefix, self.user_id, self.session_id)

    def get_client(self) -> Client:
        """Return the client that the memory uses; its own one is of the event loop used last."""
        if self._lent is not None:
            return self._lent
        assert self._owned is not None
        return self._owned.client

    async def _sender(self) -> Client:
        """Return what sends the commands."""
        if self._owned is not None:
            return await self._owned.of_this_loop()
        client = self._lent
        assert client is not None
        if type(client) is not Redis or client.single_connection_client:
            # A class of the caller's own may do more than send them.
            return client
        own = self._on_lent_pool
        if own is None or own.connection_pool is not client.connection_pool:
            # One of redis-py's takes longer to make than to send a command.
            own = self._on_lent_pool = RedisClient(connection_pool=client.connection_pool)
        return own

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        await self._run(scripts.ADD, len(rows), *chain.from_iterable(rows), *marks)

    async def _store_delete(self, msg_ids: list[str]) -> int:
        return int(await self._run(scripts.DELETE, *msg_ids))

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        return int(await self._run(scripts.DELETE_BY_MARK, *marks))

    async def _store_size(self) -> int:
        return int(await self._run(scripts.SIZE))

    async def _store_clear(self) -> None:
        await self._run(scripts.CLEAR)

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        summary, *chunks = await self._run(scripts.READ, mark or "", exclude_mark or "")
        return _text(summary), [_text(payload) for payload in chain.from_iterable(chunks)]

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        chosen: list[str | int] = [0] if msg_ids is None else [1, *msg_ids]
        return int(await self._run(scripts.UPDATE_MARKS, new_mark or "", old_mark or "", *chosen))

    async def _store_write_summary(self, summary: str) -> None:
        await self._run(scripts.WRITE_SUMMARY, summary)

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        summary, *chunks = await self._run(scripts.EXPORT)
        ids, marks, payloads = (chain.from_iterable(chunks[turn::3]) for turn in range(3))
        return _text(summary), [
            MarkedRow(_text(msg_id), _text(payload), _marks(tags))
            for msg_id, tags, payload in zip(ids, marks, payloads, strict=True)
        ]

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        messages = chain.from_iterable((row.msg_id, row.payload) for row in rows)
        marks: list[str | int] = []
        for row in rows:
            marks += [len(row.marks), *row.marks]
        await self._run(scripts.REPLACE, summary, len(rows), *messages, *marks)

    def _store_described(self) -> str:
        return described(self.get_client())

    async def _store_close(self) -> None:
        if self._owned is not None:
            await self._owned.aclose()

    async def _run(self, script: Script, *arguments: str | int) -> Any:
        keys, sent = self._keys, (self._ttl_milliseconds, *arguments)
        client = await self._sender()
        with refusals_explained(keys), other_loop_explained(), closed_is_an_error_of_redis():
            return await to_its_end(script.run(client, keys, sent), SECONDS_AFTER_CANCELLATION)


def _milliseconds(key_ttl: int | None) -> int:
    """Return an expiry in milliseconds, 0 for none."""
    if key_ttl is None:
        return 0
    if isinstance(key_ttl, bool):
        raise ValueError(f"key_ttl must be whole seconds, not {key_ttl}")
    if not isinstance(key_ttl, int):
        raise TypeError(f"key_ttl must be whole seconds (int), not {type(key_ttl).__name__}")
    if not 0 < key_ttl <= MAX_KEY_TTL:
        raise ValueError(f"key_ttl must be from 1 to {MAX_KEY_TTL} seconds, not {key_ttl}")
    return int(key_ttl) * 1000


def _refuse_blocking(lent: object, what: str) -> None:
    if isinstance(lent, (redis.Redis, redis.RedisCluster, redis.ConnectionPool)):
        raise TypeError(f"{what} must be one of redis.asyncio, not of redis: it would block")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()


def _marks(tags: str | bytes | None) -> list[str]:
    """Return the marks in a list of tags, each its length in bytes and itself."""
    rest = b"" if tags is None else tags.encode() if isinstance(tags, str) else tags
    marks = []
    while rest:
        end = _LENGTH_DIGITS + int(rest[:_LENGTH_DIGITS])
        marks.append(rest[_LENGTH_DIGITS:end].decode())
        rest = rest[end:]
    return marks
