"""States that AgentScope's memories wrote, and those that they are to load."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from agentscope.message import Msg, TextBlock
from agentscope.module import StateModule
from sqlalchemy import Engine, event

import memcert_backends.agentscope
from memcert_backends.agentscope import InMemoryMemory

Open = Callable[[Any], Any]

OURS, THEIRS = memcert_backends.agentscope, agentscope.memory
STORES = pytest.mark.parametrize("opened", ["RedisMemory", "AsyncSQLAlchemyMemory"], indirect=True)


def messages() -> list[Msg]:
    return [
        Msg("user", "Hello", "user", metadata={"n": 1}),
        Msg("Friday", [TextBlock(type="text", text="Hi")], "assistant", invocation_id="call"),
    ]


def as_json(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state as a session keeps it."""
    return dict(json.loads(json.dumps(state)))


async def contents(memory: Any, **options: Any) -> list[Any]:
    return [message.content for message in await memory.get_memory(**options)]


@pytest.mark.parametrize(("writer", "reader"), [(OURS, THEIRS), (THEIRS, OURS)])
def test_what_the_one_wrote_the_other_loads(opened: Open, writer: Any, reader: Any) -> None:
    async def main() -> None:
        given = messages()
        async with opened(writer) as memory:
            await memory.add(given[0], marks="a")
            await memory.add(given[1])
            await memory.update_compressed_summary("They met.")
            written = as_json(memory.state_dict())
        async with opened(reader) as memory:
            fresh = memory.state_dict()
            memory.load_state_dict(state_dict=written, strict=True)
            assert memory._compressed_summary == "They met."
            if reader is OURS or "content" not in written:
                # AgentScope loads an invocation_id, but does not write it.
                assert as_json(memory.state_dict()) == written
            first, *found = await memory.get_memory()
            assert first.content == "They met."
            if "content" in written:
                if writer is THEIRS:
                    given[1].invocation_id = None
                assert [vars(message) for message in found] == [vars(message) for message in given]
                assert await contents(memory, mark="a", prepend_summary=False) == ["Hello"]
        assert fresh == {key: [] if key == "content" else "" for key in written}

    asyncio.run(main())


def test_a_state_is_the_same_as_agentscope_s(opened: Open) -> None:
    async def main() -> None:
        given = messages()[:1]
        states = []
        for module in (THEIRS, OURS):
            async with opened(module) as memory:
                states.append([memory.state_dict()])
                await memory.add(given, marks=["a", "b"])
                await memory.get_memory()
                states[-1].append(memory.state_dict())
                if module is OURS and "content" in states[-1][-1]:
                    exported = await memory.export_state()
                    assert exported == states[-1][-1]
        assert states[0] == states[1]

    asyncio.run(main())


def test_a_state_of_before_there_were_summaries_loads() -> None:
    memory = InMemoryMemory()
    memory.load_state_dict({"content": [messages()[0].to_dict()]})
    assert asyncio.run(contents(memory)) == ["Hello"]


@STORES
@pytest.mark.parametrize("summary", ["", "old"])
def test_a_state_does_not_take_the_place_of_a_summary_that_was_not_seen(
    opened: Open, summary: str
) -> None:
    async def main() -> None:
        async with opened(OURS) as memory:
            await memory.update_compressed_summary("They met.")
        for use in (True, False):
            async with opened(OURS) as memory:
                memory.load_state_dict({"_compressed_summary": summary})
                assert memory.state_dict() == {"_compressed_summary": summary}
                # Whatever comes first, or nothing at all.
                if use:
                    await memory.add(messages()[0])
                    assert await contents(memory) == ["They met.", "Hello"]
                    assert memory._compressed_summary == "They met."
        async with opened(OURS) as memory:
            assert await contents(memory) == ["They met.", "Hello"]

    asyncio.run(main())


@STORES
def test_a_state_fills_a_space_without_a_summary(opened: Open) -> None:
    async def main() -> None:
        async with opened(OURS) as memory:
            memory.load_state_dict({"_compressed_summary": "dropped"})
            memory.load_state_dict({"_compressed_summary": ""})
        async with opened(OURS) as memory:
            assert await contents(memory) == []
        async with opened(OURS) as memory:
            memory.load_state_dict({"_compressed_summary": "They met."})
        async with opened(OURS) as memory:
            assert await contents(memory) == ["They met."]

    asyncio.run(main())


