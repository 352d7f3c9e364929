"""Mutants of the rules on connections, and on a server that cannot be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import Any

from memcert.short_term.mutants.document import DocumentMemory
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.networked import Answer, Networked, connection_errors, record_in
from memcert_backends.backend import Space
from memcert_backends.stored_rows import MessageRow


@mutant("connection-held", "CON-10")
class ConnectionHeld(Networked):
    """A read keeps its connection, as a cursor does that nobody closes."""

    pool_seconds = 0.005

    def __init__(self, space: Space, pool: Any) -> None:
        super().__init__(space, pool)
        self._reader = self._client.client()

    async def _look(self) -> DocumentMemory:
        [found] = await self._whole(self._reader.execute_command("MGET", self._key))
        return DocumentMemory.of(None if found is None else found.decode())

    async def _store_close(self) -> None:
        await self._reader.aclose()
        await super()._store_close()


@mutant("transaction-each", "CUT-01", "CRASH-02", way="process")
class TransactionEach(Networked):
    """A batch is stored message by message, and a connection may break between two of them."""

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        for row in rows:
            await super()._store_add([row], marks)


@mutant("stored-again", "CUT-01", "CUT-02")
class StoredAgain(Networked):
    """What is added when the connection breaks is sent again, and stored twice."""

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        async def append(document: DocumentMemory) -> None:
            for record in new.values():
                document.append(record, marks)

        known = (await self._look())._entries
        new = {row.msg_id: record_in(row) for row in rows if row.msg_id not in known}
        try:
            await self._change(append)
        except connection_errors():
            await self._change(append)


@mutant("count-of-second-try", "CUT-02")
class CountOfSecondTry(Networked):
    """A change is sent again when the connection breaks, and counts what is left for it."""

    async def _change(self, change: Callable[[DocumentMemory], Awaitable[Answer]]) -> Answer:
        try:
            return await super()._change(change)
        except connection_errors():
            return await super()._change(change)


@mutant("never-reconnects", "CUT-03", "CUT-05")
class NeverReconnects(Networked):
    """A memory whose connection broke once never works again."""

    _error: Exception | None = None

    async def _command(self, *parts: str | int) -> Any:
        if self._error is not None:
            raise self._error
        try:
            return await super()._command(*parts)
        except connection_errors() as error:
            self._error = error
            raise


@mutant("each-found-out", "CUT-04")
class EachFoundOut(Networked):
    """A memory uses three connections in turn, and an operation fails for each that broke."""

    def __init__(self, space: Space, pool: Any) -> None:
        super().__init__(space, pool)
        self._connections = [pool.make_connection() for _ in range(3)]
        self._following = cycle(self._connections)

    async def _command(self, *parts: str | int) -> Any:
        connection = next(self._following)
        await connection.send_command(*parts)
        return await connection.read_response()

    async def _store_close(self) -> None:
        for connection in self._connections:
            await connection.disconnect()
        await super()._store_close()


@mutant("success-without-server", "CUT-05", "CRASH-03", way="process")
class SuccessWithoutServer(Networked):
    """A change is answered as if it had happened, although the server cannot be reached."""

    async def _change(self, change: Callable[[DocumentMemory], Awaitable[Answer]]) -> Answer:
        try:
            return await super()._change(change)
        except connection_errors():
            return await change(DocumentMemory())


@mutant("connects-for-ever", "CUT-05")
class ConnectsForEver(Networked):
    """While the server cannot be reached, an operation tries again for ever."""

    async def _command(self, *parts: str | int) -> Any:
        while True:
            try:
                return await super()._command(*parts)
            except connection_errors():
                await asyncio.sleep(0.05)


@mutant("bare-attribute-error", "CUT-06")
class BareAttributeError(Networked):
    """When its connection breaks, an operation trips over what is None then."""

    async def _command(self, *parts: str | int) -> Any:
        try:
            return await super()._command(*parts)
        except connection_errors() as error:
            raise AttributeError("'NoneType' object has no attribute 'write'") from error


@mutant("error-without-text", "CUT-06")
class ErrorWithoutText(Networked):
    """When its connection breaks, an operation raises an error that says nothing."""

    async def _command(self, *parts: str | int) -> Any:
        try:
            return await super()._command(*parts)
        except connection_errors() as error:
            raise RuntimeError from error
