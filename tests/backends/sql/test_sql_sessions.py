"""What AsyncSQLAlchemyMemory does with the caller's session."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import Engine, String, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg


class Base(DeclarativeBase):
    """An application's own tables."""


class User(Base):
    """A row of the application's."""

    __tablename__ = "users"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


async def stored(engine: AsyncEngine) -> tuple[list[str], list[str]]:
    """Return what everybody sees: the ids of messages, and the names of users."""
    messages = await AsyncSQLAlchemyMemory(engine).get_memory()
    async with engine.connect() as connection:
        names = await connection.exec_driver_sql("SELECT name FROM users ORDER BY name")
        return [one.id for one in messages], [row[0] for row in names]


def with_session(run: Any, test: Any, *, tables: bool = True, **options: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        if tables:
            await AsyncSQLAlchemyMemory(engine).update_compressed_summary("")
        async with async_sessionmaker(engine)() as session:
            await test(engine, session, AsyncSQLAlchemyMemory(session))

    run(check, **options)


def test_without_a_transaction_each_operation_commits_itself(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        await memory.add([message("a"), message("b")])
        assert not session.in_transaction()
        assert (await stored(engine))[0] == ["a", "b"]
        assert await memory.delete(["a"]) == 1
        assert await memory.size() == 1
        assert not session.in_transaction()
        assert (await stored(engine))[0] == ["b"]

    with_session(run, check, tables=False)


def fail_at_marks(engine: AsyncEngine) -> None:
    def fail(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        if re.search(r"INSERT INTO (main\.)?memcert_marks", statement):
            raise ConnectionAbortedError

    event.listen(engine.sync_engine, "after_cursor_execute", fail)


def test_an_error_without_a_transaction_leaves_the_callers_objects_loaded(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        session.sync_session.expire_on_commit = False
        user = User(name="ann")
        session.add(user)
        await session.commit()
        fail_at_marks(engine)
        with pytest.raises(ConnectionAbortedError):
            await memory.add(message("a"), "m")
        assert not inspect(user).unloaded
        assert await stored(engine) == ([], ["ann"])

    with_session(run, check)


@pytest.mark.parametrize("tables", [True, False], ids=["tables", "no tables"])
@pytest.mark.parametrize("flushed", [True, False], ids=["flushed", "pending"])
@pytest.mark.parametrize("kept", [True, False], ids=["commit", "rollback"])
def test_with_a_transaction_the_caller_commits(
    run: Any, kept: bool, flushed: bool, tables: bool
) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        session.add(User(name="ann"))
        if flushed:
            await session.flush()
        await memory.add([message("a"), message("b")], "m")
        await memory.update_messages_mark("n", "m", ["a"])
        assert [one.id for one in await memory.get_memory("m")] == ["b"]
        assert session.in_transaction()
        assert await stored(engine) == ([], [])
        await (session.commit() if kept else session.rollback())
        assert await stored(engine) == ((["a", "b"], ["ann"]) if kept else ([], []))
        assert await memory.size() == (2 if kept else 0)
        await memory.add(message("c"))
        assert (await stored(engine))[0] == (["a", "b", "c"] if kept else ["c"])

    with_session(run, check, tables=tables)


def test_a_transaction_that_only_read_is_joined_too(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        await session.get(User, "ann")
        assert session.in_transaction()
        await memory.add(message("a"))
        await session.rollback()
        assert (await stored(engine))[0] == []

    with_session(run, check)


def test_a_read_joins_the_transaction_and_leaves_it_open(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        async with session.begin():
            session.add(User(name="ann"))
            assert await memory.get_memory() == []
            assert await memory.size() == 0
            assert session.in_transaction()
        assert (await stored(engine))[1] == ["ann"]

    with_session(run, check, tables=False)


def test_an_error_keeps_the_callers_pending_work(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        session.add(User(name="ann"))
        await session.flush()
        session.add(User(name="bob"))
        await memory.add(message("a"))
        fail_at_marks(engine)
        with pytest.raises(ConnectionAbortedError):
            await memory.add(message("b"), "m")
        assert await memory.size() == 1
        await session.commit()
        assert await stored(engine) == (["a"], ["ann", "bob"])

    with_session(run, check)


def test_a_cancellation_keeps_the_callers_pending_work(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        session.add(User(name="ann"))
        await session.flush()
        added = set()
        for steps in range(30):
            task = asyncio.create_task(memory.add([message(f"{steps}"), message(f"+{steps}")]))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            added.add(await memory.size() % 2)
        assert added == {0}
        count = await memory.size()
        assert count > 0
        await session.commit()
        messages, names = await stored(engine)
        assert (len(messages), names) == (count, ["ann"])

    with_session(run, check)


def test_joined_operations_work_on_an_engine_that_commits_by_itself(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        async with session.begin():
            await memory.add([message("a"), message("b")], "m")
            assert await memory.size() == 2
        assert (await stored(engine))[0] == ["a", "b"]

    with_session(run, check, isolation_level="AUTOCOMMIT")


def test_several_memories_on_one_session_at_once(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        memories = [AsyncSQLAlchemyMemory(session) for _ in range(5)]
        for open_transaction in (False, True):
            if open_transaction:
                await session.begin()
            await asyncio.gather(
                *(
                    one.add([message(f"{number}{open_transaction}"), message("same")])
                    for number, one in enumerate(memories)
                )
            )
        await session.commit()
        assert await memory.size() == 11
        assert len((await stored(engine))[0]) == 11

    with_session(run, check)


def test_a_session_on_a_connection_stays_within_its_transaction(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).update_compressed_summary("")
        async with engine.connect() as connection:
            transaction = await connection.begin()
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            async with AsyncSession(connection) as session:
                memory = AsyncSQLAlchemyMemory(session)
                await memory.add(message("a"))
                assert not session.in_transaction()
                assert await memory.size() == 1
            await transaction.rollback()
        assert await AsyncSQLAlchemyMemory(engine).size() == 0

    run(check)


def test_a_session_that_chooses_its_engine_is_asked_each_time(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        asked = []

        class Choosing(Session):
            def get_bind(self, *_: Any, **__: Any) -> Engine:
                asked.append(True)
                return engine.sync_engine

        async with AsyncSession(sync_session_class=Choosing) as session:
            memory = AsyncSQLAlchemyMemory(session)
            asked.clear()
            await memory.add(message("a"))
            assert asked
            assert not session.in_transaction()
        assert await AsyncSQLAlchemyMemory(engine).size() == 1

    run(check)


def test_closing_leaves_the_session_alone(run: Any) -> None:
    async def check(
        engine: AsyncEngine, session: AsyncSession, memory: AsyncSQLAlchemyMemory
    ) -> None:
        session.add(User(name="ann"))
        async with memory:
            await memory.add(message("a"))
        await memory.close()
        assert session.in_transaction()
        await session.commit()
        assert await stored(engine) == (["a"], ["ann"])

    with_session(run, check)
