"""What earlier releases stored is read and changed; what later ones did is left alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from memcert_backends import NewerFormat
from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.record import FORMAT
from memcert_backends.tablestore.sdk import ots
from memcert_reference import InMemoryMemory, Msg

from .conftest import Place
from .recorded import DATA, put_rows, states

RELEASES = sorted(folder.name for folder in DATA.iterdir())
SPACES = [(release, *space) for release in RELEASES for space in states(release)]
SPACES_BY_NAME = pytest.mark.parametrize(
    ("release", "user_id", "session_id"), SPACES, ids=[f"{it[0]} {it[2]}" for it in SPACES]
)

NEW = [Msg("carol", "from now", "assistant", id="new"), Msg("a", "", "user", id="m")]

CHANGES: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "add": lambda memory: memory.add(NEW, ["hint", "new"]),
    "delete": lambda memory: memory.delete(["m", "a", "0", "image", "3", "after", "x" * 255]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["new", "odd", "large", "m", "m1"]),
    "mark": lambda memory: memory.update_messages_mark("later"),
    "remark": lambda memory: memory.update_messages_mark("later", "odd"),
    "unmark": lambda memory: memory.update_messages_mark(None, "all", ["a", "b"]),
    "summary": lambda memory: memory.update_compressed_summary("later"),
    "clear": lambda memory: memory.clear(),
}


@pytest.mark.parametrize("release", RELEASES)
def test_every_space_is_read(place: Place, release: str) -> None:
    put_rows(place.options, release)

    async def main() -> None:
        for (user_id, session_id), state in states(release).items():
            ids = {"user_id": user_id, "session_id": session_id}
            async with place.memory(**ids) as memory:
                assert await memory.export_state() == state
                assert await memory.size() == len(state["content"])
            async with place.memory(**ids) as memory:
                read = await memory.get_memory(prepend_summary=False)
                assert [message.to_dict() for message in read] == [it for it, _ in state["content"]]

    asyncio.run(main())


@SPACES_BY_NAME
def test_every_operation_changes_it(
    place: Place, release: str, user_id: str, session_id: str
) -> None:
    put_rows(place.options, release)
    ids = {"user_id": user_id, "session_id": session_id}
    state = states(release)[user_id, session_id]

    async def both(memory: TablestoreMemory, expected: InMemoryMemory, change: str) -> None:
        assert await CHANGES[change](memory) == await CHANGES[change](expected), change
        assert await memory.export_state() == await expected.export_state(), change

    async def main() -> None:
        reference = InMemoryMemory()
        await reference.import_state(state)
        for change in CHANGES:
            # Each by a memory that knows nothing of it yet, and one after the other.
            async with place.memory(**ids) as memory:
                await both(memory, reference, change)
        async with place.memory(**ids) as memory:
            await memory.import_state(state)
            reference = InMemoryMemory()
            await reference.import_state(state)
            for change in CHANGES:
                await both(memory, reference, change)
            # So many that a checkpoint is made of what is old and new.
            await memory.import_state(state)
            for number in range(110):
                await memory.update_compressed_summary(f"{number}")
            expected = {**state, "_compressed_summary": "109"}
            assert await memory.export_state() == expected
        async with place.memory(**ids) as memory:
            assert await memory.export_state() == expected

    asyncio.run(main())


@SPACES_BY_NAME
def test_each_operation_is_the_first_on_it(
    place: Place, release: str, user_id: str, session_id: str
) -> None:
    ids = {"user_id": user_id, "session_id": session_id}
    state = states(release)[user_id, session_id]

    async def main() -> None:
        put_rows(place.options, release)
        kept = place.control.snapshot()
        for name, change in CHANGES.items():
            place.control.restore(kept)
            reference = InMemoryMemory()
            await reference.import_state(state)
            async with place.memory(**ids) as memory, place.memory(**ids) as other:
                assert await change(memory) == await change(reference), name
                assert await other.export_state() == await reference.export_state(), name

    asyncio.run(main())


def _of_the_future(place: Place, kind: str, number: int) -> None:
    """Add a row to the one space, as a later release might."""
    last = max(place.rows(), key=lambda item: item.key)
    space = place.control.snapshot()["tables"][0]["rows"][0][0][0]
    key = [("space", space), ("version", last.key.version + 1), ("part", 0), ("writer", "-")]
    client = ots.OTSClient(**place.options)
    client.put_row("memcert_memory", ots.Row(key, [("kind", kind), ("format", number)]))
    client.connection.pool.clear()


READS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "get_memory": lambda memory: memory.get_memory(),
    "size": lambda memory: memory.size(),
    "export": lambda memory: memory.export_state(),
    "import": lambda memory: memory.import_state(
        {"_compressed_summary": "", "content": [[NEW[0].to_dict(), []]]}
    ),
}


@pytest.mark.parametrize("kind", ["change", "checkpoint", "a kind of its own"])
def test_a_newer_format_is_one_clear_error_and_stays_as_it_is(place: Place, kind: str) -> None:
    async def main() -> None:
        async with place.memory() as known, place.memory() as adding:
            await known.add([Msg("a", "b", "user", id="m")], ["odd", "all"])
            await known.size()
            await adding.add([])
            _of_the_future(place, kind, FORMAT + 1)
            before = place.rows()
            line = re.escape(
                f"this space was written by a newer memcert: its data has the format {FORMAT + 1},"
                f" and this one knows those up to {FORMAT}; use that memcert, or a newer one"
            )
            for name, operation in {**CHANGES, **READS}.items():
                async with place.memory() as fresh:
                    for memory in (fresh, known, adding):
                        with pytest.raises(NewerFormat, match=f"^{line}"):
                            await operation(memory)
                assert place.rows() == before, name

    asyncio.run(main())


def test_every_record_has_the_number_of_its_format(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            for number in range(110):
                await memory.add(Msg("a", "b", "user", id=f"{number}"))
            await memory.import_state(await memory.export_state())

    asyncio.run(main())
    rows = [item for item in place.rows() if item.columns["kind"] not in ("sealed", "part")]
    assert {item.columns["kind"] for item in rows} == {"checkpoint", "pointer"}
    assert {item.columns.get("format") for item in rows} == {FORMAT}
