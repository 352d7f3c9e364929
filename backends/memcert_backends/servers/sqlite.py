"""SQLite: a new file in a temporary folder, or a database that is there already."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from memcert_backends.servers.server import Server, ServerUnavailable


def start(how: str) -> AbstractContextManager[Server]:
    """Give a SQLite database.

    Args:
        how: ``embedded`` for a new file, removed at the end, or a URL that starts with ``sqlite``.

    Raises:
        ServerUnavailable: it was asked for as a process or a container.
    """
    if how == "embedded":
        return _new_file()
    if how.startswith("sqlite"):
        return _as_it_is(how)
    raise ServerUnavailable(
        f"SQLite has no server that could be started as {how!r}: use embedded, or a URL such as"
        " sqlite+aiosqlite:////path/to/file"
    )


@contextmanager
def _new_file() -> Iterator[Server]:
    # A client that was left open may be writing its journal while the folder is removed.
    with TemporaryDirectory(prefix="memcert-sqlite-", ignore_cleanup_errors=True) as folder:
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
            )


@contextmanager
def _as_it_is(url: str) -> Iterator[Server]:
    yield Server(url=url, store="sqlite", how="url", version=f"SQLite {sqlite3.sqlite_version}")
