"""SQLite: a new file in a temporary folder, or a database that is there already."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from memcert_backends.servers.scratch import scratch_folder
from memcert_backends.servers.server import WAYS, Server, ServerUnavailable

URL = "sqlite+aiosqlite:////path/to/file"
"""What the URL of one that is there looks like."""


def start(how: str) -> AbstractContextManager[Server]:
    """Give a SQLite database.

    Args:
        how: ``embedded`` for a new file, removed at the end, or a URL that starts with ``sqlite``.

    Raises:
        ServerUnavailable: it was asked for as a process or a container.
    """
    reason = why_not("url" if how.startswith("sqlite") else how)
    if reason is not None:
        raise ServerUnavailable(f"sqlite: {reason}")
    return _new_file() if how == "embedded" else _as_it_is(how)


def why_not(how: str) -> str | None:
    """Return why a SQLite database cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if how in {"embedded", "url"}:
        return None
    # Without the password that a URL may hold.
    said = "" if how in WAYS else f", not {how.partition('://')[0]!r}"
    return f"SQLite has no server: use embedded, or a URL such as {URL}{said}"


@contextmanager
def _new_file() -> Iterator[Server]:
    # A client that was left open may be writing its journal while the folder is removed.
    with TemporaryDirectory(
        prefix="memcert-sqlite-", dir=scratch_folder(), ignore_cleanup_errors=True
    ) as folder:
        path = Path(folder, "memory.sqlite")
        # It stays open, since closing a file's last connection moves the journal into the file,
        # which takes longer than what a client that comes and goes had to do.
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
            # The file keeps this: readers and a writer do not wait for one another.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            yield Server(
                url=f"sqlite+aiosqlite:///{path}",
                store="sqlite",
                how="embedded",
                version=f"SQLite {sqlite3.sqlite_version} (file)",
                fresh=_new_file,
                addresses=(),
            )


@contextmanager
def _as_it_is(url: str) -> Iterator[Server]:
    version = f"SQLite {sqlite3.sqlite_version}"
    yield Server(url=url, store="sqlite", how="url", version=version, addresses=())
