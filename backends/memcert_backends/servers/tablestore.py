"""How a Tablestore is started: the emulator in a child process, or a running one by its URL.

Each server is a table of its own, which is dropped at the end: that is as good as a service of its
own, takes a millisecond, and leaves what others have in an instance alone.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version as version_of
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from memcert_backends.servers.rerouting import reachable
from memcert_backends.servers.server import (
    WAYS,
    Address,
    KillableServer,
    Server,
    ServerUnavailable,
)
from memcert_backends.tablestore.url import SCHEME, TablestoreURL

STORE = "tablestore"

URL = "tablestore://KEYID:SECRET@host:port/instance"
"""What the URL of a running one looks like; ``?scheme=http`` where it has no TLS."""

EMULATOR = f"Tablestore emulator of memcert {version_of('memcert')}"
"""What runs where memcert starts it."""

DEFAULT_LAG = "1-3s"
"""How far search indexes are behind, as in the service."""

LAG_VARIABLE = "MEMCERT_TABLESTORE_LAG"
"""The environment variable that says how far the emulator's search indexes are behind."""

_SECONDS = 5.0


def start(how: str = "embedded") -> AbstractContextManager[Server]:
    """Start a Tablestore, or connect to a running one; it is stopped when the context ends.

    Args:
        how: ``embedded`` (memcert's emulator), ``process`` (the same, keeping what it acknowledged
            in a file), or the URL of a running service or emulator.

    Raises:
        ServerUnavailable: it cannot be had in this way; one line says why.
    """
    is_url = how.startswith(f"{SCHEME}://")
    reason = why_not("url" if is_url else how)
    if reason is not None:
        raise ServerUnavailable(f"{STORE}: {reason}")
    if is_url:
        return _running(how)
    if how == "process":
        from memcert_backends.servers.tablestore_process import tablestore_process

        return tablestore_process()
    return _embedded()


def why_not(how: str) -> str | None:
    """Return why a Tablestore cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if find_spec("tablestore") is None:
        return "its driver is missing; pip install 'memcert[tablestore]'"
    if how == "container":
        return "there is no image of Tablestore: use embedded, process or a URL"
    if how in WAYS:
        return None
    scheme = how.partition("://")[0]
    return f"--server is embedded, process or a {SCHEME}:// URL, not {scheme!r}"


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
        with suppress(ots.OTSError, OSError, _http_error()), blocking_client(mine) as client:
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


def _http_error() -> type[Exception]:
    from urllib3.exceptions import HTTPError

    return HTTPError


@contextmanager
def _embedded() -> Iterator[Server]:
    from tablestore_emulator import EmulatorUnavailable, emulator

    with ExitStack() as stack:
        try:
            running = stack.enter_context(emulator(lag=lag()))
        except EmulatorUnavailable as error:
            raise ServerUnavailable(f"{STORE}: {error}") from None
        parts = urlsplit(running.end_point)
        place = TablestoreURL(
            host=parts.hostname or "",
            port=parts.port or 0,
            instance_name=running.instance_name,
            access_key_id=running.access_key_id,
            access_key_secret=running.access_key_secret,
            scheme=parts.scheme,
        )
        yield stack.enter_context(new_table(place, "embedded", emulator_version()))


@contextmanager
def _running(url: str) -> Iterator[Server]:
    from memcert_backends.tablestore.sdk import ots

    try:
        place = TablestoreURL.parse(url)
    except ValueError as error:
        raise ServerUnavailable(f"{STORE}: --server: {error}") from None
    try:
        with blocking_client(place) as client:
            client.list_table()
    except (ots.OTSError, OSError, _http_error()) as error:
        reason = " ".join(str(error).split())
        raise ServerUnavailable(f"{STORE}: {place.end_point} cannot be used: {reason}") from None
    with new_table(place, "url", "Tablestore (API 2015-12-31)") as server:
        yield server
