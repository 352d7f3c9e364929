"""How often an operation goes to the thread of its connection, in SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import pytest
from aiosqlite.core import Connection as DriverConnection
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

Operation = Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]

OPERATIONS: dict[str, Operation] = {
    "add": lambda memory: memory.add([Msg("n", "x", "user"), Msg("n", "y", "user")], ["a", "b"]),
    "delete": lambda memory: memory.delete(["m0", "m1"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["a", "b"]),
    "size": lambda memory: memory.size(),
    "clear": lambda memory: memory.clear(),
    "get_memory": lambda memory: memory.get_memory("a", "b"),
    "update_messages_mark": lambda memory: memory.update_messages_mark("c", "a", ["m0", "m1"]),
    "update_compressed_summary": lambda memory: memory.update_compressed_summary("s"),
    "export_state": lambda memory: memory.export_state(),
}


@pytest.fixture
def driver() -> str:
    return "sqlite+aiosqlite"


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the driver's thread was sent, in order."""
    sent: list[str] = []
    execute = DriverConnection._execute

    async def noted(self: Any, function: Any, *values: Any, **named: Any) -> Any:
        sent.append(getattr(function, "__name__", "?"))
        return await execute(self, function, *values, **named)

    monkeypatch.setattr(DriverConnection, "_execute", noted)
    return sent


async def filled(engine: AsyncEngine) -> AsyncSQLAlchemyMemory:
    memory = AsyncSQLAlchemyMemory(engine)
    await memory.add([Msg("n", "x", "user", id=f"m{number}") for number in range(3)], ["a"])
    await memory.size()
    return memory


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_goes_there_once(run: Any, hops: list[str], name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = await filled(engine)
        hops.clear()
        await OPERATIONS[name](memory)
        assert len(hops) == 1

    run(check)


def test_who_listens_to_sqlalchemy_is_called_in_the_thread_of_the_event_loop(
    run: Any, hops: list[str]
) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = await filled(engine)
        threads = set()

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def executes(*_: Any) -> None:
            threads.add(threading.get_ident())

        hops.clear()
        await memory.size()
        assert threads == {threading.get_ident()}
        assert len(hops) > 1

    run(check)


def test_what_is_given_up_while_it_waits_there_begins_nothing_further(
    run: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = url.partition("///")[2]

    async def nothing(self: Any) -> None:
        """Stop no statement, as where SQLite does not look for that."""

    monkeypatch.setattr(DriverConnection, "interrupt", nothing)

    async def check(engine: AsyncEngine) -> None:
        memory = await filled(engine)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            adding = asyncio.create_task(memory.add(Msg("n", "late", "user", id="late"), "z"))
            await asyncio.sleep(0.2)
            adding.cancel()
            with pytest.raises(asyncio.CancelledError):
                await adding
            other.execute("ROLLBACK")
        # The thread has the lock it waited for; nobody wants what it was for.
        await asyncio.sleep(0.5)
        assert [each.id for each in await memory.get_memory()] == ["m0", "m1", "m2"]

    run(check, connect_args={"timeout": 10})
