"""Every operation of a memory, and what it finds stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_reference import Msg

OPERATIONS: dict[str, Callable[[RedisMemory], Awaitable[Any]]] = {
    "add": lambda memory: memory.add([Msg("a", "b", "user") for _ in range(3)], ["h", "i"]),
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("h", "i"),
    "get_memory exclude": lambda memory: memory.get_memory(None, "h"),
    "update ids": lambda memory: memory.update_messages_mark("j", "h", ["m1", "m2"]),
    "update all": lambda memory: memory.update_messages_mark("k"),
    "summary": lambda memory: memory.update_compressed_summary("s"),
    "export": lambda memory: memory.export_state(),
    "delete": lambda memory: memory.delete(["m1", "m2", "none"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["i", "j"]),
    "clear": lambda memory: memory.clear(),
    "import": lambda memory: memory.import_state(
        {"_compressed_summary": "s", "content": [[_dict("m1"), ["h"]]]}
    ),
}


def _dict(msg_id: str) -> dict[str, Any]:
    return Msg("a", "b", "user", id=msg_id).to_dict()


async def fill(memory: RedisMemory, count: int, marks: list[str] | None = None) -> None:
    await memory.add([Msg("a", "b", "user", id=f"m{i}") for i in range(count)], marks)


async def stored(client: Any, pattern: str = "*") -> dict[str, Any]:
    """Return keys, each with all that is in it."""
    found: dict[str, Any] = {}
    for key in await client.keys(pattern):
        match (await client.execute_command("TYPE", key)).decode():
            case "string":
                found[key] = await client.get(key)
            case "hash":
                found[key] = await client.hgetall(key)
            case _:
                found[key] = await client.zrange(key, 0, -1, withscores=True)
    return found


def address(server: Server) -> dict[str, Any]:
    """Return where a server is, and its password if it has one, as arguments of a client."""
    parts = urlsplit(server.url)
    return {"host": parts.hostname, "port": parts.port, "password": parts.password}
