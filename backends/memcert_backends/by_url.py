"""Opening a memory by the URL of its store, for a tool that moves sessions between stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Protocol

from memcert_backends.catalogue import ROWS, StoreRow
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.unusable import UnknownURL

__all__ = ["Opener", "UnknownURL", "check_url", "open_by_url"]


class Opener(Protocol):
    """What a store's row names to open a memory by a URL."""

    def __call__(
        self, url: str, user_id: str, session_id: str, prefix: str | None, *, create: bool
    ) -> AbstractAsyncContextManager[StoredMemory]:
        """Return a context that opens a memory, as `open_by_url` describes it."""


def check_url(url: str) -> None:
    """Refuse a URL that there is no memory for, without connecting to anything.

    Args:
        url: the URL.

    Raises:
        UnknownURL: there is no memory for it; one line says why.
    """
    _row_of(url)


@asynccontextmanager
async def open_by_url(
    url: str, user_id: str, session_id: str, prefix: str | None = None, *, create: bool = True
) -> AsyncIterator[StoredMemory]:
    """Open a memory in the store at a URL, and close it at the end.

    Args:
        url: ``redis://…``, ``tablestore://KEYID:SECRET@host:port/instance``, or an SQLAlchemy URL,
            with its driver or without. That of PostgreSQL may have libpq's options.
        user_id: whose memory it is.
        session_id: which of the user's sessions.
        prefix: the `key_prefix`, the `table_prefix`, or the `table_name`, that the memory was made
            with; None for the default.
        create: whether a file that is not there may be made: not by who only reads.

    Raises:
        UnknownURL: there is no memory for such a URL, an extra is missing, or there is no file.
        TypeError: an id is not a string.
        ValueError: an id or the prefix is not admitted.
    """
    row = _row_of(url)
    module, _, name = row.opener.partition(":")
    try:
        opener: Opener = getattr(import_module(module), name)
        async with opener(url, user_id, session_id, prefix, create=create) as memory:
            yield memory
    except ModuleNotFoundError as error:
        scheme = url.partition("://")[0]
        raise UnknownURL(
            f"{scheme}:// needs an extra: pip install 'memcert[all]' ({error})"
        ) from error


def _row_of(url: str) -> StoreRow:
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise UnknownURL(f"{url!r} is no URL, such as sqlite:///path/to/file or redis://host:6379")
    database, plus, _ = scheme.partition("+")
    for row in ROWS:
        if database in row.schemes and (not plus or row.is_sql):
            return row
    known = ", ".join(f"{each}://" for row in ROWS for each in row.schemes if each != "unix")
    raise UnknownURL(f"there is no memory for {scheme}:// URLs; there is for {known}")
