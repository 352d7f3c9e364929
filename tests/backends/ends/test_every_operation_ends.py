"""Every operation of every memory ends: cancelled within a second and a half, or by itself.

What is in its way is a server that is silent, one that drips, one that vanished, or a lock. Then
its pool is whole, no lock is left, and it happened wholly or not at all, then and for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from memcert_backends.servers import Server

from .conftest import Started
from .places import (
    SQL,
    LentRedisClient,
    LentRedisCluster,
    LentRedisPool,
    LentTablestore,
    OwnRedis,
    OwnTablestore,
    Place,
    SQLite,
)
from .proxy import Proxies
from .row import Row

PLACES: dict[str, tuple[str, Callable[[Server], Place]]] = {
    "redis-own-client": ("redis", OwnRedis),
    "redis-lent-pool": ("redis", LentRedisPool),
    "redis-lent-client": ("redis", LentRedisClient),
    "redis-cluster": ("redis-cluster", LentRedisCluster),
    "tablestore-own-client": ("tablestore", OwnTablestore),
    "tablestore-lent-client": ("tablestore", LentTablestore),
    "sqlite-aiosqlite": ("sqlite", partial(SQLite, driver="sqlite+aiosqlite")),
    **{
        f"{driver.replace('+', '-')}{'-session' if in_session else ''}": (
            driver.partition("+")[0],
            partial(SQL, driver=driver, in_session=in_session),
        )
        for driver in (
            "postgresql+asyncpg",
            "postgresql+psycopg",
            "mariadb+aiomysql",
            "mariadb+asyncmy",
        )
        for in_session in (False, True)
    },
}
# What takes the same ways as another does is tried on one Python only.
THOROUGH = (
    "redis-lent-client",
    "tablestore-lent-client",
    "mariadb-asyncmy",
    "mariadb-aiomysql-session",
    "postgresql-psycopg-session",
)


@pytest.mark.parametrize("way", ["cancelled", "limited"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.thorough if name.startswith(THOROUGH) else ())
        for name in PLACES
    ],
)
def test_every_operation_ends(started: Started, opened: Proxies, name: str, way: str) -> None:
    store, place = PLACES[name]
    row = Row(place(started.server(store)), opened, limit=way == "limited")
    faults = asyncio.run(row.run())
    assert not faults, "\n".join([f"{len(faults)} faults:", *faults])
