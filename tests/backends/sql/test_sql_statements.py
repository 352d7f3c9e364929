"""How many statements an operation takes, and how many rows the database reads for it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg


class Recorder:
    """The statements that an engine executes, and how often it commits."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.statements: list[tuple[str, Any]] = []
        self.commits = 0
        self._engine = engine.sync_engine
        event.listen(self._engine, "before_cursor_execute", self._statement)
        event.listen(self._engine, "commit", self._commit)

    def stop(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._statement)
        event.remove(self._engine, "commit", self._commit)

    def _statement(self, *arguments: Any) -> None:
        _, _, statement, parameters, _, _ = arguments
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            self.statements.append((statement, parameters))

    def _commit(self, _: Any) -> None:
        self.commits += 1


def messages(count: int, stem: str = "") -> list[Msg]:
    return [Msg("name", "text", "user", id=f"{stem}{number}") for number in range(count)]


STATE: Any = {
    "_compressed_summary": "summary",
    "content": [[each.to_dict(), ["x", "y"]] for each in messages(3, "new")],
}

Operation = Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]

READS: dict[str, Operation] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("m"),
    "get_memory exclude_mark": lambda memory: memory.get_memory(exclude_mark="m"),
    "get_memory both": lambda memory: memory.get_memory("m", "n"),
    "export_state": lambda memory: memory.export_state(),
}
WRITES: dict[str, Operation] = {
    "add": lambda memory: memory.add(messages(200, "new"), ["x", "y"]),
    "add one": lambda memory: memory.add(messages(1, "new"), "x"),
    "delete": lambda memory: memory.delete([str(number) for number in range(50)]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["m", "n"]),
    "attach": lambda memory: memory.update_messages_mark("x"),
    "attach by id": lambda memory: memory.update_messages_mark("x", None, ["1", "2"]),
    "replace": lambda memory: memory.update_messages_mark("x", "m"),
    "replace by id": lambda memory: memory.update_messages_mark("x", "m", ["1", "2"]),
    "remove": lambda memory: memory.update_messages_mark(None, "m"),
    "remove by id": lambda memory: memory.update_messages_mark(None, "m", ["1", "2"]),
    "clear": lambda memory: memory.clear(),
    "summary": lambda memory: memory.update_compressed_summary("summary"),
    "import_state": lambda memory: memory.import_state(STATE),
}


@pytest.mark.parametrize("name", READS)
def test_a_read_is_one_statement_and_no_commit(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(300), ["m"])
        recorder = Recorder(engine)
        await READS[name](memory)
        assert (len(recorder.statements), recorder.commits) == (1, 0)

    run(check)


def test_the_first_write_to_a_space_is_three_statements(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine, "other").add(messages(3), ["m"])
        recorder = Recorder(engine)
        await AsyncSQLAlchemyMemory(engine).add(messages(300), ["m"])
        assert (len(recorder.statements), recorder.commits) == (3, 1)

    run(check)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_at_most_three_statements_and_one_commit(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(300), ["m"])
        recorder = Recorder(engine)
        await WRITES[name](memory)
        assert len(recorder.statements) <= 3, recorder.statements
        assert recorder.commits == 1

    run(check)


@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_import_is_three_statements_and_one_commit_whatever_is_replaced(
    run: Any, first: bool
) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory, other = AsyncSQLAlchemyMemory(engine), AsyncSQLAlchemyMemory(engine, "other")
        await other.add(messages(300), ["m"])
        state = await other.export_state()
        if not first:
            await memory.add(messages(1000), ["m", "n"])
        recorder = Recorder(engine)
        await memory.import_state(state)
        assert (len(recorder.statements), recorder.commits) == (3, 1)
        await memory.import_state({**state, "content": []})
        assert len(recorder.statements) <= 6

    run(check)


async def rows_read(engine: AsyncEngine, session: str, operation: Operation) -> int:
    """Return how many rows, or steps, an operation took the database; it is undone."""
    async with AsyncSession(engine) as caller:
        await caller.connection()
        recorder = Recorder(engine)
        await operation(AsyncSQLAlchemyMemory(caller, session))
        await caller.rollback()
    recorder.stop()
    async with engine.connect() as connection:
        count = COUNTS[engine.dialect.name]
        taken = [await count(connection, *each) for each in recorder.statements]
        await connection.rollback()
        return sum(taken)


