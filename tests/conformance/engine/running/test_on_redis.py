"""Connections that are cut, and a server that is killed, with a real client of Redis."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from memcert import backend
from memcert.engine.programs.fault import CrashServer, CutConnection, Fault
from memcert.engine.programs.fault_operation import (
    Accept,
    CutAll,
    KillServer,
    Refuse,
    RestartServer,
)
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, UpdateMarks
from memcert_backends.backend import Space
from memcert_backends.redis import RedisMemory

TWO = (Client(), Client())


def client_of(space: Space) -> Redis:
    assert space.server is not None
    return Redis.from_url(space.server.url, retry=Retry(NoBackoff(), 0), socket_timeout=4.5)


def memory_of(kind: type[RedisMemory]) -> Any:
    """Return a backend with a class of memories."""

    @backend("tiny", store="redis")
    async def opened(space: Space) -> AsyncIterator[RedisMemory]:
        ids: dict[str, Any] = {"user_id": space.user_id, "session_id": space.session_id}
        async with client_of(space) as client, kind(client=client, **ids) as memory:
            yield memory

    return opened


def add(*ids: str) -> Add:
    return Add(tuple(map(Message, ids)))


def steps(*operations: Any) -> tuple[Step, ...]:
    return tuple(map(Step, operations))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(CONTRACT, resolve("redis")) as runner:
        yield runner


CUTS = [
    CutConnection(packet, *rest)
    for packet, *rest in product((0, 1), (True, False), (True, False), (True, False))
]


@pytest.mark.parametrize("operation", [add("m1", "m2"), Delete(("m0",)), UpdateMarks("a"), Read()])
def test_redis_is_cut_at_any_packet_and_keeps_the_contract(runner: Runner, operation: Any) -> None:
    struck = 0
    for cut in CUTS:
        program = Program(
            (Step(add("m0")), Step(operation, 0, cut), Step(Size()), Step(Size(), 1)),
            clients=TWO,
            judges_errors=True,
        )
        execution = runner.execute(program)
        assert execution.divergence is None, cut
        struck += execution.faults
    assert struck >= len(CUTS) / 2


def test_it_is_not_reached_for_a_while(runner: Runner) -> None:
    execution = runner.execute(
        Program(
            # What is raised there is not always the driver's: python/cpython#136234.
            steps(add("m0"), Refuse(), add("m1"), Size(), Accept(), add("m2"), add("m2"), Read())
        )
    )
    assert execution.divergence is None
    assert execution.faults


def test_a_network_that_was_left_refusing_is_there_for_the_next_program(runner: Runner) -> None:
    for _ in range(2):
        assert runner.execute(Program(steps(add("m0"), Refuse()))).divergence is None
    program = Program(steps(add("m0"), Size(), Size()), judges_errors=True)
    assert runner.execute(program).divergence is None


class Forgets(RedisMemory):
    """A memory that takes an addition for done that never arrived."""

    async def add(self, memories: Any, marks: Any = None) -> None:
        try:
            await super().add(memories, marks)
        except RedisConnectionError:
            return


class Twice(RedisMemory):
    """A memory that deletes a second time when it is cut, what it has deleted already."""

    async def delete(self, msg_ids: list[str]) -> int:
        try:
            return await super().delete(msg_ids)
        except RedisConnectionError:
            # fakeredis has a thread for each connection: the second could overtake the first,
            # which would then be the one that finds nothing, and nobody would be wrong.
            while await super().size():
                pass
            return await super().delete(msg_ids)


class Muddled(RedisMemory):
    async def size(self) -> int:
        try:
            return await super().size()
        except RedisConnectionError as error:
            raise AttributeError("'NoneType' object has no attribute 'send'") from error


@pytest.mark.parametrize(
    ("kind", "operation", "cut", "observed"),
    [
        (Forgets, add("m1"), CutConnection(), "returned"),
        # What was retried had already happened.
        (Twice, Delete(("m0",)), CutConnection(delivered=True), "returned 0"),
        (Twice, Delete(("m0",)), CutConnection(0, to_server=False), "returned 0"),
        (Muddled, Size(), CutConnection(), "raised AttributeError"),
    ],
)
def test_one_that_makes_a_mess_of_it_is_found(
    kind: type[RedisMemory], operation: Any, cut: Fault, observed: str
) -> None:
    # The connection is there before the cut.
    program = Program(
        (*steps(add("m0"), Size()), Step(operation, 0, cut), *steps(Size())), judges_errors=True
    )
    with Runner(CONTRACT, memory_of(kind)) as runner:
        execution = runner.execute(program)
    assert execution.faults == 1
    assert execution.divergence is not None
    assert observed in execution.divergence.observed


class Lasting(RedisMemory):
    """A memory that tells of a broken connection as often as it is asked to."""

    times = 2
    _left = 0

    async def size(self) -> int:
        if self._left:
            self._left -= 1
            raise OSError("the connection was broken")
        try:
            return await super().size()
        except (RedisConnectionError, AttributeError):
            # asyncio's own error, from Python 3.12 on: python/cpython#136234.
            self._left = self.times - 1
            raise


@pytest.mark.parametrize("times", [1, 2])
def test_that_an_idle_connection_broke_is_found_out_once(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lasting, "times", times)
    for cut in (Step(CutAll()), Step(Size(), 0, CutConnection(everywhere=True))):
        program = Program(
            (
                *(Step(Size(), client) for client in (0, 1)),
                cut,
                # Each memory may find out for itself.
                *(Step(Size(), client) for client in (1, 0) for _ in range(2)),
            ),
            clients=TWO,
        )
        with Runner(CONTRACT, memory_of(Lasting)) as runner:
            execution = runner.execute(program)
        assert (execution.divergence is None) is (times == 1), cut
        if execution.divergence is not None:
            assert execution.divergence.observed == "raised OSError: the connection was broken"


def test_who_was_not_cut_has_no_excuse() -> None:
    class Careless(RedisMemory):
        async def size(self) -> int:
            raise OSError("the connection was broken")

    program = Program(
        (Step(Clear()), Step(Clear(), 0, CutConnection()), Step(Size(), 1)), clients=TWO
    )
    with Runner(CONTRACT, memory_of(Careless)) as runner:
        execution = runner.execute(program)
    assert execution.divergence is not None
    assert execution.divergence.step == 2


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server")
def test_a_server_that_is_killed_keeps_what_it_acknowledged() -> None:
    programs = [
        Program(steps(add("m0"), KillServer(), Size(), RestartServer(), Size(), add("m1"), Read())),
        *(
            Program(
                (Step(add("m0")), Step(add("m1"), 0, CrashServer(0, *where)), Step(Size(), 1)),
                clients=TWO,
            )
            for where in product((True, False), (True, False))
        ),
    ]
    with Runner(CONTRACT, resolve("redis"), "process") as runner:
        for program in programs:
            execution = runner.execute(program)
            assert execution.divergence is None
            assert execution.faults


def test_a_pool_is_shared_by_the_clients_of_a_program() -> None:
    opened: list[int] = []
    pools: list[object] = []

    @asynccontextmanager
    async def pool(server: Any, size: int) -> AsyncIterator[Redis]:
        opened.append(size)
        async with Redis.from_url(server.url) as client:
            yield client
        opened.append(-size)

    @backend("tiny", store="redis", pool=pool)
    async def shared(space: Space) -> AsyncIterator[RedisMemory]:
        pools.append(space.pool)
        ids: dict[str, Any] = {"user_id": space.user_id, "session_id": space.session_id}
        async with RedisMemory(client=space.pool or client_of(space), **ids) as memory:
            yield memory
        if space.pool is None:
            await memory.client.aclose()  # type: ignore[attr-defined]

    branches = tuple((Step(add(f"m{each}"), each),) for each in (0, 1))
    with Runner(CONTRACT, shared) as runner:
        execution = runner.execute(Program((), clients=TWO, branches=branches, pool=5))
    assert execution.divergence is None
    assert opened == [5, -5]
    assert pools[0] is pools[1] is not None
