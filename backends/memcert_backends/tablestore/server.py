"""How a Tablestore is started: the emulator in a child process, or a running one by its URL.

Each server is a table of its own, which is dropped at the end: that is as good as a service of its
own, takes a millisecond, and leaves what others have in an instance alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.util import find_spec
from urllib.parse import urlsplit

from memcert_backends.servers.server import (
    WAYS,
    Server,
    ServerUnavailable,
)
from memcert_backends.tablestore.own_table import (
    STORE,
    blocking_client,
    emulator_version,
    http_error,
    lag,
    new_table,
)
from memcert_backends.tablestore.url import SCHEME, TablestoreURL

URL = "tablestore://KEYID:SECRET@host:port/instance"
"""What the URL of a running one looks like; ``?scheme=http`` where it has no TLS."""


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
        from memcert_backends.tablestore.process import tablestore_process

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
    except (ots.OTSError, OSError, http_error()) as error:
        reason = " ".join(str(error).split())
        raise ServerUnavailable(f"{STORE}: {place.end_point} cannot be used: {reason}") from None
    with new_table(place, "url", "Tablestore (API 2015-12-31)") as server:
        yield server
