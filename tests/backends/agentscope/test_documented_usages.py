"""AgentScope's documented usages of its memories, with only the import changed.

They are those of the tutorial's page on memory (docs/tutorial/en/src/task_memory.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import httpx
from agentscope.message import Msg
from agentscope.pipeline import stream_printing_messages
from fakeredis import FakeAsyncRedis
from fastapi import Depends, FastAPI, HTTPException
from redis.asyncio import ConnectionPool
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from memcert_backends.agentscope import AsyncSQLAlchemyMemory, InMemoryMemory, RedisMemory
from memcert_backends.servers import Server

WithEngine = Callable[[Callable[[AsyncEngine], Awaitable[None]]], None]

REQUEST = "Generate a report about AgentScope"
HINT = "<system-hint>Create a plan first to collect information.</system-hint>"


async def use(memory: Any) -> None:
    """Do what every example of the page does with its memory."""
    asked, hint = Msg("Alice", REQUEST, "user"), Msg("system", HINT, "system")
    await memory.add(asked)
    await memory.add([hint], marks="hint")

    found = await memory.get_memory(mark="hint")
    assert [type(message) for message in found] == [Msg]
    assert vars(found[0]) == vars(hint)
    assert [message.content for message in await memory.get_memory()] == [REQUEST, HINT]


async def post(app: FastAPI, path: str, **query: str) -> Any:
    """Send a request to a service whose lifespan has begun."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.post(path, params=query)).raise_for_status().json()


def address(server: Server) -> dict[str, Any]:
    """Return a server's host, port and password."""
    url = make_url(server.url)
    return {"host": url.host, "port": url.port, "password": url.password}


def test_in_memory() -> None:
    async def main() -> None:
        memory = InMemoryMemory()
        await use(memory)
        state = json.loads(json.dumps(memory.state_dict()))
        assert await memory.delete_by_mark("hint") == 1
        memory.load_state_dict(state)
        assert await memory.size() == 2

    asyncio.run(main())


def test_an_engine(with_engine: WithEngine, space: dict[str, Any]) -> None:
    async def main(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine_or_session=engine, **space)
        await use(memory)
        await memory.close()
        again = AsyncSQLAlchemyMemory(engine_or_session=engine, **space)
        assert await again.size() == 2

    with_engine(main)


def test_an_async_context_manager(with_engine: WithEngine, space: dict[str, Any]) -> None:
    async def main(engine: AsyncEngine) -> None:
        async with AsyncSQLAlchemyMemory(engine_or_session=engine, **space) as memory:
            assert isinstance(memory, AsyncSQLAlchemyMemory)
            await use(memory)

    with_engine(main)


def test_a_session(with_engine: WithEngine, space: dict[str, Any]) -> None:
    async def main(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            await use(AsyncSQLAlchemyMemory(engine_or_session=session, **space))
            await session.commit()
        assert await AsyncSQLAlchemyMemory(engine, **space).size() == 2

    with_engine(main)


def test_fastapi_with_a_session_as_a_dependency(
    with_engine: WithEngine, space: dict[str, Any], agent_with: Callable[..., Any]
) -> None:
    async def main(engine: AsyncEngine) -> None:
        app = FastAPI()
        async_session_marker = async_sessionmaker(
            engine, expire_on_commit=False, autocommit=False, autoflush=False
        )

        async def get_db() -> AsyncGenerator[AsyncSession, None]:
            async with async_session_marker() as session:
                try:
                    yield session
                    await session.commit()
                except Exception:
                    await session.rollback()
                    raise
                finally:
                    await session.close()

        @app.post("/chat")
        async def chat_endpoint(
            user_id: str,
            session_id: str,
            input: str,  # noqa: A002 - the page's own name
            db_session: AsyncSession = Depends(get_db),  # noqa: B008 - as on the page
        ) -> list[str]:
            agent = agent_with(
                AsyncSQLAlchemyMemory(
                    engine_or_session=db_session, user_id=user_id, session_id=session_id
                ),
                f"You said: {input}",
            )
            return [
                message.get_text_content()
                async for message, _ in stream_printing_messages(
                    agents=[agent], coroutine_task=agent(Msg("user", input, "user"))
                )
            ]

        answers = await asyncio.gather(
            *(post(app, "/chat", **space, input=words) for words in ("Hello", "Bye"))
        )
        assert answers == [["You said: Hello"], ["You said: Bye"]]
        memory = AsyncSQLAlchemyMemory(engine, **space)
        said = [message.get_text_content() for message in await memory.get_memory()]
        assert sorted(said) == ["Bye", "Hello", "You said: Bye", "You said: Hello"]

    with_engine(main)


def test_a_pool_of_fakeredis(space: dict[str, Any]) -> None:
    async def main() -> None:
        fake_redis = FakeAsyncRedis(decode_responses=True)
        memory = RedisMemory(connection_pool=fake_redis.connection_pool, **space)
        await use(memory)
        await memory.get_client().aclose()
        await fake_redis.aclose()

    asyncio.run(main())


def test_host_and_port(redis_server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with RedisMemory(**address(redis_server), **space) as memory:
            await use(memory)

    asyncio.run(main())


def test_the_client_closes_what_the_memory_opened(
    redis_server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        memory = RedisMemory(**address(redis_server), **space)
        await use(memory)
        client = memory.get_client()
        await client.aclose()

    asyncio.run(main())


def test_fastapi_with_a_pool_in_the_lifespan(redis_server: Server, space: dict[str, Any]) -> None:
    redis_pool: ConnectionPool | None = None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal redis_pool
        redis_pool = ConnectionPool(
            **address(redis_server),
            db=0,
            decode_responses=True,
            max_connections=10,
            encoding="utf-8",
        )
        yield
        await redis_pool.disconnect()

    app = FastAPI(lifespan=lifespan)

    @app.post("/chat_endpoint")
    async def chat_endpoint(user_id: str, session_id: str, input: str) -> int:  # noqa: A002 - as there
        if redis_pool is None:
            raise HTTPException(status_code=500, detail="Redis connection pool is not initialized.")
        memory = RedisMemory(connection_pool=redis_pool, user_id=user_id, session_id=session_id)
        await memory.add(Msg("user", input, "user"))
        size = await memory.size()
        client = memory.get_client()
        await client.aclose()
        return size

    async def main() -> None:
        async with app.router.lifespan_context(app):
            for said in range(1, 6):
                assert await post(app, "/chat_endpoint", **space, input="Hello") == said
            sizes = await asyncio.gather(
                *(post(app, "/chat_endpoint", **space, input="Hello") for _ in range(5))
            )
            assert max(sizes) == 10

    asyncio.run(main())