@STORES
@pytest.mark.parametrize("summary", ["", "old"])
def test_a_state_takes_the_place_of_a_summary_that_was_seen(opened: Open, summary: str) -> None:
    async def main() -> None:
        for see in ("write", "read", "set"):
            async with opened(OURS) as memory:
                await memory.update_compressed_summary("new")
            async with opened(OURS) as memory:
                if see == "write":
                    await memory.update_compressed_summary("new")
                elif see == "read":
                    await memory.get_memory()
                else:
                    memory._compressed_summary = "new"
                memory.load_state_dict({"_compressed_summary": summary})
            async with opened(OURS) as memory:
                assert await contents(memory) == ([summary] if summary else [])

    asyncio.run(main())


def statements_of(engine: Engine) -> list[str]:
    """Return the statements that an engine is sent from now on."""
    found: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    return found


@pytest.mark.parametrize("opened", ["AsyncSQLAlchemyMemory"], indirect=True)
def test_restoring_what_is_stored_writes_nothing(opened: Open) -> None:
    async def main() -> None:
        async with opened(OURS) as memory:
            await memory.add(messages())
            await memory.update_compressed_summary("They met.")
        for summary, reads in (("", 1), ("They met.", 2)):
            async with opened(OURS) as memory:
                # Before the first operation, the version of the tables is looked up.
                assert await memory.size() == 2
                statements = statements_of(memory.session.bind.sync_engine)
                memory.load_state_dict({"_compressed_summary": summary})
                assert len(await memory.get_memory()) == 3
            assert len(statements) == reads
            assert not any("INSERT" in each or "UPDATE" in each for each in statements)

    asyncio.run(main())


@STORES
def test_what_is_set_is_stored_whatever_is_there(opened: Open) -> None:
    async def main() -> None:
        for summary in ("new", "", "newer"):
            async with opened(OURS) as memory:
                memory.load_state_dict({"_compressed_summary": "old"})
                memory._compressed_summary = summary
            async with opened(OURS) as memory:
                assert await contents(memory) == ([summary] if summary else [])

    asyncio.run(main())


@STORES
def test_a_state_with_messages_says_how_to_load_it(opened: Open) -> None:
    async def main() -> None:
        source = InMemoryMemory()
        await source.add(messages(), marks="a")
        await source.update_compressed_summary("They met.")
        state = as_json(source.state_dict())
        async with opened(OURS) as memory:
            with pytest.raises(
                ValueError, match=r"state \(2\) would be dropped: await memory\.import_state"
            ):
                memory.load_state_dict(state)
            assert memory.state_dict() == {"_compressed_summary": ""}
            # Nothing of this one would be dropped.
            memory.load_state_dict({"_compressed_summary": "", "content": []})
            await memory.import_state(state)
            assert await memory.export_state() == state
            assert await contents(memory, mark="a") == [
                "They met.", "Hello", [{"type": "text", "text": "Hi"}],
            ]  # fmt: skip

    asyncio.run(main())


