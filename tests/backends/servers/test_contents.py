"""Which keys, rows and files of a running store hold a text."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from memcert_backends.backend import Space
from memcert_backends.catalogue import STORES
from memcert_backends.servers import ServerUnavailable, start
from memcert_backends.servers.contents import can_be_looked_into, places_of
from memcert_backends.servers.server import Server
from memcert_reference import Msg

WAYS = {
    "sqlite": None,
    "redis": "embedded",
    "redis-cluster": None,
    "postgresql": os.environ.get("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1/postgres"),
    "mariadb": os.environ.get("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
    "tablestore": None,
}


async def store(server: Server, content: str) -> None:
    from memcert.resolver import resolve

    async for memory in resolve(server.store).open(Space("u", "s", server)):
        await memory.add(Msg("n", content, "user", id="m0"), "a")


@pytest.mark.parametrize("name", WAYS)
def test_a_text_is_found_where_it_is(name: str) -> None:
    try:
        with start(name, WAYS[name]) as server:
            assert places_of(server, "sought-after") == []
            asyncio.run(store(server, "a 'sought-after' message"))
            (place,) = places_of(server, "sought-after")
            assert place.startswith(("key", "table", "row"))
            assert places_of(server, "sought-in-vain") == []
    except ServerUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def test_every_type_of_a_redis_is_looked_into() -> None:
    import redis

    with start("redis") as server, redis.Redis.from_url(server.url) as client:
        client.set("string", "sought-after")
        client.hset("hash", "k", "sought-after")
        client.rpush("list", "x", "sought-after")
        client.sadd("set", "sought-after")
        client.zadd("zset", {"sought-after": 1})
        client.xadd("stream", {"k": "sought-after"})
        client.set("sought-after", "x")
        client.set("other", "x")
        found = places_of(server, "sought-after")
    kinds = ("hash", "list", "set", "sought-after", "stream", "string", "zset")
    assert found == [f"key {kind.encode()!r}" for kind in kinds]


def test_so_is_every_file_of_a_folder_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a").write_bytes(b"\xff sought-after")
    (tmp_path / "sought-after.txt").touch()
    (tmp_path / "other").touch()
    with start("folder", tmp_path.as_uri()) as server:
        assert places_of(server, "sought-after") == ["file inner/a", "file sought-after.txt"]


def test_every_store_that_memcert_starts_can_be_looked_into() -> None:
    assert all(map(can_be_looked_into, STORES))
