"""A table that nobody has, in a service that runs: what a program has for a server of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version as version_of
from typing import Any

from memcert_backends.servers.rerouting import reachable
from memcert_backends.servers.server import Address, KillableServer, Server, ServerUnavailable
from memcert_backends.tablestore.url import TablestoreURL

STORE = "tablestore"

EMULATOR = f"Tablestore emulator of memcert {version_of('memcert')}"
"""What runs where memcert starts it."""

DEFAULT_LAG = "1-3s"
"""How far search indexes are behind, as in the service."""

LAG_VARIABLE = "MEMCERT_TABLESTORE_LAG"
"""The environment variable that says how far the emulator's search indexes are behind."""

_SECONDS = 5.0


def new_table(
    place: TablestoreURL,
    how: str,
    version: str,
    killable: Callable[[], AbstractContextManager[KillableServer]] | None = None,
) -> AbstractContextManager[Server]:
    """Give a table that nobody has, as a server; it is dropped at the end, if it was made.

    Args:
        place: the instance that it is to be in, and the key.
        how: how the service was started.
        version: what runs there.
        killable: starts another one that can be killed; None where that cannot be had.
    """
    return _new_table(place, how, version, killable)


@contextmanager
def _new_table(
    place: TablestoreURL,
    how: str,
    version: str,
    killable: Callable[[], AbstractContextManager[KillableServer]] | None,
) -> Iterator[Server]:
    mine = replace(place, table_name=f"memcert_{uuid.uuid4().hex[:16]}")
    try:
        yield served(
            mine,
            how,
            version,
            fresh=partial(new_table, place, how, version, killable),
            killable=killable,
        )
    finally:
        from memcert_backends.tablestore.sdk import ots

        # It was never made, or the service went and took it along; else its owner finds it.
        with suppress(ots.OTSError, OSError, http_error()), blocking_client(mine) as client:
            client.delete_table(mine.table_name)


def lag() -> str:
    """Return how far the search indexes of an emulator that memcert starts are behind.

    Raises:
        ServerUnavailable: `LAG_VARIABLE` says something else.
    """
    from tablestore_emulator.lag import Lag

    said = os.environ.get(LAG_VARIABLE, DEFAULT_LAG)
    try:
        Lag.parse(said)
    except ValueError as error:
        raise ServerUnavailable(f"{STORE}: {LAG_VARIABLE}: {error}") from None
    return said


def emulator_version() -> str:
    """Return what runs where memcert starts it, for reports."""
    said = lag()
    return EMULATOR if said == DEFAULT_LAG else f"{EMULATOR}, lag {said}"


def served(place: TablestoreURL, how: str, version: str, **more: Any) -> Server:
    """Return a server, with its address and the way to reroute it.

    Args:
        place: where it is.
        how: how it was started.
        version: what runs there.
        more: what else a `Server` has.
    """
    server = Server(url=str(place), store=STORE, how=how, version=version, **more)
    address: Address = (place.host, place.port)
    if place.scheme == "https":
        # The certificate is for the host that the URL names.
        return replace(server, addresses=(address,))
    return reachable(server, address, lambda other: str(place.at(*other)))


@contextmanager
def blocking_client(place: TablestoreURL) -> Iterator[Any]:
    """Open a client for a moment, in any thread.

    Args:
        place: where it connects.
    """
    from memcert_backends.tablestore.sdk import ots

    client = ots.OTSClient(
        **place.client_options, socket_timeout=_SECONDS, retry_policy=ots.NoRetryPolicy()
    )
    try:
        yield client
    finally:
        client.connection.pool.clear()


def http_error() -> type[Exception]:
    """Return what the SDK's HTTP client raises."""
    from urllib3.exceptions import HTTPError

    return HTTPError
