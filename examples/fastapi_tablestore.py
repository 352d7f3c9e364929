"""A chat service on Tablestore: FastAPI, with one client for the service's lifespan.

Run it, from this folder, with ``TABLESTORE_END_POINT``, ``TABLESTORE_INSTANCE``,
``TABLESTORE_KEY_ID`` and ``TABLESTORE_KEY_SECRET`` in the environment, and, where a request may
take longer than 4 seconds, ``TABLESTORE_SECONDS``::

    pip install 'memcert[tablestore]' fastapi uvicorn
    uvicorn fastapi_tablestore:app

All requests share the client's connections. What a client wrote it reads back at once.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from memcert_backends.tablestore import TablestoreMemory, new_client
from memcert_reference import Msg

SECONDS = float(os.environ.get("TABLESTORE_SECONDS", "4"))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the client when the service starts and close it when it stops."""
    async with new_client(
        end_point=os.environ["TABLESTORE_END_POINT"],
        instance_name=os.environ["TABLESTORE_INSTANCE"],
        access_key_id=os.environ["TABLESTORE_KEY_ID"],
        access_key_secret=os.environ["TABLESTORE_KEY_SECRET"],
        timeout=SECONDS,
        max_connection=50,
    ) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


async def memory_of(user_id: str, session_id: str, request: Request) -> TablestoreMemory:
    """Give a request the memory of the user and session in its path."""
    return TablestoreMemory(
        client=request.app.state.client,
        user_id=user_id,
        session_id=session_id,
        table_name=os.environ.get("TABLESTORE_TABLE", "chat_memory"),
        seconds_to_answer=SECONDS,
    )


Memory = Annotated[TablestoreMemory, Depends(memory_of)]


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
