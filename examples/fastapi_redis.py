"""A chat service on Redis: FastAPI, with a connection pool for the service's lifespan.

Run it, from this folder::

    pip install 'memcert[redis]' fastapi uvicorn
    uvicorn fastapi_redis:app

``REDIS_URL`` says where Redis is. All requests share one pool.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from redis.asyncio import BlockingConnectionPool

from memcert_backends import RedisMemory
from memcert_reference import Msg


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pool when the service starts and close it when it stops."""
    pool = BlockingConnectionPool.from_url(
        os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"), max_connections=10
    )
    app.state.pool = pool
    yield
    await pool.disconnect()


app = FastAPI(lifespan=lifespan)


async def memory_of(user_id: str, session_id: str, request: Request) -> RedisMemory:
    """Give a request the memory of the user and session in its path."""
    return RedisMemory(
        connection_pool=request.app.state.pool,
        user_id=user_id,
        session_id=session_id,
        key_prefix=os.environ.get("KEY_PREFIX", "chat:"),
        key_ttl=7 * 24 * 3600,
    )


Memory = Annotated[RedisMemory, Depends(memory_of)]


class NewMessage(BaseModel):
    """What a client sends."""

    content: str
    marks: list[str] = []


@app.post("/users/{user_id}/sessions/{session_id}/messages", status_code=201)
async def add_message(message: NewMessage, memory: Memory) -> dict[str, str]:
    """Store a message."""
    stored = Msg(name="user", content=message.content, role="user")
    await memory.add(stored, marks=message.marks)
    return {"id": stored.id}


@app.get("/users/{user_id}/sessions/{session_id}/messages")
async def list_messages(memory: Memory, mark: str | None = None) -> list[dict[str, Any]]:
    """Return the messages in order."""
    return [message.to_dict() for message in await memory.get_memory(mark=mark)]


@app.delete("/users/{user_id}/sessions/{session_id}/messages/{message_id}")
async def delete_message(message_id: str, memory: Memory) -> dict[str, int]:
    """Delete a message."""
    return {"deleted": await memory.delete([message_id])}
