"""Whatever is public in AgentScope's memories works in those in their place, or is refused.

The table is generated from the AgentScope that is installed: a release that adds something fails
`test_the_table_is_whole`, which says what is new.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope
import agentscope.memory
from agentscope.message import Msg
from redis.asyncio import ConnectionPool, Redis
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import memcert_backends.agentscope
from memcert_backends.agentscope.refusals import REFUSED
from memcert_backends.servers import Server
from memcert_backends.tablestore.emulator.running import emulator

# The SDK warns when it is first imported; memcert knows.
from memcert_backends.tablestore.sdk import ots  # noqa: F401

Open = Callable[[Any], Any]

OURS = ("InMemoryMemory", "RedisMemory", "AsyncSQLAlchemyMemory", "TablestoreMemory")
# The first releases have no TablestoreMemory.
NAMES = tuple(name for name in OURS if hasattr(agentscope.memory, name))
COMPARED = NAMES[:3]

ENGINE = create_async_engine("sqlite+aiosqlite://")
PLACE = {
    "end_point": "http://127.0.0.1:1",
    "instance_name": "instance",
    "access_key_id": "id",
    "access_key_secret": "secret",
}
NEEDED = {"AsyncSQLAlchemyMemory": {"engine_or_session": ENGINE}, "TablestoreMemory": PLACE}

MESSAGE, ANSWER = Msg("user", "Hello", "user"), Msg("Friday", "Hi", "assistant")
STATE = {"_compressed_summary": "loaded", "content": []}

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "add(memories)": (MESSAGE, [MESSAGE], [], None),
    "add(marks)": ("a", ["a", "b"], [], None),
    "add(skip_duplicated)": (True,),
    "add(allow_duplicates)": (False,),
    "delete(msg_ids)": ([], [MESSAGE.id]),
    "delete_by_mark(mark)": ("a", ["a", "b"]),
    "get_memory(mark)": ("a", None),
    "get_memory(exclude_mark)": ("a", None),
    "get_memory(prepend_summary)": (True, False),
    "update_messages_mark(new_mark)": ("c",),
    "update_messages_mark(old_mark)": ("a", None),
    "update_messages_mark(msg_ids)": ([MESSAGE.id], None),
    "update_compressed_summary(summary)": ("s", ""),
    "load_state_dict(state_dict)": (STATE,),
    "load_state_dict(strict)": (True, False),
    "register_state(attr_name)": ("value",),
    "register_state(custom_to_json)": (str, None),
    "register_state(custom_from_json)": (int, None),
    "close(close_connection_pool)": (True, False, None),
    **{f"{method}()": (None,) for method in ("size", "clear", "state_dict", "get_client", "close")},
    "InMemoryMemory()": (None,),
    "RedisMemory(session_id)": ("s",),
    "RedisMemory(user_id)": ("u",),
    "RedisMemory(host)": ("127.0.0.1",),
    "RedisMemory(port)": (1,),
    "RedisMemory(db)": (1,),
    "RedisMemory(password)": ("p", None),
    "RedisMemory(connection_pool)": (Redis(port=1).connection_pool, None),
    "RedisMemory(key_prefix)": ("p:", "", None),
    "RedisMemory(key_ttl)": (60, None),
    "RedisMemory(**kwargs)": (1,),
    "AsyncSQLAlchemyMemory(engine_or_session)": (ENGINE, AsyncSession(ENGINE)),
    "AsyncSQLAlchemyMemory(session_id)": ("s", None),
    "AsyncSQLAlchemyMemory(user_id)": ("u", None),
    "TablestoreMemory(end_point)": ("http://127.0.0.1:1",),
    "TablestoreMemory(instance_name)": ("instance",),
    "TablestoreMemory(access_key_id)": ("id",),
    "TablestoreMemory(access_key_secret)": ("secret",),
    "TablestoreMemory(user_id)": ("u",),
    "TablestoreMemory(session_id)": ("s",),
    "TablestoreMemory(sts_token)": ("t", "", None),
    "TablestoreMemory(table_name)": ("agentscope_memory",),
    "TablestoreMemory(text_field)": ("text",),
    "TablestoreMemory(embedding_field)": ("embedding",),
    "TablestoreMemory(vector_dimension)": (0,),
}
"""What works: every parameter, with values for it."""

LEFTOVER = {"RedisMemory": "socket_timeout"}
"""An argument that goes on to the client."""

BEFORE: dict[str, dict[str, Any]] = {
    "add": {"memories": MESSAGE},
    "delete": {"msg_ids": [MESSAGE.id]},
    "delete_by_mark": {"mark": "a"},
    "update_messages_mark": {"new_mark": "c"},
    "load_state_dict": {"state_dict": STATE},
    "register_state": {"attr_name": "value"},
}
"""The arguments that a method needs beside the one that is tried."""

ATTRIBUTES = {"user_id", "session_id", "key_prefix", "key_ttl", "content", "session"}
"""What works: every attribute that is no method."""

HAS_REDIS_ATTRIBUTES = hasattr(memcert_backends.RedisMemory, "key_ttl")


class Member(NamedTuple):
    """A parameter or an attribute of one of AgentScope's classes."""

    memory: str
    method: str | None
    name: str

    def __str__(self) -> str:
        if self.method is None:
            return f"{self.memory}.{self.name}"
        return f"{self.called}({self.name})"

    @property
    def called(self) -> str:
        return self.memory if self.method == "__init__" else f"{self.memory}.{self.method}"

    @property
    def entry(self) -> str:
        """Its name in `ARGUMENTS`."""
        called = self.memory if self.method == "__init__" else self.method
        return f"{called}({self.name})"

    @property
    def is_refused(self) -> bool:
        return (
            any(f"{before}({self.name})" in REFUSED for before in (self.called, f"*.{self.method}"))
            or str(self) in REFUSED
        )


