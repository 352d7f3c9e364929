"""What starting PostgreSQL and starting MariaDB have in common: databases of one's own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from memcert_backends.servers.rerouting import reachable
from memcert_backends.servers.server import Address, KillableServer, Server, ServerUnavailable

_CONNECT_SECONDS = 10.0
_SECONDS = 15.0
_ELSEWHERE = {"host", "hostaddr", "port", "service", "unix_socket", "read_default_file"}


@dataclass(frozen=True)
class Product:
    """A database server, and how one talks to it.

    Args:
        store: the name of the store.
        schemes: what a URL of it starts with, before a driver's name; the first one is used.
        drivers: the drivers that can be used here, by name, each with the keyword that limits how
            long connecting takes.
        default_host: the host that clients connect to where the URL names none; None where that
            may be no TCP port.
        default_port: the port that they connect to where it names none.
        default_database: the database to connect to where the URL names none.
        version: a query for the version, as reports name it.
        create: the statement that creates a database.
        drop: the statement that drops one, connections to it and all.
    """

    store: str
    schemes: Sequence[str]
    drivers: Mapping[str, str]
    default_host: str | None
    default_port: int
    default_database: str | None
    version: str
    create: str
    drop: str

    def parse(self, how: str) -> URL | None:
        """Return the URL that was asked for, or None if it is no URL of this product.

        Args:
            how: how the store is to be started.
        """
        scheme = how.partition(":")[0].partition("+")[0]
        if "://" not in how or scheme not in self.schemes:
            return None
        try:
            return make_url(how).set(drivername=self.schemes[0])
        except (ArgumentError, ValueError):
            raise ServerUnavailable(f"{self.store}: --server is no URL that can be read") from None

    def execute(self, url: URL, *statements: str) -> Any:
        """Execute statements outside a transaction, and return the first value of the last one.

        Args:
            url: where.
            statements: what to execute.

        Raises:
            ServerUnavailable: that cannot be done, one line says why.
        """
        # In a thread, since the caller may be in an event loop.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(asyncio.run, self._execute(url, statements)).result()

    @contextmanager
    def new_database(
        self,
        url: URL,
        how: str,
        killable: Callable[[], AbstractContextManager[KillableServer]] | None = None,
    ) -> Iterator[Server]:
        """Give a new database on a running server, and drop it at the end.

        Args:
            url: the server.
            how: how it was started.
            killable: starts another one that can be killed; None where that cannot be had.

        Raises:
            ServerUnavailable: that cannot be had, one line says why.
        """
        name = f"memcert_{uuid.uuid4().hex[:16]}"
        version = self.execute(url, self.create.format(name=name), self.version)
        try:
            yield self.with_address(
                url.set(database=name),
                Server(
                    url=url.set(database=name).render_as_string(hide_password=False),
                    store=self.store,
                    how=how,
                    version=version,
                    fresh=partial(self.new_database, url, how, killable),
                    killable=killable,
                ),
            )
        finally:
            # A server that went takes its databases along, or its owner finds this one.
            with suppress(ServerUnavailable):
                self.execute(url, self.drop.format(name=name))

    def address(self, url: URL) -> Address | None:
        """Return where clients connect; None if that is not known, or no TCP port.

        Args:
            url: the server.
        """
        # These say where it is, or say it otherwise, in words of the drivers.
        if _ELSEWHERE & url.query.keys():
            return None
        host = url.host or self.default_host
        return None if host is None else (host, url.port or self.default_port)

    def with_address(self, url: URL, server: Server) -> Server:
        """Return a server with its address and the way to reroute it, where its URL allows that.

        Args:
            url: its URL.
            server: the server.
        """
        address = self.address(url)
        if any(name.startswith("ssl") for name in url.query):
            # The certificate may have to be for the host that the URL names.
            return replace(server, addresses=address and (address,))
        return reachable(server, address, partial(_url_at, url))

    async def _execute(self, url: URL, statements: Sequence[str]) -> Any:
        driver = next((name for name in self.drivers if find_spec(name)), None)
        if driver is None:
            raise ServerUnavailable(
                f"{self.store}: its driver is missing; pip install 'memcert[{self.store}]'"
            )
        engine = create_async_engine(
            url.set(
                drivername=f"{url.drivername}+{driver}",
                database=url.database or self.default_database,
            ),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={self.drivers[driver]: int(_CONNECT_SECONDS)},
        )
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                connection = await engine.connect()
            try:
                async with asyncio.timeout(_SECONDS):
                    for statement in statements:
                        result = await connection.exec_driver_sql(statement)
                    return result.scalar() if result.returns_rows else None
            finally:
                await connection.close()
        except _errors_of(driver) as error:
            place = url.render_as_string(hide_password=True)
            raise ServerUnavailable(
                f"{self.store}: {place} cannot be used: {_reason(error, url)}"
            ) from None
        finally:
            await engine.dispose()


def _errors_of(driver: str) -> tuple[type[Exception], ...]:
    """Return what is raised where a server cannot be used, or its URL is wrong."""
    errors = (SQLAlchemyError, OSError, ValueError, TypeError)
    if driver != "asyncpg":
        return errors
    # SQLAlchemy before 2.1 hands these on when it connects.
    asyncpg = import_module(driver)
    return (*errors, asyncpg.PostgresError, asyncpg.InterfaceError)


def _url_at(url: URL, address: Address) -> str:
    host, port = address
    return url.set(host=host, port=port).render_as_string(hide_password=False)


def _reason(error: BaseException, url: URL) -> str:
    """Return why, in one line, without the password."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, TimeoutError):
        return "it does not answer in time"
    text = " ".join(str(cause).split()) or type(cause).__name__
    text = text.removeprefix("<class 'asyncpg.exceptions.").replace("'>:", ":", 1)
    password = str(url.password or "")
    return text.replace(password, "***") if password else text
