"""Where clients of a store connect, and how they are led somewhere else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.redis import address as redis_address
from memcert_backends.servers import Server, ServerUnavailable, start, why_not
from memcert_backends.sql.mysql import mariadb_process
from memcert_backends.sql.postgresql import process as postgresql_process
from memcert_backends.sql.server import Product

POSTGRESQL, MARIADB = postgresql_process.PRODUCT, mariadb_process.PRODUCT
DRIVERS = {"postgresql": "postgresql+asyncpg", "mysql": "mysql+aiomysql"}
RUNNING = {
    "postgresql": ("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1:5432/postgres"),
    "mariadb": ("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
    "mysql": ("MEMCERT_MARIADB_URL", "mysql://root@127.0.0.1:3306"),
}


def ask(server: Server) -> Any:
    """Return what a server answers to a client, the database's name for one that has these."""
    if server.url.startswith("redis"):
        with redis.Redis.from_url(server.url) as client:
            return client.ping()

    async def run() -> Any:
        url = make_url(server.url)
        engine = create_async_engine(url.set(drivername=DRIVERS[url.drivername]))
        try:
            async with engine.connect() as connection:
                postgresql = url.drivername == "postgresql"
                result = await connection.exec_driver_sql(
                    "SELECT current_database()" if postgresql else "SELECT DATABASE()"
                )
                return result.scalar() == url.database
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _check_rerouting(server: Server, forwarders: Callable[..., Any]) -> None:
    assert server.rerouted is not None
    assert server.addresses is not None
    through = forwarders(server.addresses)
    assert ask(server)
    assert through.accepted == [0]
    with server.rerouted(through.addresses) as rerouted:
        assert rerouted.addresses == tuple(through.addresses)
        assert (rerouted.store, rerouted.how, rerouted.version) == (
            server.store,
            server.how,
            server.version,
        )
        assert (rerouted.fresh, rerouted.rerouted, rerouted.killable) == (None, None, None)
        assert ask(rerouted)
        assert through.accepted[0] > 0
    with pytest.raises(ValueError, match="one address"), server.rerouted([]):
        pass


@pytest.mark.parametrize(
    ("store", "way"),
    [
        ("redis", "embedded"),
        ("redis", "process"),
        ("redis", "container"),
        ("postgresql", "process"),
        ("postgresql", "container"),
        ("mariadb", "process"),
        ("mariadb", "container"),
    ],
)
def test_a_store_that_memcert_starts_is_reached_elsewhere(
    store: str, way: str, forwarders: Callable[..., Any]
) -> None:
    reason = why_not(store, way)
    if reason is not None:
        if os.environ.get("CI") and way != "container":
            pytest.fail(f"CI expects it: {reason}")
        pytest.skip(f"NOT TESTED: {reason}")
    with start(store, way) as server:
        assert server.addresses is not None
        ((_, port),) = server.addresses
        assert f":{port}/" in server.url
        _check_rerouting(server, forwarders)
        assert server.fresh is not None
        with server.fresh() as fresh:
            _check_rerouting(fresh, forwarders)
        assert (server.killable is not None) == (way == "process")


@pytest.mark.parametrize("store", RUNNING)
def test_a_database_server_that_runs_is_reached_elsewhere(
    store: str, forwarders: Callable[..., Any]
) -> None:
    variable, default = RUNNING[store]
    url = os.environ.get(variable, default)
    try:
        with start(store, url.replace("mariadb:", f"{store}:")) as server:
            _check_rerouting(server, forwarders)
            assert server.killable is None
    except ServerUnavailable as error:
        if os.environ.get("CI") or variable in os.environ:
            pytest.fail(f"CI expects it: {error}")
        pytest.skip(f"NOT TESTED: {error}")


def test_a_redis_that_runs_is_reached_elsewhere(forwarders: Callable[..., Any]) -> None:
    with start("redis", "embedded") as embedded, start("redis", embedded.url) as server:
        assert server.addresses == embedded.addresses
        _check_rerouting(server, forwarders)
        assert server.killable is None


