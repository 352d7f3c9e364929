"""TablestoreMemory as its users see it."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest

from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.memory import MAX_MESSAGE_BYTES
from memcert_backends.tablestore.sdk import new_client, ots
from memcert_reference import InMemoryMemory, MemoryBase, Msg

from .conftest import Place

MARKS = ["h", "hi", "h:é\n", "\U0001f600" * 255, "h ", "H"]
IDS = ["m", "m:", "m\n\r\n", "é", "e\u0301", "x" * 255, "\U0001f600" * 255, "m "]


def _message(msg_id: str, content: str = "text") -> Msg:
    return Msg("alice", content, "user", {"long": 10**5000, "nul": "\0"}, "now", id=msg_id)


async def _step(memory: MemoryBase, chance: random.Random) -> Any:
    """Do what chance says: the same on every memory, as long as the chance is the same."""
    ids, marks = chance.sample(IDS, 3), chance.sample(MARKS, 2)
    match chance.randrange(10):
        case 0 | 1 | 2:
            return await memory.add([_message(i) for i in ids], marks[: chance.randrange(3)])
        case 3:
            return await memory.delete([*ids[:2], ids[0]])
        case 4:
            return await memory.delete_by_mark(marks) if chance.random() < 0.3 else None
        case 5 | 6:
            new, old = (chance.choice([*MARKS[:3], None]) for _ in range(2))
            return await memory.update_messages_mark(new, old, chance.choice([None, ids]))
        case 7:
            return await memory.clear() if chance.random() < 0.3 else None
        case 8 if chance.random() < 0.2:
            state = await memory.export_state()
            state["content"] = state["content"][::-1]
            return await memory.import_state(state)
        case _:
            return await memory.update_compressed_summary(chance.choice(["", "é\r\n\0"]))


async def _visible(memory: MemoryBase) -> Any:
    reads = [
        # A summary is a message made for this read: its id and time are new ones.
        [
            message.content if message.name == "user" else message.to_dict()
            for message in await memory.get_memory(mark, exclude)
        ]
        for mark, exclude in [(None, None), ("h", None), ("hi", "h"), (None, "h ")]
    ]
    return reads, await memory.size(), await memory.export_state()


@pytest.mark.parametrize("seed", [1, 2])
def test_any_of_several_memories_does_what_the_reference_does(place: Place, seed: int) -> None:
    async def main() -> None:
        reference = InMemoryMemory()
        async with AsyncExitStack() as stack:
            memories = [await stack.enter_async_context(place.memory()) for _ in range(2)]
            for step in range(150):
                chance = f"{seed}/{step}"
                expected = await _step(reference, random.Random(chance))
                # Memories that know everything, one that knows something old, one that is new.
                which = random.Random(step).choice([*memories, None])
                async with place.memory() as new:
                    doing = which or new
                    assert await _step(doing, random.Random(chance)) == expected, chance
                    assert await _visible(doing) == await _visible(reference), chance

    asyncio.run(main())


def test_reads_what_it_wrote_and_what_others_wrote_at_once(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as one, place.memory() as other:
            for number in range(20):
                memory = (one, other)[number % 2]
                await memory.add(_message(str(number)), ["even"] if number % 2 == 0 else None)
                for each in (one, other):
                    ids = [message.id for message in await each.get_memory()]
                    assert ids == [str(it) for it in range(number + 1)]
                    assert len(await each.get_memory(mark="even")) == number // 2 + 1

    asyncio.run(main())


def test_takes_fifty_thousand_messages_in_one_call(place: Place) -> None:
    async def main() -> None:
        ids = [f"message {number}" for number in range(50_000)]
        async with place.memory() as memory, place.memory() as other:
            await memory.add([Msg("a", "b", "user", id=msg_id) for msg_id in ids], "h")
            assert await memory.update_messages_mark("even", None, ids[::2]) == 25_000
            assert await memory.delete(ids[::2]) == 25_000
            assert [message.id for message in await other.get_memory("h")] == ids[1::2]
            assert await memory.get_memory("even") == []
            assert await memory.update_messages_mark("new", "h") == 25_000
            assert await other.delete_by_mark("new") == 25_000
            assert await memory.size() == 0

    asyncio.run(main())


def test_takes_a_message_of_the_most_bytes_and_none_of_more(place: Place) -> None:
    # What chance gives cannot be compressed much.
    noise = random.Random(0).randbytes(MAX_MESSAGE_BYTES // 2).hex()

    async def main() -> None:
        async with place.memory() as memory, place.memory() as other:
            await memory.add(Msg("a", noise[:-1024], "user", id="m"))
            assert [message.content for message in await other.get_memory()] == [noise[:-1024]]
            with pytest.raises(ValueError, match=r"16777216 bytes \(max_message_bytes\)"):
                await memory.add(Msg("a", noise, "user"))
            assert await other.size() == 1

    asyncio.run(main())


def test_spaces_and_tables_are_apart(place: Place) -> None:
    long = "\U0001f600" * 255
    spaces = [("a", "b"), ("b", "a"), ("a", "b "), ("a\x01", "b"), (long, long), (long, "b")]

    async def main() -> None:
        for number, (user, session) in enumerate(spaces):
            async with place.memory(user_id=user, session_id=session) as memory:
                assert await memory.size() == 0
                await memory.add(_message(str(number)))
        for number, (user, session) in enumerate(spaces):
            async with place.memory(user_id=user, session_id=session) as memory:
                assert [message.id for message in await memory.get_memory()] == [str(number)]
        async with place.memory(user_id="a", session_id="b", table_name="another") as memory:
            assert await memory.size() == 0

    asyncio.run(main())


def test_many_first_users_of_a_database_without_the_table(place: Place) -> None:
    async def main() -> None:
        async def use(number: int) -> None:
            async with place.memory(session_id=str(number % 2)) as memory:
                assert await memory.delete(["nothing"]) == 0
                await memory.add(_message(str(number)))
                assert str(number) in {message.id for message in await memory.get_memory()}

        await asyncio.gather(*(use(number) for number in range(20)))
        async with place.memory(session_id="0") as memory:
            assert await memory.size() == 10

    asyncio.run(main())


def test_reads_make_no_table(place: Place) -> None:
    async def main() -> None:
        async with place.memory() as memory:
            assert await memory.get_memory() == []
            assert await memory.size() == 0
            assert await memory.delete_by_mark("x") == 0
            await memory.clear()

    asyncio.run(main())
    assert place.control.state()["tables"] == {} or not place.control.state()["tables"]


def test_a_lent_client_stays_open_and_an_own_one_is_closed(place: Place) -> None:
    async def main() -> None:
        async with new_client(**place.options) as client:
            async with TablestoreMemory(client=client) as memory:
                assert memory.get_client() is client
                await memory.add(_message("m"))
            assert client._connection is not None
            async with TablestoreMemory(client=client) as memory:
                assert await memory.size() == 1
        async with place.memory() as memory:
            own = memory.get_client()
            assert await memory.size() == 1
        assert own._connection is None

    asyncio.run(main())


def test_a_client_of_the_users_own_works_with_its_own_retries(place: Place) -> None:
    async def main() -> None:
        async with (
            ots.AsyncOTSClient(**place.options, region="cn-hangzhou") as client,
            TablestoreMemory(client=client) as memory,
        ):
            place.control.fail("PutRow", code="OTSServerBusy")
            await memory.add(_message("m"))
            assert await memory.size() == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"vector_dimension": 4}, TypeError, "no search index, so it takes no 'vector_dimension'"),
        ({"text_field": "t"}, TypeError, "no search index"),
        ({"retry_policy": 1}, TypeError, "takes no 'retry_policy'; of the client's: credentials"),
        ({"end_point": None}, TypeError, "needs end_point, or a client"),
        ({"end_point": "localhost"}, ValueError, "http:// or https://"),
        ({"access_key_id": None}, TypeError, "needs access_key_id, or a client"),
        ({"access_key_secret": ""}, ValueError, "access_key_secret must not be empty"),
        ({"instance_name": 5}, TypeError, "instance_name must be a string"),
        ({"sts_token": 5}, TypeError, "sts_token must be a string"),
        ({"table_name": "a-b"}, ValueError, "table_name must be 1 to 255 ASCII letters"),
        ({"table_name": "1a"}, ValueError, "table_name"),
        ({"table_name": None}, TypeError, "table_name must be a string"),
        ({"user_id": ""}, ValueError, "user_id must not be empty"),
        ({"seconds_to_answer": 0}, ValueError, "seconds_to_answer must be more than 0"),
        ({"seconds_to_answer": "1"}, TypeError, "seconds_to_answer must be a number"),
    ],
)
def test_refuses_bad_options(
    place: Place, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        place.memory(**options)


def test_refuses_a_client_beside_others_or_one_that_blocks(place: Place) -> None:
    async def main() -> None:
        async with new_client(**place.options) as client:
            with pytest.raises(TypeError, match="a client is given, and end_point as well"):
                TablestoreMemory("http://x", client=client)
            with pytest.raises(TypeError, match="a client is given, and region as well"):
                TablestoreMemory(client=client, region="r")
        with pytest.raises(TypeError, match="not OTSClient"):
            TablestoreMemory(client=ots.OTSClient(**place.options))

    asyncio.run(main())


def test_takes_agentscopes_arguments_by_position(place: Place) -> None:
    async def main() -> None:
        names = ("end_point", "instance_name", "access_key_id", "access_key_secret")
        where, instance, key, secret = (place.options[name] for name in names)
        async with TablestoreMemory(where, instance, key, secret, "u", "s") as memory:
            await memory.add(_message("m"))
        async with place.memory(user_id="u", session_id="s") as memory:
            assert await memory.size() == 1

    asyncio.run(main())


def test_an_error_says_where_it_happened_and_keeps_the_secret(place: Place) -> None:
    async def main() -> None:
        async with place.memory(access_key_secret="very secret") as memory:
            await memory.add(_message("m"))

    with pytest.raises(ots.OTSServiceError, match="OTSAuthFailed") as raised:
        asyncio.run(main())
    where = place.options["end_point"].removeprefix("http://")
    assert raised.value.__notes__ == [
        f"in TablestoreMemory.add, on Tablestore at {where}, instance emulator,"
        " table memcert_memory"
    ]
    assert "very secret" not in str(raised.value)
