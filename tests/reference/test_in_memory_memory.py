"""The reference, decision by decision (design, section 4), with expectations written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import pytest

from memcert_reference import InMemoryMemory, Msg


class Mark(str, Enum):  # noqa: UP042 - AgentScope's own marks are of just this kind
    HINT = "hint"


def msg(msg_id: str, content: Any = "x", **fields: Any) -> Msg:
    return Msg("n", content, "user", id=msg_id, **fields)


async def ids(memory: InMemoryMemory, **arguments: Any) -> list[str]:
    return [each.id for each in await memory.get_memory(**arguments)]


async def marks(memory: InMemoryMemory) -> dict[str, list[str]]:
    state = await memory.export_state()
    return {message["id"]: names for message, names in state["content"]}


async def filled() -> InMemoryMemory:
    """Return a memory of m1 [a], m2 [a, b], m3 [b], m4 []."""
    memory = InMemoryMemory()
    await memory.add(msg("m1"), "a")
    await memory.add(msg("m2"), ["a", "b"])
    await memory.add([msg("m3")], ["b"])
    await memory.add([msg("m4")])
    return memory


def run(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Make a test of a coroutine function."""

    def wrapped() -> None:
        async def body() -> None:
            await test()

        asyncio.run(body())

    wrapped.__name__, wrapped.__doc__ = test.__name__, test.__doc__
    return wrapped


@run
async def test_nothing_is_there_at_first() -> None:
    memory = InMemoryMemory()
    assert await memory.get_memory() == []
    assert await memory.get_memory("a", "b") == []
    assert await memory.size() == 0
    assert await memory.delete(["m1"]) == 0
    assert await memory.delete_by_mark("a") == 0
    assert await memory.update_messages_mark("a") == 0
    await memory.clear()
    assert memory.state_dict() == {"_compressed_summary": "", "content": []}


@run
async def test_adding_none_or_nothing_does_nothing() -> None:
    memory = InMemoryMemory()
    await memory.add(None)
    await memory.add([])
    await memory.add(None, "a")
    await memory.add([], ["a"])
    assert await memory.size() == 0


@run
async def test_an_id_that_is_there_is_skipped_with_its_marks() -> None:
    memory = await filled()
    await memory.add([msg("m1", "other"), msg("m5", "new")], "c")
    assert await ids(memory) == ["m1", "m2", "m3", "m4", "m5"]
    assert (await memory.get_memory())[0].content == "x"
    assert await marks(memory) == {
        "m1": ["a"], "m2": ["a", "b"], "m3": ["b"], "m4": [], "m5": ["c"]
    }  # fmt: skip


@run
async def test_of_equal_ids_in_one_call_the_first_wins() -> None:
    memory = InMemoryMemory()
    await memory.add([msg("m1", "first"), msg("m2"), msg("m1", "second")])
    assert await ids(memory) == ["m1", "m2"]
    assert (await memory.get_memory())[0].content == "first"


@run
async def test_one_bad_message_and_none_is_stored() -> None:
    memory = InMemoryMemory()
    bad = msg("m3")
    bad.metadata = {"k": b"bytes"}
    # The bad one is looked at even where its id is there already.
    await memory.add(msg("m1"))
    for batch in ([msg("m2"), bad], [msg("m2"), None], [msg("m2"), {"id": "m3"}]):
        with pytest.raises(TypeError):
            await memory.add(batch)  # type: ignore[arg-type]
    bad.id = "m1"
    with pytest.raises(TypeError):
        await memory.add([msg("m2"), bad])
    assert await ids(memory) == ["m1"]


@run
async def test_a_message_deleted_and_added_again_is_last_and_bare() -> None:
    memory = await filled()
    assert await memory.delete(["m2"]) == 1
    await memory.add(msg("m2"))
    assert await ids(memory) == ["m1", "m3", "m4", "m2"]
    assert await ids(memory, mark="a") == ["m1"]


@run
async def test_the_order_is_that_of_insertion_whatever_the_timestamps() -> None:
    memory = InMemoryMemory()
    await memory.add([msg("z", timestamp="2030"), msg("a", timestamp="2010")])
    await memory.add(msg("m", timestamp="2020"))
    await memory.update_messages_mark("k", msg_ids=["m"])
    await memory.update_messages_mark("k", msg_ids=["z"])
    assert await ids(memory) == ["z", "a", "m"]
    assert await ids(memory, mark="k") == ["z", "m"]


@run
async def test_reads_with_filters() -> None:
    memory = await filled()
    assert await ids(memory, mark="a") == ["m1", "m2"]
    assert await ids(memory, exclude_mark="a") == ["m3", "m4"]
    assert await ids(memory, mark="a", exclude_mark="b") == ["m1"]
    assert await ids(memory, mark="a", exclude_mark="a") == []
    assert await ids(memory, mark="A") == []
    assert await ids(memory, mark="a ") == []


@run
async def test_the_summary_comes_first_filters_or_not() -> None:
    memory = await filled()
    await memory.update_compressed_summary("so far")
    first, *rest = await memory.get_memory(mark="a", exclude_mark="b")
    assert (first.name, first.role, first.content) == ("user", "user", "so far")
    assert [each.id for each in rest] == ["m1"]
    assert await ids(memory, prepend_summary=False) == ["m1", "m2", "m3", "m4"]
    assert await memory.size() == 4
    assert await memory.delete([first.id]) == 0
    assert await memory.update_messages_mark("k", msg_ids=[first.id]) == 0
    await memory.clear()
    assert [each.content for each in await memory.get_memory()] == ["so far"]
    await memory.update_compressed_summary("")
    assert await memory.get_memory() == []


