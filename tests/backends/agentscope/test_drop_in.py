"""Whatever is public in AgentScope's memories works in those in their place, or is refused.

The table is generated from the AgentScope that is installed: a release that adds something fails
`test_the_table_is_whole`, which says what is new.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from redis.asyncio import ConnectionPool, Redis
from sqlalchemy import make_url, text

import memcert_backends.agentscope
from memcert_backends.agentscope.refusals import REFUSED
from memcert_backends.servers import Server
from tablestore_emulator.running import emulator

from .public import (
    ANSWER,
    ARGUMENTS,
    ATTRIBUTES,
    BEFORE,
    LEFTOVER,
    MESSAGE,
    NAMES,
    PLACE,
    TABLE,
    Member,
    make,
    parameters,
    shown,
)

Open = Callable[[Any], Any]

COMPARED = NAMES[:3]


@pytest.mark.parametrize("member", TABLE, ids=str)
def test_the_table_is_whole(member: Member) -> None:
    known = member.name in ATTRIBUTES if member.method is None else member.entry in ARGUMENTS
    assert known or member.is_refused, (
        f"AgentScope {agentscope.__version__} has {member}: make it work and put it into this"
        " file's tables, or refuse it, with a reason, in memcert_backends.agentscope.refusals"
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_method_takes_the_same_arguments(name: str) -> None:
    ours, theirs = (getattr(m, name) for m in (memcert_backends.agentscope, agentscope.memory))
    methods = {member.method for member in TABLE if member.memory == name} - {None}
    assert {"__init__", "add", "load_state_dict", "register_state"} <= methods
    for method in sorted(methods):
        wanted = [each for each in parameters(getattr(theirs, method)) if shown(each)[0] != "*"]
        found = list(parameters(getattr(ours, method)))
        for position, (parameter, given) in enumerate(zip(wanted, found, strict=False)):
            what = Member(name, method, parameter.name)
            assert given.name == parameter.name, (what, position)
            assert given.kind in (parameter.kind, inspect.Parameter.POSITIONAL_OR_KEYWORD), what
            # None but a value that is refused may be the default of the one and not of the other;
            # an argument that must be given there can be left out here.
            default = f"{what.called}({parameter.name}={parameter.default!r})"
            assert (
                given.default == parameter.default
                or parameter.default is inspect.Parameter.empty
                or {default, f"*.{default.partition('.')[2]}", f"{default} by default"}
                & set(REFUSED)
            ), what
        assert len(found) >= len(wanted)
        assert inspect.iscoroutinefunction(getattr(ours, method)) == (
            inspect.iscoroutinefunction(getattr(theirs, method))
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_constructor_takes_every_argument(name: str) -> None:
    for member in TABLE:
        if (member.memory, member.method) != (name, "__init__") or member.is_refused:
            continue
        for value in ARGUMENTS[member.entry]:
            given = LEFTOVER[name] if member.name == "**kwargs" else member.name
            assert make(memcert_backends.agentscope, name, **({given: value} if given else {}))


def plain(answer: Any) -> Any:
    """Return an answer as data that can be compared."""
    if isinstance(answer, list):
        return [message.content for message in answer]
    if isinstance(answer, dict):
        # The messages of a state have a test of their own.
        return {key: value for key, value in answer.items() if key != "content"}
    if isinstance(answer, Redis):
        return Redis
    return answer


async def call(memory: Any, member: Member, value: Any) -> Any:
    """Call a method with one argument by its name, and those that it needs."""
    arguments = dict(BEFORE.get(str(member.method), {}))
    if member.name:
        arguments[member.name] = value
    answer = getattr(memory, str(member.method))(**arguments)
    return await answer if inspect.isawaitable(answer) else answer


async def tried(module: Any, opened: Open, member: Member, value: Any) -> list[Any]:
    """Call a method with one argument by its name; return its answer, and what there is then."""
    async with opened(module) as memory:
        memory.value = 1
        # AgentScope's class makes its tables then.
        await memory.get_memory()
        await memory.clear()
        await memory.update_compressed_summary("")
        await memory.add([MESSAGE, ANSWER], marks="a")
        answer = await call(memory, member, value)
        if member.method == "close":
            return [answer]
        return [plain(answer), plain(memory.state_dict()), plain(await memory.get_memory())]


@pytest.mark.parametrize("opened", COMPARED, indirect=True, ids=str)
def test_a_method_does_the_same_with_every_argument(
    opened: Open, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["opened"]
    tries = [
        (member, value)
        for member in TABLE
        if member.memory == name and member.method not in (None, "__init__")
        for value in ARGUMENTS.get(member.entry, ())
    ]
    assert len(tries) > 20

    async def main() -> None:
        for member, value in tries:
            theirs = await tried(agentscope.memory, opened, member, value)
            assert await tried(memcert_backends.agentscope, opened, member, value) == theirs, (
                f"{member} with {value!r}"
            )

    asyncio.run(main())


def test_tablestore_takes_every_argument() -> None:
    if "TablestoreMemory" not in NAMES:
        pytest.skip("this AgentScope has no TablestoreMemory")

    async def main(place: dict[str, str]) -> None:
        async with memcert_backends.agentscope.TablestoreMemory(**place) as memory:
            memory.value = 1
            for member in TABLE:
                if member.memory == "TablestoreMemory" and member.method not in (None, "__init__"):
                    for value in ARGUMENTS.get(member.entry, ()):
                        if member.method != "close":
                            await call(memory, member, value)
            assert await memory.size() == 0

    with emulator() as running:
        asyncio.run(main({name: getattr(running, name) for name in PLACE}))


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_is_there(name: str) -> None:
    ours, theirs = make(memcert_backends.agentscope, name), make(agentscope.memory, name)
    assert ours._compressed_summary == theirs._compressed_summary == ""
    for member in TABLE:
        if member.memory != name or member.method is not None or member.is_refused:
            continue
        wanted, found = getattr(theirs, member.name), getattr(ours, member.name)
        if member.name == "session":
            assert type(found) is type(wanted)
        else:
            assert found == wanted, member


def test_the_expiry_can_be_set_later(redis_server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with (
            Redis.from_url(redis_server.url) as client,
            memcert_backends.agentscope.RedisMemory(
                connection_pool=client.connection_pool, key_prefix="later:", **space
            ) as memory,
        ):
            assert (memory.key_prefix, memory.key_ttl) == ("later:", None)
            await memory.add(MESSAGE)
            memory.key_ttl = 1000
            await memory.size()
            keys = [key async for key in client.scan_iter("*later:*")]
            assert keys
            assert [await client.ttl(key) for key in keys] == [pytest.approx(1000, abs=100)] * len(
                keys
            )

    asyncio.run(main())


@pytest.mark.parametrize("opened", ["AsyncSQLAlchemyMemory"], indirect=True)
def test_a_session_of_the_memory_s_own(opened: Open) -> None:
    async def main() -> None:
        async with opened(memcert_backends.agentscope) as memory:
            await memory.add(MESSAGE)
            found = await memory.session.execute(text("SELECT COUNT(*) FROM memcert_messages"))
            assert found.scalar() == 1

    asyncio.run(main())


@pytest.mark.parametrize("given", [None, True, False])
def test_closing_closes_the_pool_that_it_is_told_to(
    given: bool | None, redis_server: Server, space: dict[str, Any]
) -> None:
    def is_open(pool: ConnectionPool) -> bool:
        return any(each.is_connected for each in pool._available_connections)

    async def main() -> None:
        lent = ConnectionPool.from_url(redis_server.url)
        url = make_url(redis_server.url)
        memories = [
            memcert_backends.agentscope.RedisMemory(connection_pool=lent, **space),
            memcert_backends.agentscope.RedisMemory(
                host=url.host, port=url.port, password=url.password, **space
            ),
        ]
        try:
            for memory in memories:
                await memory.size()
                await memory.close(given)
                await memory.close(close_connection_pool=given)
                with pytest.raises(TypeError):
                    await memory.close(close_connection_pool=1)
            own = memories[1].get_client().connection_pool
            assert [is_open(lent), is_open(own)] == {
                None: [True, False], True: [False, False], False: [True, True],
            }[given]  # fmt: skip
            assert own.connection_kwargs["decode_responses"] is True
        finally:
            for memory in memories:
                await memory.get_client().connection_pool.disconnect()

    asyncio.run(main())
