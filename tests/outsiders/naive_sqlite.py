"""Agent memory in SQLite."""

import json
from datetime import datetime

import aiosqlite

from memcert import backend
from memcert_backends.servers.folder import path_of
from memcert_reference import Msg


class SqliteMemory:
    def __init__(self, path, user_id, session_id):
        self.path = str(path)
        self.user_id = user_id
        self.session_id = session_id
        self.summary = ""

    async def _connect(self):
        db = await aiosqlite.connect(self.path)
        await db.execute(
            "CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, user_id TEXT,"
            " session_id TEXT, name TEXT, role TEXT, content TEXT, metadata TEXT,"
            " timestamp TEXT, marks TEXT)"
        )
        await db.execute(
            "CREATE TABLE IF NOT EXISTS summary (user_id TEXT, session_id TEXT, text TEXT)"
        )
        await db.commit()
        return db

    async def add(self, memories, marks=None):
        if memories is None:
            return
        if not isinstance(memories, list):
            memories = [memories]
        if marks is None:
            marks = []
        if isinstance(marks, str):
            marks = [marks]
        db = await self._connect()
        for msg in memories:
            await db.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    msg.id,
                    self.user_id,
                    self.session_id,
                    msg.name,
                    msg.role,
                    json.dumps(msg.content),
                    json.dumps(msg.metadata),
                    msg.timestamp or str(datetime.now()),
                    ",".join(marks),
                ),
            )
        await db.commit()
        await db.close()

    async def delete(self, msg_ids):
        db = await self._connect()
        placeholders = ",".join("?" for _ in msg_ids)
        await db.execute(f"DELETE FROM messages WHERE id IN ({placeholders})", msg_ids)
        await db.commit()
        await db.close()
        return len(msg_ids)

    async def delete_by_mark(self, mark):
        if isinstance(mark, str):
            mark = [mark]
        db = await self._connect()
        deleted = 0
        for m in mark:
            cursor = await db.execute(
                "DELETE FROM messages WHERE user_id = ? AND session_id = ? AND marks LIKE ?",
                (self.user_id, self.session_id, f"%{m}%"),
            )
            deleted += cursor.rowcount
        await db.commit()
        await db.close()
        return deleted

    async def size(self):
        db = await self._connect()
        cursor = await db.execute(
            "SELECT COUNT(*) FROM messages WHERE user_id = ? AND session_id = ?",
            (self.user_id, self.session_id),
        )
        row = await cursor.fetchone()
        await db.close()
        return row[0]

    async def clear(self):
        db = await self._connect()
        await db.execute(
            "DELETE FROM messages WHERE user_id = ? AND session_id = ?",
            (self.user_id, self.session_id),
        )
        await db.execute(
            "DELETE FROM summary WHERE user_id = ? AND session_id = ?",
            (self.user_id, self.session_id),
        )
        await db.commit()
        await db.close()

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        query = "SELECT * FROM messages WHERE user_id = ? AND session_id = ?"
        params = [self.user_id, self.session_id]
        if mark:
            query += " AND marks LIKE ?"
            params.append(f"%{mark}%")
        if exclude_mark:
            query += " AND marks NOT LIKE ?"
            params.append(f"%{exclude_mark}%")
        query += " ORDER BY timestamp"
        db = await self._connect()
        cursor = await db.execute(query, params)
        rows = await cursor.fetchall()
        messages = [
            Msg(
                row[3],
                json.loads(row[5]),
                row[4],
                metadata=json.loads(row[6]),
                timestamp=row[7],
                id=row[0],
            )
            for row in rows
        ]
        if prepend_summary:
            cursor = await db.execute(
                "SELECT text FROM summary WHERE user_id = ? AND session_id = ?",
                (self.user_id, self.session_id),
            )
            row = await cursor.fetchone()
            if row:
                messages.insert(0, Msg("user", row[0], "user"))
        await db.close()
        return messages

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        db = await self._connect()
        cursor = await db.execute(
            "SELECT id, marks FROM messages WHERE user_id = ? AND session_id = ?",
            (self.user_id, self.session_id),
        )
        updated = 0
        for msg_id, marks in await cursor.fetchall():
            if msg_ids and msg_id not in msg_ids:
                continue
            marks = marks.split(",")
            if old_mark is not None:
                if old_mark not in marks:
                    continue
                marks.remove(old_mark)
            if new_mark is not None:
                marks.append(new_mark)
            await db.execute(
                "UPDATE messages SET marks = ? WHERE id = ?", (",".join(marks), msg_id)
            )
            updated += 1
        await db.commit()
        await db.close()
        return updated

    async def update_compressed_summary(self, summary):
        self.summary = summary
        db = await self._connect()
        await db.execute(
            "DELETE FROM summary WHERE user_id = ? AND session_id = ?",
            (self.user_id, self.session_id),
        )
        await db.execute(
            "INSERT INTO summary VALUES (?, ?, ?)",
            (self.user_id, self.session_id, summary),
        )
        await db.commit()
        await db.close()

    def state_dict(self):
        return {"_compressed_summary": self.summary}

    def load_state_dict(self, state, strict=True):
        self.summary = state["_compressed_summary"]


@backend("naive-sqlite", store="folder")
async def naive_sqlite(space):
    yield SqliteMemory(
        path_of(space.server.url) / "memory.db", space.user_id, space.session_id
    )