def make(module: Any, name: str, **arguments: Any) -> Any:
    return getattr(module, name)(**{**NEEDED.get(name, {}), **arguments})


def parameters(function: Any) -> Iterator[inspect.Parameter]:
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "self":
            yield parameter


def shown(parameter: inspect.Parameter) -> str:
    return str(parameter).partition(":")[0].partition("=")[0].strip()


def members(name: str) -> Iterator[Member]:
    """Return whatever is public in a class of AgentScope's, as inspect sees it."""
    theirs = getattr(agentscope.memory, name)
    for member in ["__init__", *dir(theirs)]:
        if member.startswith("_") and member != "__init__":
            continue
        value = inspect.getattr_static(theirs, member)
        if inspect.isfunction(value):
            # A method without any has its line in the table, too.
            for parameter in [shown(each) for each in parameters(value)] or [""]:
                yield Member(name, member, parameter)
        else:
            yield Member(name, None, member)
    for attribute in vars(make(agentscope.memory, name)):
        if not attribute.startswith("_"):
            yield Member(name, None, attribute)


TABLE = [member for name in NAMES for member in dict.fromkeys(members(name))]


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
        if member.name in ("key_prefix", "key_ttl") and not HAS_REDIS_ATTRIBUTES:
            continue
        wanted, found = getattr(theirs, member.name), getattr(ours, member.name)
        if member.name == "session":
            assert type(found) is type(wanted)
        else:
            assert found == wanted, member


@pytest.mark.xfail(not HAS_REDIS_ATTRIBUTES, reason="RedisMemory has no key_ttl to set yet")
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
            memcert_backends.agentscope.RedisMemory(host=url.host, port=url.port, **space),
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


def _class_attribute(name: str, attribute: str) -> None:
    getattr(getattr(memcert_backends.agentscope, name), attribute)


def _set(name: str, attribute: str) -> None:
    setattr(make(memcert_backends.agentscope, name), attribute, "other")


def _call(method: str, *arguments: Any, **named: Any) -> None:
    for name in OURS:
        memory = make(memcert_backends.agentscope, name)
        try:
            asyncio.run(getattr(memory, method)(*arguments, **named))
        except (TypeError, ValueError) as error:
            raised: Exception = error
        else:
            pytest.fail(f"{name}.{method} did not refuse it")
    raise raised


def _tablestore(**given: Any) -> None:
    make(memcert_backends.agentscope, "TablestoreMemory", **given)


def _default_table() -> None:
    default = (
        inspect.signature(memcert_backends.agentscope.TablestoreMemory)
        .parameters["table_name"]
        .default
    )
    raise ValueError(f"{default} it is: {REFUSED[TABLE_NAME]}")


TABLE_NAME = "TablestoreMemory(table_name='agentscope_memory') by default"

TRIALS: dict[str, tuple[Callable[[], None], type[Exception]]] = {
    "*.add(**kwargs)": (lambda: _call("add", MESSAGE, other=1), TypeError),
    "*.add(allow_duplicates=True)": (
        lambda: _call("add", MESSAGE, allow_duplicates=True),
        ValueError,
    ),
    "*.add(skip_duplicated=False)": (
        lambda: _call("add", MESSAGE, skip_duplicated=False),
        ValueError,
    ),
    "*.delete(**kwargs)": (lambda: _call("delete", [], other=1), TypeError),
    "*.delete_by_mark(*args)": (lambda: _call("delete_by_mark", "a", 1), TypeError),
    "*.delete_by_mark(**kwargs)": (lambda: _call("delete_by_mark", "a", other=1), TypeError),
    "*.get_memory(**kwargs)": (lambda: _call("get_memory", other=1), TypeError),
    TABLE_NAME: (_default_table, ValueError),
    "TablestoreMemory(text_field='other')": (lambda: _tablestore(text_field="other"), TypeError),
    "TablestoreMemory(embedding_field='other')": (
        lambda: _tablestore(embedding_field="other"),
        TypeError,
    ),
    "TablestoreMemory(vector_dimension=1)": (lambda: _tablestore(vector_dimension=1), TypeError),
    "TablestoreMemory(**kwargs)": (lambda: _tablestore(search_index_name="i"), TypeError),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_why(what: str) -> None:
    name, _, attribute = what.partition(".")
    if what in TRIALS:
        trial, error = TRIALS[what]
        reason = r"unexpected keyword|positional argument|takes no|" + re.escape(REFUSED[what])
        with pytest.raises(error, match=reason):
            trial()
    elif what.endswith(" = ..."):
        for each in ("RedisMemory", "AsyncSQLAlchemyMemory", "TablestoreMemory"):
            with pytest.raises(AttributeError, match=re.escape(REFUSED[what])):
                _set(each, attribute.removesuffix(" = ..."))
    else:
        with pytest.raises(AttributeError, match=re.escape(REFUSED[what])):
            _class_attribute(name, attribute)
        # To override it would change nothing.
        with pytest.raises(TypeError, match=re.escape(REFUSED[what])):
            type("Own", (getattr(memcert_backends.agentscope, name),), {attribute: "other"})


def test_nothing_is_refused_that_agentscope_has_not() -> None:
    known = {str(member) for member in TABLE}
    for what in REFUSED:
        if what.startswith("*") or "(" in what or not set(NAMES) & {what.partition(".")[0]}:
            continue
        assert what in known
