"""Write down what this release of memcert stores in Redis, for the tests of later ones.

``python tests/backends/redis/data/make.py 0.1.0 redis://127.0.0.1:6379/0`` makes a file for each
space in the folder ``0.1.0``: the commands that make its keys as they are, and what `export_state`
says of them. Run it with the release in question checked out, on a Redis with nothing in it.
All that is stored is valid UTF-8, so JSON's texts hold it byte for byte.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from memcert_backends.redis import RedisMemory
from memcert_reference import Msg

LOOK_ALIKES = [
    "m",
    "m ",
    "M",
    "m:",
    "{m}",
    "0001h",
    "m\n\r\n",
    "é",
    "e\u0301",
    "-1",
    "1e5",
    "x" * 255,
]


def message(msg_id: str, content: Any = "text") -> Msg:
    return Msg("alice", content, "user", {"long": 10**50, "nul": "\0"}, "2026-11-29", id=msg_id)


async def marks(memory: RedisMemory) -> None:
    await memory.add([message(f"m{number}") for number in range(5)], ["h", "hint"])
    await memory.add([message("plain"), message("one", [{"type": "text", "text": "\U0001f600"}])])
    await memory.update_messages_mark("0001h", None, ["one"])
    await memory.update_messages_mark("é", "hint", ["m1", "m3"])
    await memory.update_compressed_summary("what was said\0")


async def summary(memory: RedisMemory) -> None:
    await memory.update_compressed_summary("nothing but a summary")


async def look_alikes(memory: RedisMemory) -> None:
    await memory.add([message(msg_id) for msg_id in LOOK_ALIKES], ["h", "h ", "H"])
    await memory.add(message("y"), "\U0001f600" * 255)


async def deleted(memory: RedisMemory) -> None:
    await memory.add([message(f"m{number}") for number in range(6)], "old")
    await memory.delete(["m0", "m3"])
    await memory.add([message("m3", "again"), message("m0", "again")], "new")
    await memory.update_messages_mark(None, "old", ["m1"])


async def messages(memory: RedisMemory) -> None:
    await memory.add([message(f"m{number}") for number in range(3)])


async def expiring(memory: RedisMemory) -> None:
    await marks(memory)


SPACES: dict[str, tuple[Callable[[RedisMemory], Awaitable[None]], dict[str, Any]]] = {
    "marks": (marks, {"user_id": "alice", "session_id": "chat: 1"}),
    "summary": (summary, {"user_id": "alice", "session_id": "summary"}),
    "look_alikes": (look_alikes, {"user_id": "{a}%", "session_id": "é", "key_prefix": "app{:é"}),
    "deleted": (deleted, {"user_id": "bob", "session_id": "deleted"}),
    "messages": (messages, {"user_id": "bob", "session_id": "messages"}),
    "expiring": (expiring, {"user_id": "bob", "session_id": "expiring", "key_ttl": 1000}),
}


async def commands(client: Any) -> list[list[Any]]:
    """Return what makes the keys that there are."""
    found: list[list[Any]] = []
    for key in sorted(await client.keys("*")):
        kind = await client.type(key)
        if kind == "string":
            found.append(["SET", key, await client.get(key)])
        elif kind == "hash":
            pairs = sorted((await client.hgetall(key)).items())
            found.append(["HSET", key, *(text for pair in pairs for text in pair)])
        else:
            scored = await client.zrange(key, 0, -1, withscores=True)
            found.append(["ZADD", key, *(text for name, score in scored for text in (score, name))])
        if await client.pttl(key) > 0:
            found.append(["EXPIRE", key, 1000])
    return found


async def make(folder: Path, url: str) -> None:
    async with Redis.from_url(url, decode_responses=True) as client:
        assert not await client.dbsize(), "there is something in it"
        for name, (fill, options) in SPACES.items():
            memory = RedisMemory(client=client, **options)
            await fill(memory)
            content = {
                "memory": options,
                "commands": await commands(client),
                "state": await memory.export_state(),
            }
            text = json.dumps(content, ensure_ascii=True, indent=1)
            (folder / f"{name}.json").write_text(f"{text}\n", "ascii")
            await client.flushdb()


if __name__ == "__main__":
    asyncio.run(make(Path(__file__).parent / sys.argv[1], sys.argv[2]))
