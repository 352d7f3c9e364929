"""Every operation of every memory ends: cancelled within a second and a half, or by itself.

What is in its way is a server that is silent, one that drips, one that vanished, or a lock. Then
its pool is whole, no lock is left, and it happened wholly or not at all, then and for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

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
from .row import FAULT_OPERATIONS, LOCKED, WAYS, Row

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
ON_EVERY_PYTHON = ("redis-lent-pool-limited", "postgresql-asyncpg-limited")


def _case(name: str, *way: str) -> Any:
    full = "-".join((name, *way))
    is_thorough = name.startswith(THOROUGH) or (
        full.endswith("-limited") and full not in ON_EVERY_PYTHON
    )
    return pytest.param(name, *way, id=full, marks=pytest.mark.thorough if is_thorough else ())


@pytest.mark.parametrize(
    ("name", "way"),
    [_case(name, way) for name in PLACES if not name.startswith("sqlite") for way in WAYS],
)
def test_in_trouble_with_the_network(
    started: Started, opened: Proxies, name: str, way: str
) -> None:
    troubles = [each for each in FAULT_OPERATIONS if each != LOCKED]
    _check(started, opened, name, troubles, [way])


@pytest.mark.parametrize(
    "name", [_case(name) for name in PLACES if not name.startswith(("redis", "tablestore"))]
)
def test_while_another_holds_the_lock(started: Started, opened: Proxies, name: str) -> None:
    _check(started, opened, name, [LOCKED], WAYS)


def _check(
    started: Started, opened: Proxies, name: str, troubles: Sequence[str], ways: Sequence[str]
) -> None:
    store, place = PLACES[name]
    faults = asyncio.run(Row(place(started.server(store)), opened, troubles, ways).run())
    assert not faults, "\n".join([f"{len(faults)} faults:", *faults])
