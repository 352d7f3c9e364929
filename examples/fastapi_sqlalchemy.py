"""A chat service on a database: FastAPI, with an SQLAlchemy session as a dependency.

Run it, from this folder::

    pip install 'memcert[sqlite]' fastapi uvicorn
    uvicorn fastapi_sqlalchemy:app

``DATABASE_URL`` says where the database is: SQLite by default, or any that the memory works on.
Each request has a session of its own, from one engine and its pool.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from memcert_backends import AsyncSQLAlchemyMemory
from memcert_reference import Msg

engine = create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///chat.db"))
new_session = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Close the pool when the service stops."""
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def database_session() -> AsyncIterator[AsyncSession]:
    """Give a request a session of its own."""
    async with new_session() as session:
        yield session


async def memory_of(
    user_id: str,
    session_id: str,
    session: Annotated[AsyncSession, Depends(database_session)],
) -> AsyncSQLAlchemyMemory:
    """Give a request the memory of the user and session in its path."""
    return AsyncSQLAlchemyMemory(session, user_id=user_id, session_id=session_id)


Memory = Annotated[AsyncSQLAlchemyMemory, Depends(memory_of)]


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
