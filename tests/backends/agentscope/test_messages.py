"""What the memories for AgentScope take and give."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from agentscope.message import Msg, TextBlock
from agentscope.module import StateModule

import memcert_backends.agentscope
import memcert_reference
from memcert_backends import RedisMemory

Open = Callable[[Any], Any]

NAMES = ("InMemoryMemory", "RedisMemory", "AsyncSQLAlchemyMemory")


class OwnMsg(Msg):  # type: ignore[misc]  # its types are not looked at
    """A message of a class of one's own."""


def fields(messages: list[Any]) -> list[dict[str, Any]]:
    return [vars(message) for message in messages]


@pytest.mark.parametrize("name", NAMES)
def test_they_are_memories_of_agentscope(name: str) -> None:
    ours = getattr(memcert_backends.agentscope, name)
    theirs = getattr(agentscope.memory, name)
    assert issubclass(ours, agentscope.memory.MemoryBase)
    assert not inspect.isabstract(ours)
    parameters = inspect.signature(ours).parameters
    for position, (parameter, wanted) in enumerate(inspect.signature(theirs).parameters.items()):
        assert parameters[parameter].default == wanted.default
        if wanted.kind is not inspect.Parameter.VAR_KEYWORD:
            assert list(parameters)[position] == parameter


def test_every_field_comes_back(opened: Open) -> None:
    async def main() -> None:
        block = TextBlock(type="text", text="\0 \U0001f600")
        messages = [
            Msg("a", "", "system"),
            Msg("b", [block], "assistant", {"n": [1, 2.5, None]}, "yesterday", "call"),
            OwnMsg("c", "x", "user"),
        ]
        messages[0].timestamp = ""
        messages[2].id = "an id of one's own: *"
        async with opened(memcert_backends.agentscope) as memory:
            await memory.add(messages[0], marks="m")
            await memory.add(messages)
            found = await memory.get_memory()
            assert [type(message) for message in found] == [Msg] * 3
            assert fields(found) == fields(messages)
            # What is added and what is returned is a copy.
            found[1].content[0]["text"] = messages[1].content[0]["text"] = "changed"
            again = await memory.get_memory()
            assert again[1].content == [{"type": "text", "text": "\0 \U0001f600"}]

    asyncio.run(main())


def test_memcerts_messages_are_taken_too(opened: Open) -> None:
    async def main() -> None:
        ours = memcert_reference.Msg("a", "x", "user", metadata={"k": 1}, invocation_id="call")
        theirs = Msg("b", "y", "user")
        async with opened(memcert_backends.agentscope) as memory:
            await memory.add([ours, theirs])
            found = await memory.get_memory()
        assert [type(message) for message in found] == [Msg] * 2
        assert fields(found) == [vars(ours), vars(theirs)]

    asyncio.run(main())


def test_the_copy_is_taken_before_the_first_await(opened: Open) -> None:
    async def main() -> None:
        message = Msg("a", [TextBlock(type="text", text="x")], "user")
        async with opened(memcert_backends.agentscope) as memory:
            adding = asyncio.ensure_future(memory.add(message))
            await asyncio.sleep(0)
            message.content[0]["text"] = "changed"
            await adding
            assert (await memory.get_memory())[0].content == [{"type": "text", "text": "x"}]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("id", "", ValueError),
        ("id", 7, TypeError),
        ("content", [b"bytes"], TypeError),
        ("content", "\ud800", ValueError),
        ("metadata", {"k": float("nan")}, ValueError),
        ("role", "tool", ValueError),
        ("timestamp", None, TypeError),
    ],
)
def test_a_bad_message_is_refused_with_all_that_come_with_it(
    opened: Open, field: str, value: Any, error: type[Exception]
) -> None:
    async def main() -> None:
        bad = Msg("a", "x", "user")
        setattr(bad, field, value)
        async with opened(memcert_backends.agentscope) as memory:
            with pytest.raises(error):
                await memory.add([Msg("a", "x", "user"), bad])
            for wrong in ((bad,), [Msg("a", "x", "user"), None], [{"id": "m"}], "text"):
                with pytest.raises(TypeError):
                    await memory.add(wrong)
            assert await memory.size() == 0

    asyncio.run(main())


def test_duplicates_are_always_skipped(opened: Open) -> None:
    async def main() -> None:
        message = Msg("a", "x", "user")
        async with opened(memcert_backends.agentscope) as memory:
            await memory.add(message, skip_duplicated=True)
            with pytest.raises(ValueError, match="skip_duplicated must be True"):
                await memory.add(message, skip_duplicated=False)
            with pytest.raises(TypeError):
                await memory.add(message, skip_duplicated=None)
            assert await memory.size() == 1

    asyncio.run(main())


def test_agentscopes_attribute_of_the_summary(opened: Open) -> None:
    async def main() -> None:
        async with opened(memcert_backends.agentscope) as memory:
            assert memory._compressed_summary == ""
            await memory.update_compressed_summary("They met.")
            assert memory._compressed_summary == "They met."
            memory._compressed_summary = "They parted."
            assert [message.content for message in await memory.get_memory()] == ["They parted."]

    asyncio.run(main())


def test_a_memory_is_a_part_of_what_holds_it(opened: Open) -> None:
    class Holder(StateModule):  # type: ignore[misc]  # its types are not looked at
        def __init__(self, memory: Any) -> None:
            super().__init__()
            self.memory = memory

    async def main() -> None:
        async with opened(memcert_backends.agentscope) as memory:
            assert Holder(memory).state_dict() == {"memory": memory.state_dict()}
            # A part of its own, and a value, as any module of AgentScope's may have.
            memory.part = StateModule()
            memory.value = 1
            memory.register_state("value")
            del memory.part, memory.value

    asyncio.run(main())


@pytest.mark.parametrize("message", [Msg("a", "x", "user"), OwnMsg("a", "x", "user")])
def test_other_memories_say_what_to_import(message: Msg) -> None:
    remedy = "for AgentScope's Msg, import the memory from memcert_backends.agentscope$"
    for memory in (memcert_reference.InMemoryMemory(), RedisMemory(port=1)):
        for memories in (message, [message]):
            with pytest.raises(TypeError, match=remedy):
                asyncio.run(memory.add(memories))
