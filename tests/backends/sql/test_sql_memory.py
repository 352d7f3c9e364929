"""AsyncSQLAlchemyMemory does what the reference does."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_backends.sql.databases import dialect_of
from memcert_reference import InMemoryMemory, MemoryBase, Msg

IDS = ["a", "A", "a ", "á", "á", "%", "_", "s1", "s10", "'", '"', "{}", "\n", "😀", "💯", "é" * 255]
MARKS = ["m", "M", "m ", "%", "hint:*", "😀" * 255]


def message(msg_id: str, content: Any = "text") -> Msg:
    return Msg("name", content, "user", id=msg_id, timestamp="2026-01-01 00:00:00.000")


def some(generator: random.Random, values: list[str]) -> list[str]:
    return [generator.choice(values) for _ in range(generator.randrange(4))]


async def visible(memory: MemoryBase) -> list[Any]:
    reads = [
        [one.id for one in await memory.get_memory(mark, exclude_mark, prepend_summary=False)]
        for mark in (None, *MARKS)
        for exclude_mark in (None, "m", "M")
    ]
    return [await memory.size(), await memory.export_state(), reads]


async def step(memory: MemoryBase, seed: int) -> int | None:
    """Do the operation of a seed, and return its result."""
    generator = random.Random(seed)
    kind = generator.randrange(16)
    if kind <= 1:
        return await memory.delete(some(generator, IDS))
    if kind == 2:
        return await memory.delete_by_mark(some(generator, MARKS))
    if kind <= 7:
        new, old = generator.choice([None, *MARKS]), generator.choice([None, *MARKS])
        ids = generator.choice([None, some(generator, IDS)])
        return await memory.update_messages_mark(new, old, ids)
    if kind == 8:
        await memory.update_compressed_summary(generator.choice(["", "s", "\0 😀"]))
    elif kind == 9:
        await memory.import_state(await memory.export_state())
    elif kind == 10 and generator.random() < 0.3:
        await memory.clear()
    else:
        added = [message(msg_id, f"{seed}") for msg_id in some(generator, IDS)]
        await memory.add(added, some(generator, MARKS))
    return None


# The drivers send the same statements.
one_driver = pytest.mark.parametrize(
    "driver", ["sqlite+aiosqlite", "postgresql+asyncpg", "mariadb+aiomysql"]
)


@one_driver
def test_random_operations_do_what_the_reference_does(run: Any) -> None:
    async def compare(engine: AsyncEngine) -> None:
        neighbour = AsyncSQLAlchemyMemory(engine, user_id="default_user", session_id="default")
        await neighbour.add([message(msg_id) for msg_id in IDS], MARKS)
        theirs = await visible(neighbour)
        for seed in range(2):
            memory, reference = AsyncSQLAlchemyMemory(engine, f"{seed}"), InMemoryMemory()
            for number in range(seed * 1000, seed * 1000 + 120):
                assert await step(memory, number) == await step(reference, number), number
                assert await memory.export_state() == await reference.export_state(), number
            assert await visible(memory) == await visible(reference)
        assert await visible(neighbour) == theirs

    run(compare)


@one_driver
def test_each_operation_has_the_references_visible_result(run: Any) -> None:
    async def compare(engine: AsyncEngine) -> None:
        for seed in range(40):
            memory, reference = AsyncSQLAlchemyMemory(engine, f"{seed}"), InMemoryMemory()
            for each in (memory, reference):
                for count in range(len(MARKS) + 1):
                    await each.add(
                        [message(i) for i in IDS[count :: len(MARKS) + 1]], MARKS[:count]
                    )
            assert await step(memory, seed) == await step(reference, seed), seed
            assert await visible(memory) == await visible(reference), seed

    run(compare)


@pytest.mark.parametrize(
    "content",
    [
        'NUL \0, emoji 😀, quote " and \\u0000',
        [{"type": "text", "text": "x", "deep": [[{"n": 2**80, "f": 1.5, "t": True, "z": None}]]}],
        [{"type": "tool_use", "id": "1", "name": "f", "input": {"n": 10**5000}}],
        "x" * 10_000_000,
    ],
    ids=["characters", "numbers", "long integer", "ten megabytes"],
)
def test_content_comes_back_exactly(run: Any, content: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a", content))
        assert [one.content for one in await memory.get_memory()] == [content]

    run(check)


@one_driver
def test_fifty_thousand_messages_and_ids_in_one_call(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        ids = [f"{number:05}" for number in range(50_000)]
        await memory.add([message(msg_id) for msg_id in ids], "m")
        assert await memory.update_messages_mark("n", "m", ids[::2]) == 25_000
        assert await memory.delete(ids[::2]) == 25_000
        assert await memory.size() == 25_000
        left = await memory.get_memory("m")
        assert [one.id for one in left] == ids[1::2]

    run(check)


def test_a_large_batch_goes_in_several_parts_in_order(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(engine: AsyncEngine) -> None:
        dialect = dialect_of(engine.dialect.name)
        monkeypatch.setattr(type(dialect), "part_characters", 300)
        # Where more is sent than that, this is what a server says that it takes.
        monkeypatch.setattr("memcert_backends.sql.mysql.operations._room", lambda _: 900)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add([message(str(number)) for number in (3, 5)])
        batch = [message(str(number), "x" * (number * 40)) for number in range(10)]
        await memory.add(batch, "m")
        order = ["3", "5", "0", "1", "2", "4", "6", "7", "8", "9"]
        assert [one.id for one in await memory.get_memory()] == order
        assert [one.id for one in await memory.get_memory("m")] == order[2:]
        assert await memory.size() == 10
        await memory.import_state(await memory.export_state())
        assert [one.id for one in await memory.get_memory("m")] == order[2:]

    run(check)


def test_a_second_engine_sees_everything(run: Any, url: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine, "s", "u")
        await memory.add([message("a"), message("b")], ["x", "y"])
        await memory.update_compressed_summary("so far")
        other = create_async_engine(url)
        again = AsyncSQLAlchemyMemory(other, "s", "u")
        assert await again.export_state() == await memory.export_state()
        await other.dispose()

    run(check)


def test_numbers_are_not_given_out_again_after_the_last_message_went(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add([message("a"), message("b")], "old")
        await memory.delete(["b"])
        await memory.add(message("c"))
        await memory.clear()
        await memory.add([message("b"), message("a")])
        assert [one.id for one in await memory.get_memory()] == ["b", "a"]
        assert await memory.get_memory("old") == []
        async with engine.connect() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT number FROM memcert_messages ORDER BY number"
            )
            assert [row[0] for row in rows] == [3, 4]

    run(check)


def test_defaults_are_those_of_agentscope(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        assert (memory.user_id, memory.session_id) == ("default_user", "default_session")
        memory = AsyncSQLAlchemyMemory(engine_or_session=engine, session_id="s", user_id="u")
        assert (memory.user_id, memory.session_id) == ("u", "s")
        memory = AsyncSQLAlchemyMemory(engine, "s", "u")
        assert (memory.user_id, memory.session_id) == ("u", "s")

    run(check)
