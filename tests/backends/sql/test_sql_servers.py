"""What a server's settings may be, and what happens where it takes no more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

POSTGRESQL = ("postgresql+asyncpg", "postgresql+psycopg")
MYSQL = ("mariadb+aiomysql", "mysql+asyncmy")

# Equal, or equivalent, in some collation or other; and what SQL modes are about.
LOOK_ALIKES = ["a", "A", "a ", "\u00e1", "a\u0301", "\uff41", "\u00df", "ss"]
LOOK_ALIKES += ["'", "\\", "\\'", '"', "||", "%", "\U0001f600"]


@pytest.fixture(params=[*POSTGRESQL, *MYSQL])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def message(msg_id: str, content: str = "text") -> Msg:
    return Msg("name", content, "user", id=msg_id)


async def keeps_apart(engine: AsyncEngine) -> None:
    """Store what looks alike, as ids and as marks, and see that it comes back exactly."""
    for name in LOOK_ALIKES:
        memory = AsyncSQLAlchemyMemory(engine, name)
        for each in LOOK_ALIKES:
            await memory.add([message(each, f"{each} \\ \0 '"), message(each)], each)
        assert await memory.size() == len(LOOK_ALIKES)
        for each in LOOK_ALIKES:
            ((one),) = await memory.get_memory(each)
            assert (one.id, one.content) == (each, f"{each} \\ \0 '")
        assert await memory.update_messages_mark("x", "a", LOOK_ALIKES) == 1
        assert await memory.delete(["a"]) == 1
        assert await memory.delete_by_mark("A") == 1
        await memory.update_compressed_summary(name)
        state = await memory.export_state()
        assert state["_compressed_summary"] == name
        assert [(row["id"], marks) for row, marks in state["content"]] == [
            (each, [each]) for each in LOOK_ALIKES[2:]
        ]


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_writers_of_one_space_lose_nothing_at_any_isolation_level(run: Any, level: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memories = [AsyncSQLAlchemyMemory(engine) for _ in range(5)]

        async def work(client: int, memory: AsyncSQLAlchemyMemory) -> int:
            for number in range(8):
                await memory.add([message(f"{client}-{number}"), message("same")], f"{client}")
                await memory.update_messages_mark("even", f"{client}", [f"{client}-{number}"])
            return await memory.delete([f"{client}-0", "same"])

        removed = sum(await asyncio.gather(*map(work, range(5), memories)))
        left = [one.id for one in await memories[0].get_memory()]
        # Whoever came after a removal of `same` added it again.
        assert removed in range(6, 11)
        assert len(left) == len(set(left)) == await memories[1].size()
        mine = [one for one in left if one != "same"]
        assert sorted(mine) == sorted(f"{c}-{n}" for c in range(5) for n in range(1, 8))
        for client in range(5):
            ours = [one for one in mine if one.startswith(f"{client}-")]
            assert ours == sorted(ours)
        even = [one.id for one in await memories[2].get_memory("even") if one.id != "same"]
        assert even == mine

    run(check, isolation_level=level, pool_size=5, max_overflow=0)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_callers_transaction_sees_its_own_level_and_writes(run: Any, level: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        async with AsyncSession(engine) as session:
            memory = AsyncSQLAlchemyMemory(session)
            async with session.begin():
                await memory.add(message("b"))
                assert await memory.size() == 2
                assert await AsyncSQLAlchemyMemory(engine).size() == 1
        assert await AsyncSQLAlchemyMemory(engine).size() == 2

    run(check, isolation_level=level)


def test_a_conflict_is_tried_again_where_nothing_of_the_callers_is_lost(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        failures = 2

        def fail(*_: Any) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                error = Exception(1213, "Deadlock found")
                error.sqlstate = "40P01"  # type: ignore[attr-defined]
                raise DBAPIError("", None, error)

        event.listen(engine.sync_engine, "before_cursor_execute", fail)
        await memory.add(message("b"))
        assert await memory.size() == 2
        failures = 1
        async with AsyncSession(engine) as session:
            await session.connection()
            with pytest.raises(DBAPIError, match="Deadlock"):
                await AsyncSQLAlchemyMemory(session).add(message("c"))
            failures = 0
            assert (await session.execute(text("SELECT 1"))).scalar() == 1

    run(check)


@pytest.mark.parametrize("driver", ["postgresql+asyncpg"], indirect=True)
def test_the_collation_of_a_postgresql_plays_no_part(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            # As an administrator may do to every table afterwards.
            await connection.exec_driver_sql(
                "CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level1',"
                " deterministic = false)"
            )
            same = await connection.exec_driver_sql("SELECT 'a' = 'Á' COLLATE alike")
            assert same.scalar() is True
        await keeps_apart(engine)

    run(check)


@pytest.mark.parametrize("driver", MYSQL, indirect=True)
@pytest.mark.parametrize(
    "mode", ["", "ANSI", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT", "TRADITIONAL"]
)
@pytest.mark.parametrize("charset", ["utf8mb4", "latin1"])
def test_no_mode_or_character_set_of_a_mysql_plays_a_part(
    run: Any, url: str, mode: str, charset: str
) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(
                f"ALTER DATABASE {engine.url.database} CHARACTER SET latin1"
            )
        other = create_async_engine(f"{url}?charset={charset}")

        @event.listens_for(other.sync_engine, "connect")
        def set_mode(connection: Any, _: Any) -> None:
            cursor = connection.cursor()
            cursor.execute(f"SET sql_mode = '{mode}'")
            cursor.close()

        try:
            await keeps_apart(other)
        finally:
            await other.dispose()

    run(check)


@pytest.mark.parametrize("driver", MYSQL, indirect=True)
def test_what_is_more_than_a_mysql_takes_is_refused_before_it_is_sent(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            found = await connection.exec_driver_sql("SELECT @@max_allowed_packet")
            limit = int(found.scalar_one())
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        fits = limit * 3 // 4 - 200_000
        await memory.add(message("b", "x" * fits))
        async with AsyncSession(engine) as session:
            await session.execute(text("SELECT 1"))
            joined = AsyncSQLAlchemyMemory(session)
            await joined.add(message("c"))
            with pytest.raises(ValueError, match="max_allowed_packet"):
                await joined.add([message("d"), message("e", "x" * limit)])
            with pytest.raises(ValueError, match="max_allowed_packet"):
                await joined.update_compressed_summary("x" * limit)
            # Sent twice in Base64, it is more than what a message may take.
            for size in (limit // 2, limit * 3 // 8):
                with pytest.raises(ValueError, match="max_allowed_packet"):
                    await joined.update_compressed_summary("x" * size)
                with pytest.raises(ValueError, match="max_allowed_packet"):
                    await joined.import_state({"_compressed_summary": "x" * size, "content": []})
            fits = limit * 3 // 8 - 100_000
            await joined.update_compressed_summary("x" * fits)
            assert len((await joined.export_state())["_compressed_summary"]) == fits
            await joined.update_compressed_summary("")
            await session.commit()
        assert [one.id for one in await memory.get_memory()] == ["a", "b", "c"]

    run(check)


@pytest.mark.parametrize("driver", MYSQL, indirect=True)
def test_the_first_use_within_a_mysql_transaction_commits_nothing_of_it(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE mine (n INTEGER) ENGINE = InnoDB")
        async with AsyncSession(engine) as session:
            memory = AsyncSQLAlchemyMemory(session)
            await session.execute(text("INSERT INTO mine VALUES (1)"))
            await memory.add(message("a"))
            await session.rollback()
            assert (await session.execute(text("SELECT count(*) FROM mine"))).scalar() == 0

    run(check)


@pytest.mark.parametrize("driver", MYSQL, indirect=True)
def test_a_mysql_transaction_from_before_the_tables_says_so_and_loses_nothing(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE mine (n INTEGER) ENGINE = InnoDB")
        async with AsyncSession(engine) as session:
            memory = AsyncSQLAlchemyMemory(session)
            await session.execute(text("SELECT * FROM mine"))
            await session.execute(text("INSERT INTO mine VALUES (1)"))
            with pytest.raises(DBAPIError) as raised:
                await memory.add(message("a"), "m")
            assert "the next one sees" in raised.value.__notes__[0]
            await session.commit()
            assert (await session.execute(text("SELECT count(*) FROM mine"))).scalar() == 1
            await memory.add(message("a"), "m")
            await session.commit()
        assert await AsyncSQLAlchemyMemory(engine).size() == 1

    run(check)


@pytest.mark.parametrize("driver", MYSQL, indirect=True)
def test_a_transaction_that_mysql_gave_up_cannot_be_committed_by_mistake(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine, "1").add(message("a"))
        await AsyncSQLAlchemyMemory(engine, "2").add(message("a"))
        both_have_one = asyncio.Barrier(2)

        async def work(first: str, second: str) -> bool:
            async with AsyncSession(engine) as session:
                await session.connection()
                await AsyncSQLAlchemyMemory(session, first).add(message(f"{first}{second}"))
                await both_have_one.wait()
                try:
                    await AsyncSQLAlchemyMemory(session, second).add(message(f"{first}{second}"))
                except DBAPIError as error:
                    assert "Deadlock" in str(error)  # noqa: PT017
                    with pytest.raises(SQLAlchemyError):
                        await session.commit()
                    return False
                await session.commit()
                return True

        done = await asyncio.gather(work("1", "2"), work("2", "1"))
        assert sorted(done) == [False, True]
        for session in ("1", "2"):
            assert await AsyncSQLAlchemyMemory(engine, session).size() == 2

    run(check)
