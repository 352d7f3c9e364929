"""What earlier releases stored is read right, and every operation changes it right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import InMemoryMemory, MemoryBase, Msg

from .whole_stores import DATA, rebuild

RELEASES = sorted(folder.name for folder in DATA.iterdir() if folder.is_dir())


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Path:
    """The folder of a release."""
    return DATA / str(request.param)


def memory_of(engine: AsyncEngine, space: dict[str, Any]) -> AsyncSQLAlchemyMemory:
    return AsyncSQLAlchemyMemory(engine, user_id=space["user_id"], session_id=space["session_id"])


def some(msg_id: str) -> Msg:
    return Msg("name", "new", "user", id=msg_id, timestamp="2026-01-01 00:00:00.000")


async def changes(memory: MemoryBase, other: Any) -> list[Any]:
    """Do every operation, and return what each returned and left."""
    results: list[Any] = []
    for operation in (
        memory.size,
        lambda: memory.add([some("new"), some("1"), some("a")], ["hint", "new"]),
        lambda: memory.update_messages_mark("x"),
        lambda: memory.update_messages_mark("y", None, ["1", "new", "none"]),
        lambda: memory.update_messages_mark("z", "hint"),
        lambda: memory.update_messages_mark("z", "x", ["2", "a", "new"]),
        lambda: memory.update_messages_mark(None, "a"),
        lambda: memory.update_messages_mark(None, "y", ["1"]),
        lambda: memory.delete(["2", "more 7", "none", "new"]),
        lambda: memory.add(some("new")),
        lambda: memory.delete_by_mark(["done", "A"]),
        lambda: memory.update_compressed_summary("another"),
    ):
        results += [await operation(), await memory.export_state()]
    for mark in (None, "x", "z"):
        for exclude_mark in (None, "x", "hint"):
            found = await memory.get_memory(mark, exclude_mark)
            results.append([one.id for one in found if one.id in {"1", "2", "3", "a", "new"}])
    await memory.clear()
    results.append(await memory.export_state())
    await memory.add([some("1"), some("new")], "hint")
    results.append(await memory.export_state())
    await memory.import_state(other)
    results.append(await memory.export_state())
    return results


def test_what_a_release_stored_is_read(run: Any, release: Path) -> None:
    async def check(engine: AsyncEngine) -> None:
        for space in await rebuild(engine, release):
            memory = memory_of(engine, space)
            assert await memory.export_state() == space["state"], space["user_id"]
            assert await memory.size() == len(space["state"]["content"])
        assert await AsyncSQLAlchemyMemory(engine).size() == 0

    run(check)


def test_what_a_release_stored_is_changed(run: Any, release: Path) -> None:
    async def check(engine: AsyncEngine) -> None:
        spaces = await rebuild(engine, release)
        other = spaces[0]["state"]
        # Of the look-alikes' spaces, a few.
        changed = [*spaces[:4], *spaces[-7:]]
        for space in changed:
            reference = InMemoryMemory()
            await reference.import_state(space["state"])
            results = await changes(memory_of(engine, space), other)
            assert results == await changes(reference, other), space["user_id"]
        for space in spaces:
            if space not in changed:
                assert await memory_of(engine, space).export_state() == space["state"]

    run(check)