class Part(StateModule):  # type: ignore[misc]  # its types are not looked at
    """A part of a memory, with a state of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.register_state("count", custom_from_json=int)


@pytest.fixture
def extended(opened: Open) -> Open:
    """Return `opened` for subclasses that register states, as they are written for AgentScope."""

    def extend(module: Any) -> Any:
        class Extended:
            __name__ = module.__name__

            def __getattr__(self, name: str) -> Any:
                class Own(getattr(module, name)):  # type: ignore[misc]  # the class is not known
                    def __init__(self, *arguments: Any, **options: Any) -> None:
                        super().__init__(*arguments, **options)
                        self.topics: list[str] = []
                        self.register_state("topics")
                        self.names = {"Friday"}
                        self.register_state("names", sorted, set)
                        self.part = Part()
                        self.notes = THEIRS.InMemoryMemory()

                return Own

        return opened(Extended())

    return extend


def registered(memory: Any) -> tuple[Any, ...]:
    return memory.topics, memory.names, memory.part.count, memory.notes.content


def test_what_a_subclass_registers_is_saved_and_restored(extended: Open) -> None:
    async def main() -> None:
        states = []
        for module in (THEIRS, OURS):
            async with extended(module) as memory:
                memory.topics.append("weather")
                memory.names.add("Alice")
                memory.part.count = 2
                states.append(memory.state_dict())
                before = as_json(memory.state_dict())
                memory.topics.append("later")
            async with extended(module) as memory:
                memory.load_state_dict(before)
                if module is OURS or "content" not in before:
                    # AgentScope's InMemoryMemory saves them, and does not load them.
                    assert registered(memory) == (["weather"], {"Friday", "Alice"}, 2, [])
                    assert as_json(memory.state_dict()) == before
        theirs, ours = states
        # AgentScope's shares the list itself.
        assert theirs["topics"] == ["weather", "later"]
        assert ours == {**theirs, "topics": ["weather"]}

    asyncio.run(main())


def test_what_was_registered_is_loaded_whole_or_not_at_all(extended: Open) -> None:
    async def main() -> None:
        async with extended(OURS) as memory:
            await memory.update_compressed_summary("They met.")
            memory.topics.append("weather")
            good = as_json(memory.state_dict())
            for change, error in (
                ({"topics": None}, KeyError),
                ({"part": None}, KeyError),
                ({"names": 7, "_compressed_summary": "other"}, TypeError),
                ({"part": {"count": "x"}, "topics": ["other"]}, ValueError),
                ({"part": {"count": 9}, "notes": {}}, KeyError),
                ({"part": {"count": 9}, "_compressed_summary": 7}, ValueError),
            ):
                bad = {key: value for key, value in {**good, **change}.items() if value is not None}
                with pytest.raises(error):
                    memory.load_state_dict(bad)
                assert as_json(memory.state_dict()) == good, change
            with pytest.raises(TypeError):
                memory.load_state_dict([])
            memory.load_state_dict({"topics": ["other"]}, strict=False)
            assert memory.state_dict() == {**good, "topics": ["other"]}

    asyncio.run(main())


def test_what_was_registered_stays_when_messages_move(extended: Open) -> None:
    async def main() -> None:
        async with extended(OURS) as memory:
            await memory.add(messages())
            state = await memory.export_state()
            assert state.keys() == {"_compressed_summary", "content"}
            other = InMemoryMemory()
            await other.import_state(state)
            await other.update_compressed_summary("They met.")
            await memory.import_state(await other.export_state())
            assert (await contents(memory))[:2] == ["They met.", "Hello"]

    asyncio.run(main())


def test_the_content_of_a_memory_in_this_process() -> None:
    async def main() -> None:
        memory, theirs = InMemoryMemory(), THEIRS.InMemoryMemory()
        first, second, third = *messages(), Msg("user", "Bye", "user")
        for each in (memory, theirs):
            await each.add(first, marks="a")
            each.content.append((second, []))
            each.content.extend([(third, ["b"])])
            each.content.reverse()
            each.content += []
            assert each.content.pop(1)[0].id == second.id
            each.content.insert(0, (second, ["b"]))
            each.content[1:2] = []
            assert isinstance(each.content, list)
            assert len(each.content) == 2
        assert [(vars(message), marks) for message, marks in memory.content] == [
            (vars(message), marks) for message, marks in theirs.content
        ]
        assert await contents(memory, mark="b") == [second.content]
        held = memory.content
        held[0][1].append("c")
        assert await contents(memory, mark="c") == []
        await memory.delete([second.id])
        # A list that is older than the memory does not bring back what is gone.
        held.append((third, []))
        assert await contents(memory) == ["Hello", "Bye"]
        for bad in ([(first, []), (first, [])], [first.id], [(first, "a")], [(first, [7])]):
            with pytest.raises(ValueError, match="of the state"):
                memory.content = bad
        with pytest.raises(TypeError, match="must be a list"):
            memory.content = ()
        with pytest.raises(ValueError, match="repeats the message id"):
            memory.content.append((first, []))
        assert [type(each) for each in (copy.copy(held), copy.deepcopy(held))] == [list, list]
        assert await contents(copy.deepcopy(memory)) == ["Hello", "Bye"]
        memory.content = memory.content[-1:]
        assert await contents(memory) == ["Bye"]
        memory.content.clear()
        assert await memory.size() == 0

    asyncio.run(main())