def test_a_file_has_no_address(tmp_path: Path) -> None:
    for store, how in (
        ("sqlite", "embedded"),
        ("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'mine.sqlite'}"),
        ("folder", "embedded"),
        ("folder", tmp_path.as_uri()),
    ):
        with start(store, how) as server:
            assert (server.addresses, server.rerouted, server.killable) == ((), None, None)


@pytest.mark.parametrize(
    ("url", "address", "elsewhere"),
    [
        ("redis://localhost:7000/3", ("localhost", 7000), "redis://127.0.0.1:9/3"),
        ("redis://", ("localhost", 6379), "redis://127.0.0.1:9"),
        ("redis://there", ("there", 6379), "redis://127.0.0.1:9"),
        ("redis://:7000", ("localhost", 7000), "redis://127.0.0.1:9"),
        ("redis://[::1]:7000/0", ("::1", 7000), "redis://127.0.0.1:9/0"),
        (
            "redis://me:p%40s:s%2F@there:7000/0?socket_timeout=3&db=2",
            ("there", 7000),
            "redis://me:p%40s:s%2F@127.0.0.1:9/0?socket_timeout=3&db=2",
        ),
        ("redis://:secret@there", ("there", 6379), "redis://:secret@127.0.0.1:9"),
        ("rediss://there:7000", ("there", 7000), None),
        ("unix:///there.sock?db=1", None, None),
    ],
)
def test_the_url_of_a_redis(url: str, address: Any, elsewhere: str | None) -> None:
    server = redis_address.with_address(Server(url, "redis", "url", ""))
    assert server.addresses == (address and (address,))
    assert (server.rerouted is None) == (elsewhere is None)
    if server.rerouted is not None:
        with server.rerouted([("127.0.0.1", 9)]) as rerouted:
            assert rerouted.url == elsewhere
        with server.rerouted([("::1", 9)]) as rerouted:
            assert redis_address.address_of(rerouted.url) == ("::1", 9)


@pytest.mark.parametrize(
    ("product", "url", "address", "elsewhere"),
    [
        (
            POSTGRESQL,
            "postgresql://me:p%40s%2Fs%3A@there/x?application_name=a%20b",
            ("there", 5432),
            "postgresql://me:p%40s%2Fs%3A@127.0.0.1:9/x?application_name=a+b",
        ),
        (POSTGRESQL, "postgresql://me@[::1]:7/x", ("::1", 7), "postgresql://me@127.0.0.1:9/x"),
        (POSTGRESQL, "postgresql:///x", None, None),
        (POSTGRESQL, "postgresql://me@/x?host=/var/run/postgresql", None, None),
        (POSTGRESQL, "postgresql://me@there/x?sslmode=verify-full", ("there", 5432), None),
        (MARIADB, "mysql://me:secret@/x", ("localhost", 3306), "mysql://me:secret@127.0.0.1:9/x"),
        (MARIADB, "mysql://me@there:7", ("there", 7), "mysql://me@127.0.0.1:9"),
        (MARIADB, "mysql://me@/x?unix_socket=/run/mysqld.sock", None, None),
        (MARIADB, "mysql://me@there/x?ssl_ca=/ca.pem", ("there", 3306), None),
    ],
)
def test_the_url_of_a_database(
    product: Product, url: str, address: Any, elsewhere: str | None
) -> None:
    server = product.with_address(make_url(url), Server(url, product.store, "url", ""))
    assert server.addresses == (address and (address,))
    assert (server.rerouted is None) == (elsewhere is None)
    if server.rerouted is not None:
        with server.rerouted([("127.0.0.1", 9)]) as rerouted:
            assert rerouted.url == elsewhere
        with server.rerouted([("::1", 9)]) as rerouted:
            assert product.address(make_url(rerouted.url)) == ("::1", 9)
