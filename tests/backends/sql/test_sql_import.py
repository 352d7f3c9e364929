"""What import_state does where it replaces a space: all of it, nothing else, and never halfway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import AsyncAdaptedQueuePool, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import InMemoryMemory, Msg

# MySQL's own statements run in MariaDB too, which is what there is to test them on.
AS_MYSQL = "mysql+asyncmy as MySQL"


@pytest.fixture(
    params=[
        "sqlite+aiosqlite",
        "postgresql+asyncpg",
        "mariadb+aiomysql",
        "mysql+asyncmy",
        AS_MYSQL,
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def driver(kind: str) -> str:
    return kind.partition(" ")[0]


@pytest.fixture
def run(run: Any, kind: str) -> Callable[..., Any]:
    def with_kind(test: Any, **options: Any) -> Any:
        async def check(engine: AsyncEngine) -> Any:
            if kind == AS_MYSQL:
                async with engine.connect():
                    pass
                engine.sync_engine.dialect.is_mariadb = False  # type: ignore[attr-defined]
            return await test(engine)

        return run(check, **options)

    return with_kind


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id, timestamp="2026-01-01 00:00:00.000")


async def state_of(*ids: str, summary: str = "") -> Any:
    """Return a state of messages that have marks of their own, and one in common but for one."""
    reference = InMemoryMemory()
    for position, msg_id in enumerate(ids):
        await reference.add(message(msg_id), [f"of {msg_id}", "m"] if position else [])
    await reference.update_compressed_summary(summary)
    return await reference.export_state()


async def ids(memory: AsyncSQLAlchemyMemory, *marks: str) -> list[str]:
    return [one.id for one in await memory.get_memory(*marks, prepend_summary=False)]


def test_an_import_replaces_its_space_and_no_other(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        old = await state_of("a", "b", "c", "d", summary="old")
        others = [
            AsyncSQLAlchemyMemory(engine, session, user, table_prefix=prefix)
            for session, user, prefix in (
                ("before", "user", "memcert_"),
                ("space", "another", "memcert_"),
                ("space", "user", "other_"),
                ("spacf", "user", "memcert_"),
            )
        ]
        memory = AsyncSQLAlchemyMemory(engine, "space", "user")
        for each in (others[0], memory, *others[1:]):
            await each.import_state(old)
        for new in (
            await state_of("d", "x", "b", summary="new"),
            await state_of(),
            await state_of("c", "x"),
            await state_of("only"),
        ):
            await memory.import_state(new)
            assert await memory.export_state() == new
            assert await memory.size() == len(new["content"])
        await memory.add(message("later"), "m")
        assert await ids(memory) == ["only", "later"]
        assert await ids(memory, "m") == ["later"]
        for each in others:
            assert await each.export_state() == old
            assert await each.size() == 4

    run(check)


def test_the_first_use_may_be_several_imports_at_once(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        states = [await state_of("a", f"{number}", summary=f"{number}") for number in range(4)]
        memories = [AsyncSQLAlchemyMemory(engine, f"{number % 2}") for number in range(4)]
        await asyncio.gather(
            *(memory.import_state(state) for memory, state in zip(memories, states, strict=True))
        )
        for number in range(2):
            assert await memories[number].export_state() in states[number::2]
            assert await memories[number].size() == 2

    run(check)


def fail_at(engine: AsyncEngine, words: str) -> None:
    """Make statements fail after they were executed, once."""
    failed = False

    def fail(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal failed
        # SQLite's names say that they are of the file itself.
        if words in statement.replace(" main.", " ") and not failed:
            failed = True
            raise ConnectionAbortedError

    event.listen(engine.sync_engine, "after_cursor_execute", fail)


@pytest.mark.parametrize("table", ["spaces", "messages", "marks"])
@pytest.mark.parametrize("joined", [False, True], ids=["engine", "session"])
def test_an_import_that_fails_halfway_changes_nothing(run: Any, table: str, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        before = await state_of("a", "b", summary="old")
        await memory.import_state(before)
        fail_at(engine, f"INSERT INTO memcert_{table}")
        after = await state_of("b", "c", summary="new")
        if not joined:
            with pytest.raises(ConnectionAbortedError):
                await memory.import_state(after)
            assert await memory.export_state() == before
        else:
            async with AsyncSession(engine) as session, session.begin():
                await session.connection()
                inside = AsyncSQLAlchemyMemory(session)
                await inside.delete(["unknown"])
                with pytest.raises(ConnectionAbortedError):
                    await inside.import_state(after)
                assert await inside.export_state() == before
                await inside.update_messages_mark("mine", None, ["a"])
            assert await ids(memory, "mine") == ["a"]
        await memory.import_state(after)
        assert await memory.export_state() == after

    run(check)


@pytest.mark.parametrize("kept", [True, False], ids=["commit", "rollback"])
def test_an_import_in_a_callers_transaction_is_the_callers_to_commit(run: Any, kept: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        before = await state_of("a", "b", summary="old")
        after = await state_of("b", "c", summary="new")
        await memory.import_state(before)
        async with AsyncSession(engine) as session:
            await session.connection()
            inside = AsyncSQLAlchemyMemory(session)
            await inside.import_state(after)
            assert await inside.export_state() == after
            assert await memory.export_state() == before
            await (session.commit() if kept else session.rollback())
        assert await memory.export_state() == (after if kept else before)
        assert await memory.size() == 2

    run(check)


def test_imports_and_adds_at_once_lose_nothing_and_never_deadlock(
    run: Any, patience: dict[str, Any]
) -> None:
    async def check(engine: AsyncEngine) -> None:
        errors: list[Any] = []
        state = await state_of("a", "b", "c", summary="s")
        memories = [AsyncSQLAlchemyMemory(engine) for _ in range(5)]
        await memories[0].import_state(state)
        event.listen(engine.sync_engine, "handle_error", errors.append)

        async def replace(memory: AsyncSQLAlchemyMemory) -> None:
            for _ in range(10):
                await memory.import_state(state)

        async def append(memory: AsyncSQLAlchemyMemory, client: int) -> None:
            for number in range(15):
                await memory.add([message(f"{client} {number}"), message("b")], f"{client}")

        await asyncio.gather(
            *map(replace, memories[:2]),
            *(append(memory, client) for client, memory in enumerate(memories[2:])),
        )
        assert not errors
        found = await ids(memories[0])
        assert found[:3] == ["a", "b", "c"]
        assert await memories[0].size() == len(found)
        for client in range(3):
            # Those since the last import: a tail of what was added, in order, with its mark.
            tail = [one for one in found if one.startswith(f"{client} ")]
            assert tail == [f"{client} {number}" for number in range(15 - len(tail), 15)]
            assert await ids(memories[0], f"{client}") == tail

    run(check, **patience, poolclass=AsyncAdaptedQueuePool, pool_size=5, max_overflow=0)
