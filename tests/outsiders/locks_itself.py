"""Agent memory in SQLite: one connection for the messages, and one for the summary."""

import asyncio
import json
import sqlite3

from memcert import backend
from memcert_backends.servers.folder import path_of
from memcert_reference import Msg


class SqliteMemory:
    def __init__(self, path, user_id, session_id):
        self.space = (user_id, session_id)
        self.messages = sqlite3.connect(path, timeout=3, check_same_thread=False)
        self.summaries = sqlite3.connect(path, timeout=3, check_same_thread=False)
        self.messages.executescript(
            """
            CREATE TABLE IF NOT EXISTS messages (
                n INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT, session_id TEXT,
                msg_id TEXT, body TEXT, marks TEXT,
                UNIQUE (user_id, session_id, msg_id));
            CREATE TABLE IF NOT EXISTS summaries (
                user_id TEXT, session_id TEXT, summary TEXT,
                PRIMARY KEY (user_id, session_id));
            """
        )

    async def close(self):
        self.messages.close()
        self.summaries.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.close()

    async def add(self, memories, marks=None):
        if memories is None:
            return
        if isinstance(memories, Msg):
            memories = [memories]
        if isinstance(marks, str):
            marks = [marks]
        rows = [
            (*self.space, m.id, json.dumps(m.to_dict()), json.dumps(sorted(set(marks or []))))
            for m in memories
        ]
        await asyncio.to_thread(self._add, rows)

    def _add(self, rows):
        with self.messages:
            self.messages.executemany(
                "INSERT OR IGNORE INTO messages (user_id, session_id, msg_id, body, marks)"
                " VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    async def delete(self, msg_ids):
        return await asyncio.to_thread(self._delete, list(msg_ids))

    def _delete(self, msg_ids):
        count = 0
        with self.messages:
            for msg_id in msg_ids:
                count += self.messages.execute(
                    "DELETE FROM messages WHERE user_id = ? AND session_id = ? AND msg_id = ?",
                    (*self.space, msg_id),
                ).rowcount
        return count

    async def delete_by_mark(self, mark):
        wanted = {mark} if isinstance(mark, str) else set(mark)
        rows = await asyncio.to_thread(self._rows)
        return await self.delete([r[0] for r in rows if wanted & set(json.loads(r[2]))])

    def _rows(self):
        return self.messages.execute(
            "SELECT msg_id, body, marks FROM messages"
            " WHERE user_id = ? AND session_id = ? ORDER BY n",
            self.space,
        ).fetchall()

    async def size(self):
        return len(await asyncio.to_thread(self._rows))

    async def clear(self):
        await asyncio.to_thread(self._clear)

    def _clear(self):
        with self.messages:
            self.messages.execute(
                "DELETE FROM messages WHERE user_id = ? AND session_id = ?", self.space
            )

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        result = []
        if prepend_summary:
            summary = await asyncio.to_thread(self._get_summary)
            if summary:
                result.append(Msg("user", summary, "user"))
        for _, body, marks in await asyncio.to_thread(self._rows):
            marks = json.loads(marks)
            if mark is not None and mark not in marks:
                continue
            if exclude_mark is not None and exclude_mark in marks:
                continue
            result.append(Msg.from_dict(json.loads(body)))
        return result

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        return await asyncio.to_thread(self._update_marks, new_mark, old_mark, msg_ids)

    def _update_marks(self, new_mark, old_mark, msg_ids):
        count = 0
        with self.messages:
            for msg_id, _, text in self._rows():
                marks = set(json.loads(text))
                if msg_ids is not None and msg_id not in msg_ids:
                    continue
                if old_mark is not None and old_mark not in marks:
                    continue
                after = (marks - {old_mark} | {new_mark}) - {None}
                if after != marks:
                    self.messages.execute(
                        "UPDATE messages SET marks = ?"
                        " WHERE user_id = ? AND session_id = ? AND msg_id = ?",
                        (json.dumps(sorted(after)), *self.space, msg_id),
                    )
                    count += 1
        return count

    def _get_summary(self):
        row = self.summaries.execute(
            "SELECT summary FROM summaries WHERE user_id = ? AND session_id = ?", self.space
        ).fetchone()
        return row[0] if row else ""

    def _set_summary(self, summary):
        self.summaries.execute(
            "INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", (*self.space, summary)
        )

    async def update_compressed_summary(self, summary):
        await asyncio.to_thread(self._set_summary, summary)

    def state_dict(self):
        return {
            "_compressed_summary": self._get_summary(),
            "content": [
                [json.loads(body), json.loads(marks)] for _, body, marks in self._rows()
            ],
        }

    def load_state_dict(self, state, strict=True):
        if "_compressed_summary" in state or strict:
            self._set_summary(state["_compressed_summary"])
        if "content" in state or strict:
            rows = [
                (*self.space, body["id"], json.dumps(body), json.dumps(marks))
                for body, marks in state["content"]
            ]
            self._clear()
            self._add(rows)


@backend("locks-itself", store="folder")
async def locks_itself(space):
    path = path_of(space.server.url) / "memory.db"
    async with SqliteMemory(path, space.user_id, space.session_id) as memory:
        yield memory
