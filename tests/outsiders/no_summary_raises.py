"""An agent's memory in SQLite: the sqlite3 module in a thread, a connection per operation.

Each memory has one worker thread, so that its operations happen in the order in which they were
started. A cancelled operation is waited for: it has happened, or not, when the caller knows.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from memcert import Space, backend
from memcert_backends.servers.folder import path_of
from memcert_reference import Msg
from memcert_reference.arguments import (
    flag,
    id_list,
    mark_list,
    message_records,
    optional_mark,
    some_marks,
)
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.state import read_state, write_state
from memcert_reference.values import identifier

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    msg_id TEXT NOT NULL,
    record TEXT NOT NULL,
    marks TEXT NOT NULL,
    UNIQUE (user_id, session_id, msg_id)
);
CREATE TABLE IF NOT EXISTS summaries (
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (user_id, session_id)
);
"""

INSERT = (
    "INSERT OR IGNORE INTO messages (user_id, session_id, msg_id, record, marks)"
    " VALUES (?, ?, ?, ?, ?)"
)


class SQLiteMemory:
    """The messages of one user's session, in a database that others share.

    Our agents do not compress; a summary that comes with a state is kept.
    """

    def __init__(self, path: Path, user_id: str, session_id: str) -> None:
        self._path = path
        self._space = (identifier(user_id, "user_id"), identifier(session_id, "session_id"))
        self._worker = ThreadPoolExecutor(max_workers=1)
        with closing(self._connect()) as db:
            db.executescript(SCHEMA)

    async def __aenter__(self) -> SQLiteMemory:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        worker, self._worker = self._worker, ThreadPoolExecutor(max_workers=1)
        worker.shutdown(wait=False)

    async def _run(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run something in the worker thread, and to its end even if it is cancelled."""
        started = self._worker.submit(work, *args)
        future = asyncio.wrap_future(started)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            started.cancel()  # does nothing if it runs already
            while not future.done():
                try:
                    await asyncio.wait([future])
                except asyncio.CancelledError:
                    continue
            if not future.cancelled():
                future.exception()  # so that it counts as seen
            raise

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        db.execute("PRAGMA secure_delete = ON")
        return db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        records, names = message_records(memories), json.dumps(mark_list(marks))
        if not records:
            return
        rows = [(*self._space, each["id"], dump_json(each), names) for each in records]

        def work() -> None:
            with self._writing() as db:
                db.executemany(INSERT, rows)

        await self._run(work)

    async def delete(self, msg_ids: list[str]) -> int:
        ids = id_list(msg_ids)
        return await self._run(self._delete, lambda db: ids)

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        wanted = {*some_marks(mark)}
        return await self._run(
            self._delete,
            lambda db: [msg_id for msg_id, marks in self._marks(db) if marks & wanted],
        )

    def _delete(self, which: Callable[[sqlite3.Connection], list[str]]) -> int:
        with self._writing() as db:
            gone = 0
            for msg_id in which(db):
                gone += db.execute(
                    "DELETE FROM messages WHERE user_id = ? AND session_id = ? AND msg_id = ?",
                    (*self._space, msg_id),
                ).rowcount
            return gone

    def _marks(self, db: sqlite3.Connection) -> list[tuple[str, set[str]]]:
        rows = db.execute(
            "SELECT msg_id, marks FROM messages WHERE user_id = ? AND session_id = ?"
            " ORDER BY position",
            self._space,
        )
        return [(msg_id, {*json.loads(marks)}) for msg_id, marks in rows.fetchall()]

    async def size(self) -> int:
        def work() -> int:
            with self._reading() as db:
                return db.execute(
                    "SELECT count(*) FROM messages WHERE user_id = ? AND session_id = ?",
                    self._space,
                ).fetchone()[0]

        return await self._run(work)

    async def clear(self) -> None:
        def work() -> None:
            with self._writing() as db:
                self._clear(db)

        await self._run(work)

    def _clear(self, db: sqlite3.Connection) -> None:
        db.execute(
            "DELETE FROM messages WHERE user_id = ? AND session_id = ?", self._space
        )

    def _read(self) -> tuple[str, list[tuple[dict[str, Any], set[str]]]]:
        with self._reading() as db:
            rows = db.execute(
                "SELECT record, marks FROM messages WHERE user_id = ? AND session_id = ?"
                " ORDER BY position",
                self._space,
            ).fetchall()
            summary = db.execute(
                "SELECT summary FROM summaries WHERE user_id = ? AND session_id = ?",
                self._space,
            ).fetchone()
        return (
            summary[0] if summary else "",
            [(load_json(record), {*json.loads(marks)}) for record, marks in rows],
        )

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        wanted = optional_mark(mark, "mark")
        excluded = optional_mark(exclude_mark, "exclude_mark")
        with_summary = flag(prepend_summary, "prepend_summary")
        summary, entries = await self._run(self._read)
        first = [Msg("user", summary, "user")] if with_summary and summary else []
        return first + [
            Msg.from_record(record)
            for record, marks in entries
            if (wanted is None or wanted in marks) and excluded not in marks
        ]

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        new = optional_mark(new_mark, "new_mark")
        old = optional_mark(old_mark, "old_mark")
        ids = None if msg_ids is None else {*id_list(msg_ids)}

        def work() -> int:
            with self._writing() as db:
                changes = []
                for msg_id, marks in self._marks(db):
                    if ids is not None and msg_id not in ids:
                        continue
                    if old is not None and old not in marks:
                        continue
                    after = (marks - {old} | {new}) - {None}
                    if after != marks:
                        changes.append((json.dumps(sorted(after)), *self._space, msg_id))
                db.executemany(
                    "UPDATE messages SET marks = ?"
                    " WHERE user_id = ? AND session_id = ? AND msg_id = ?",
                    changes,
                )
                return len(changes)

        return await self._run(work)

    async def update_compressed_summary(self, summary: str) -> None:
        raise NotImplementedError

    def _set_summary(self, db: sqlite3.Connection, summary: str) -> None:
        db.execute(
            "INSERT INTO summaries (user_id, session_id, summary) VALUES (?, ?, ?)"
            " ON CONFLICT (user_id, session_id) DO UPDATE SET summary = excluded.summary",
            (*self._space, summary),
        )

    def state_dict(self) -> dict[str, Any]:
        summary, entries = self._read()
        return write_state(summary, entries)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> None:
        given = read_state(state_dict, strict=flag(strict, "strict"))
        with self._writing() as db:
            if given.summary is not None:
                self._set_summary(db, given.summary)
            if given.content is not None:
                self._clear(db)
                db.executemany(
                    INSERT,
                    [
                        (*self._space, record["id"], dump_json(record), json.dumps(marks))
                        for record, marks in given.content
                    ],
                )

    async def export_state(self) -> dict[str, Any]:
        return await self._run(self.state_dict)

    async def import_state(self, state: Mapping[str, Any]) -> None:
        given = read_state(state, strict=True)  # refused before a thread is started
        await self._run(
            self.load_state_dict, write_state(given.summary, given.content)
        )


@backend("no-summary-raises", store="folder")
async def memory(space: Space) -> AsyncIterator[SQLiteMemory]:
    """Open a session in the folder's database."""
    async with SQLiteMemory(
        path_of(space.server.url) / "memory.sqlite3", space.user_id, space.session_id
    ) as opened:
        yield opened
