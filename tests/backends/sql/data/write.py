"""Writes what this release stores, as SQL and as the states that it exports.

``python tests/backends/sql/data/write.py VERSION`` (a PostgreSQL and a MariaDB run on the loopback,
and their ``pg_dump`` and ``mariadb-dump`` are on PATH). The files of a release are written once, by
its own code, and never again: later releases must read them.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.servers import start
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

FOLDER = Path(__file__).parent
LOOK_ALIKES = [
    "a",
    "A",
    "a ",
    "\u00e1",
    "a\u0301",
    "%",
    "_",
    "'",
    '"',
    "\\",
    "{}",
    "\n",
    "\U0001f600",
]
BLOCKS: list[Any] = [
    {"type": "text", "text": 'NUL \0, emoji \U0001f600, quote " and \\u0000; a line\nand a tab\t'},
    {"type": "tool_use", "id": "1", "name": "f", "input": {"n": 2**80, "f": 1.5, "z": None}},
]


def message(msg_id: str, content: Any = "text", **more: Any) -> Msg:
    return Msg("name", content, "user", id=msg_id, timestamp="2026-01-01 00:00:00.000", **more)


async def store(engine: Any) -> list[dict[str, Any]]:
    """Store something in several spaces, and return what each of them exports."""
    spaces = {}

    def memory(user: str, session: str) -> AsyncSQLAlchemyMemory:
        return spaces.setdefault(
            (user, session), AsyncSQLAlchemyMemory(engine, user_id=user, session_id=session)
        )

    chat = memory("alice", "chat")
    await chat.add([message("1"), message("2", BLOCKS), message("3")], ["hint", "task"])
    await chat.add(
        Msg(
            "tool",
            BLOCKS,
            "system",
            id="4",
            timestamp="2026-01-02 03:04:05.678",
            metadata={"deep": [[{"\u00e9": True}]]},
            invocation_id="run-1",
        )
    )
    await chat.add([message(f"more {number}", f"{number}") for number in range(20)], "more")
    await chat.update_messages_mark("done", "hint", ["1", "4"])
    await chat.update_messages_mark("seen", None, ["4", "more 7"])
    await chat.delete(["3", "more 2"])
    await chat.add(message("3", "again"))
    await chat.delete_by_mark(["none"])
    await chat.update_compressed_summary('so far: \0 \U0001f600 "quoted" \\ ;\n')

    for user in LOOK_ALIKES:
        other = memory(user, "chat")
        ids = LOOK_ALIKES if user == "a" else [user, "a"]
        await other.add([message(each, user) for each in ids], LOOK_ALIKES[:2])
        await other.update_messages_mark(user, "a", [user])
    await memory("alice", "chat ").add(message("1", "beside"), "hint")

    emptied = memory("bob", "emptied")
    await emptied.add([message("1"), message("2")], "hint")
    await emptied.update_compressed_summary("what was there")
    await emptied.clear()
    await memory("bob", "summary only").update_compressed_summary("s")
    deleted = memory("bob", "deleted")
    await deleted.add([message("1"), message("2")], "hint")
    await deleted.delete(["1", "2"])
    replaced = memory("bob", "replaced")
    await replaced.add([message("old"), message("1")], "old")
    await replaced.import_state(await chat.export_state())
    await memory("u" * 255, "\U0001f4af" * 255).add(message("\U0001f600" * 255), "\u00e9" * 255)
    return [
        {"user_id": user, "session_id": session, "state": await each.export_state()}
        for (user, session), each in spaces.items()
    ]


def stored(url: str) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        engine = create_async_engine(url)
        try:
            return await store(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        path = f"{temporary}/memory.sqlite"
        expected = stored(f"sqlite+aiosqlite:///{path}")
        connection = sqlite3.connect(path)
        lines = [*connection.iterdump()]
        connection.close()
    (folder / "sqlite.sql").write_text("\n".join(lines) + "\n")

    with start("postgresql", "postgresql://root@127.0.0.1:5432/postgres") as server:
        url = make_url(server.url)
        assert stored(str(url.set(drivername="postgresql+asyncpg"))) == expected
        text = output("pg_dump", "--inserts", "--no-owner", "--no-privileges", server.url)
    # Lines that begin with a backslash are for psql.
    kept = [line for line in text.split("\n") if not line.startswith(("\\", "--", "SET"))]
    (folder / "postgresql.sql").write_text("\n".join(filter(None, kept)) + "\n")

    with start("mariadb", "mariadb://root@127.0.0.1:3306") as server:
        url = make_url(server.url)
        assert stored(str(url.set(drivername="mariadb+aiomysql"))) == expected
        where = ("-h", url.host or "", "-P", str(url.port or 3306), "-u", url.username or "")
        text = output(
            "mariadb-dump",
            *where,
            "--compact",
            "--hex-blob",
            "--skip-extended-insert",
            url.database or "",
        )
    # The first line is for the client.
    (folder / "mariadb.sql").write_text(text.partition("\n")[2])

    spaces = ",\n".join(json.dumps(space, sort_keys=True) for space in expected)
    (folder / "expected.json").write_text(f"[\n{spaces}\n]\n")


if __name__ == "__main__":
    write(FOLDER / sys.argv[1])
