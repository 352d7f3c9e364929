"""Real stores, and a model that is none, for the tests with AgentScope itself.

``nox -s agentscope`` installs it and runs these tests; elsewhere they are skipped, and say so.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import ConnectionPool
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memcert_backends.servers import Server, ServerUnavailable, start

_DATABASES = {
    "postgresql+asyncpg": ("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1:5432/postgres"),
    "mariadb+aiomysql": ("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
}

Opened = AbstractAsyncContextManager[Any]
"""What opens a memory."""


class FakeModel:
    """A model that answers what it was told to answer, without a network.

    AgentScope is imported where it is used, since this file is read where it is not installed.

    Args:
        answers: the answer to each call: a text, blocks, the metadata of structured output, or
            what is called for it.
    """

    stream = False

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.prompts: list[list[dict[str, Any]]] = []

    async def __call__(self, prompt: list[dict[str, Any]], **_: Any) -> Any:
        from agentscope.message import TextBlock
        from agentscope.model import ChatResponse

        self.prompts.append(prompt)
        answer = self.answers.pop(0)
        if callable(answer):
            return await answer()
        if isinstance(answer, dict):
            return ChatResponse(content=[], id="call", metadata=answer)
        if isinstance(answer, str):
            answer = [TextBlock(type="text", text=answer)]
        return ChatResponse(content=answer, id="call")


def new_agent(memory: Any, *answers: Any, **options: Any) -> Any:
    """Return AgentScope's own agent with a memory and a fake model.

    Args:
        memory: the memory.
        answers: as `FakeModel` takes them.
        options: what else the agent takes.
    """
    from agentscope.agent import ReActAgent
    from agentscope.formatter import DashScopeChatFormatter

    agent = ReActAgent(
        name="Friday",
        sys_prompt="You are Friday.",
        model=FakeModel(*answers),
        formatter=DashScopeChatFormatter(),
        memory=memory,
        **options,
    )
    agent.set_console_output_enabled(False)
    return agent


@pytest.fixture
def agent_with() -> Callable[..., Any]:
    """Return `new_agent`."""
    return new_agent


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    """A redis-server of the tests' own."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects redis-server on PATH")
        pytest.skip("REDIS IS NOT TESTED: there is no redis-server on PATH")
    with start("redis", "process") as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite+aiosqlite", *_DATABASES])
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database of the tests' own, of each kind in turn."""
    driver = str(request.param)
    if driver not in _DATABASES:
        yield f"{driver}:///{tmp_path_factory.mktemp('database') / 'memory.sqlite'}"
        return
    variable, default = _DATABASES[driver]
    try:
        running = start(driver.partition("+")[0], os.environ.get(variable, default))
        with running as server:
            yield make_url(server.url).set(drivername=driver).render_as_string(hide_password=False)
    except ServerUnavailable as error:
        if os.environ.get("CI") or variable in os.environ:
            raise
        pytest.skip(f"{error}; set {variable}")


@pytest.fixture
def with_engine(database_url: str) -> Callable[[Callable[[AsyncEngine], Awaitable[None]]], None]:
    """Return a function that runs an async function with an engine."""

    def run(test: Callable[[AsyncEngine], Awaitable[None]]) -> None:
        async def main() -> None:
            engine = create_async_engine(database_url, pool_size=10, max_overflow=20)
            try:
                await test(engine)
            finally:
                await engine.dispose()

        asyncio.run(main())

    return run


@pytest.fixture
def space() -> dict[str, Any]:
    """Return the ids of a space of the test's own."""
    return {"user_id": uuid.uuid4().hex, "session_id": "session_1"}


@pytest.fixture(params=["InMemoryMemory", "RedisMemory", "AsyncSQLAlchemyMemory"])
def opened(
    request: pytest.FixtureRequest, space: dict[str, Any], tmp_path: Path
) -> Callable[[Any], Opened]:
    """Return a function that opens the memory of a module: AgentScope's, or the one in its place.

    The module is ``agentscope.memory`` or ``memcert_backends.agentscope``.
    """
    name = str(request.param)
    url = request.getfixturevalue("redis_server").url if name == "RedisMemory" else ""

    @asynccontextmanager
    async def open_memory(module: Any) -> AsyncIterator[Any]:
        if name == "InMemoryMemory":
            yield module.InMemoryMemory()
        elif name == "RedisMemory":
            pool = ConnectionPool.from_url(url, decode_responses=True)
            try:
                async with module.RedisMemory(
                    connection_pool=pool, key_prefix=f"{module.__name__}:", **space
                ) as memory:
                    yield memory
            finally:
                await pool.disconnect()
        else:
            path = tmp_path / f"{module.__name__}.sqlite"
            engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
            try:
                async with module.AsyncSQLAlchemyMemory(engine, **space) as memory:
                    yield memory
            finally:
                await engine.dispose()

    return open_memory