@run
async def test_deleting_counts_messages_not_requests() -> None:
    memory = await filled()
    assert await memory.delete(["m1", "m1", "unknown", "m3"]) == 2
    assert await memory.delete(["m1"]) == 0
    assert await memory.delete([]) == 0
    assert await ids(memory) == ["m2", "m4"]


@run
async def test_deleting_by_mark_counts_a_message_once() -> None:
    memory = await filled()
    assert await memory.delete_by_mark([]) == 0
    assert await memory.delete_by_mark("B") == 0
    assert await memory.delete_by_mark(["a", "b", "a", "unknown"]) == 3
    assert await ids(memory) == ["m4"]


@run
async def test_marks_are_a_set() -> None:
    memory = InMemoryMemory()
    await memory.add(msg("m1"), ["a", "a"])
    assert await memory.update_messages_mark("a") == 0
    assert await memory.update_messages_mark(None, "a") == 1
    assert await marks(memory) == {"m1": []}


@pytest.mark.parametrize(
    ("arguments", "count", "after"),
    [
        (("c", None, None), 4, {"m1": "ac", "m2": "abc", "m3": "bc", "m4": "c"}),
        (("a", None, None), 2, {"m1": "a", "m2": "ab", "m3": "ab", "m4": "a"}),
        (("c", "a", None), 2, {"m1": "c", "m2": "bc", "m3": "b", "m4": ""}),
        # m2 has both: it loses the one and keeps the other, which is a change.
        (("b", "a", None), 2, {"m1": "b", "m2": "b", "m3": "b", "m4": ""}),
        ((None, "a", None), 2, {"m1": "", "m2": "b", "m3": "b", "m4": ""}),
        ((None, "a", ["m2", "m3", "m2", "?"]), 1, {"m1": "a", "m2": "b", "m3": "b", "m4": ""}),
        (("c", None, ["m4", "?", "m4"]), 1, {"m1": "a", "m2": "ab", "m3": "b", "m4": "c"}),
        (("c", "b", ["m1", "m3"]), 1, {"m1": "a", "m2": "ab", "m3": "c", "m4": ""}),
        (("c", None, []), 0, {"m1": "a", "m2": "ab", "m3": "b", "m4": ""}),
        (("a", "a", None), 0, {"m1": "a", "m2": "ab", "m3": "b", "m4": ""}),
        ((None, None, None), 0, {"m1": "a", "m2": "ab", "m3": "b", "m4": ""}),
        (("c", "unknown", None), 0, {"m1": "a", "m2": "ab", "m3": "b", "m4": ""}),
    ],
)
def test_updating_marks(arguments: tuple[Any, ...], count: int, after: dict[str, str]) -> None:
    async def body() -> None:
        memory = await filled()
        assert await memory.update_messages_mark(*arguments) == count
        assert await marks(memory) == {msg_id: list(names) for msg_id, names in after.items()}

    asyncio.run(body())


@run
async def test_the_memory_has_copies_of_its_own() -> None:
    memory = InMemoryMemory()
    content: Any = [{"type": "text", "text": "x"}]
    given = msg("m1", content, metadata={"k": ["v"]})
    batch, names = [given], ["a"]
    await memory.add(batch, names)
    content[0]["text"] = given.metadata["k"] = "spoilt"
    batch.append(msg("m2"))
    names.append("b")
    returned: Any
    (returned,) = await memory.get_memory()
    assert returned.content == [{"type": "text", "text": "x"}]
    assert returned.metadata == {"k": ["v"]}
    returned.content[0]["text"] = returned.id = "spoilt"
    returned.metadata["k"].append("spoilt")
    (again,) = await memory.get_memory()
    assert (again.id, again.content) == ("m1", [{"type": "text", "text": "x"}])
    assert again.metadata == {"k": ["v"]}
    assert await marks(memory) == {"m1": ["a"]}


@run
async def test_the_copy_is_taken_before_the_first_await() -> None:
    memory = InMemoryMemory()
    given = msg("m1")
    adding = asyncio.ensure_future(memory.add(given))
    await asyncio.sleep(0)
    given.content = "spoilt"
    await adding
    assert (await memory.get_memory())[0].content == "x"


@run
async def test_every_field_survives() -> None:
    memory = InMemoryMemory()
    given = Msg("n\0", "x😀", "system", {"k": 10**10_000}, "then", "call", id="m1")
    await memory.add(given)
    (returned,) = await memory.get_memory()
    assert vars(returned) == vars(given)


@run
async def test_a_mark_of_an_enum_is_its_value() -> None:
    memory = InMemoryMemory()
    await memory.add(msg("m1"), Mark.HINT)
    assert await marks(memory) == {"m1": ["hint"]}
    assert await ids(memory, mark="hint") == ["m1"]
    assert await ids(memory, mark=Mark.HINT) == ["m1"]
    assert await memory.update_messages_mark("other", old_mark=Mark.HINT) == 1


@run
async def test_a_block_of_async_with_gives_the_memory_and_closes_twice() -> None:
    async with InMemoryMemory() as memory:
        assert isinstance(memory, InMemoryMemory)
        await memory.close()
    await memory.close()