async def sqlite_steps(connection: AsyncConnection, statement: str, parameters: Any) -> int:
    """Return how many of SQLite's steps a statement takes, by twenties."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.set_progress_handler(count, 20)
    await connection.exec_driver_sql(statement, parameters)
    await driver.set_progress_handler(None, 20)
    return steps


async def postgresql_rows(connection: AsyncConnection, statement: str, parameters: Any) -> int:
    """Return how many rows the scans of a statement go through."""
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    ((plan,),) = await connection.exec_driver_sql(explain, parameters)

    def count(node: dict[str, Any]) -> int:
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        scanned = rows * node["Actual Loops"] if "Relation Name" in node else 0
        return int(scanned) + sum(map(count, node.get("Plans", [])))

    return count((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


async def mysql_rows(connection: AsyncConnection, statement: str, parameters: Any) -> int:
    """Return how many rows a statement makes the storage engine read."""
    status = "SHOW SESSION STATUS LIKE 'Handler_read%%'"

    async def total() -> int:
        rows: Any = await connection.exec_driver_sql(status)
        return sum(int(row[1]) for row in rows)

    # Looking at the status is a read as well.
    before, overhead = await total(), await total()
    await connection.exec_driver_sql(statement, parameters)
    return await total() - overhead - (overhead - before)


COUNTS: dict[str, Callable[[AsyncConnection, str, Any], Awaitable[int]]] = {
    "sqlite": sqlite_steps,
    "postgresql": postgresql_rows,
    "mysql": mysql_rows,
    "mariadb": mysql_rows,
}


async def fill(engine: AsyncEngine) -> None:
    """Store a large space and many small ones, and let the database count them."""
    for number in range(30):
        await AsyncSQLAlchemyMemory(engine, f"small {number}").add(messages(20), ["m"])
    await AsyncSQLAlchemyMemory(engine, "large").add(messages(5000), ["m", "n"])
    # A table of one page is read as it is.
    for number in range(600):
        await AsyncSQLAlchemyMemory(engine, f"empty {number}").update_compressed_summary("s")
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
            await connection.commit()


# The drivers send the same statements.
one_driver = pytest.mark.parametrize(
    "driver", ["sqlite+aiosqlite", "postgresql+asyncpg", "mariadb+aiomysql"]
)
ONE: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}


@one_driver
def test_work_does_not_grow_with_other_spaces(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        operations = {**READS, **WRITES}
        await AsyncSQLAlchemyMemory(engine, "first").add(messages(60), ["m"])
        alone = {name: await rows_read(engine, "first", do) for name, do in operations.items()}
        await fill(engine)
        beside = {name: await rows_read(engine, "first", do) for name, do in operations.items()}
        more = {name: (alone[name], beside[name]) for name in operations}
        assert all(now <= before * 1.2 + 10 for before, now in more.values()), more

    run(check, **ONE)


@one_driver
def test_work_does_not_grow_with_the_space(run: Any) -> None:
    operations: dict[str, Operation] = {
        "add": lambda memory: memory.add(messages(1, "new"), "x"),
        "size": lambda memory: memory.size(),
        "delete": lambda memory: memory.delete(["7"]),
        "delete_by_mark": lambda memory: memory.delete_by_mark(["none"]),
        "attach": lambda memory: memory.update_messages_mark("x", None, ["7"]),
        "replace": lambda memory: memory.update_messages_mark("x", "m", ["7"]),
        "remove": lambda memory: memory.update_messages_mark(None, "m", ["7"]),
        "get_memory": lambda memory: memory.get_memory("none"),
        "get_memory both": lambda memory: memory.get_memory("none", "m"),
    }

    async def check(engine: AsyncEngine) -> None:
        await fill(engine)
        for name, do in operations.items():
            small = await rows_read(engine, "small 1", do)
            assert await rows_read(engine, "large", do) <= small * 1.2 + 10, name

    run(check, **ONE)


@one_driver
def test_work_grows_no_faster_than_the_list(run: Any) -> None:
    operations: dict[str, Callable[[list[str]], Operation]] = {
        "delete": lambda ids: lambda memory: memory.delete(ids),
        "attach": lambda ids: lambda memory: memory.update_messages_mark("x", None, ids),
        "replace": lambda ids: lambda memory: memory.update_messages_mark("x", "m", ids),
        "exclude": lambda _: lambda memory: memory.get_memory(exclude_mark="n"),
    }

    async def check(engine: AsyncEngine) -> None:
        await fill(engine)
        for name, do in operations.items():
            ids = [str(number) for number in range(4000)]
            few = await rows_read(engine, "large", do(ids[:400]))
            assert await rows_read(engine, "large", do(ids)) <= few * 12 + 10, name

    run(check, **ONE)
