"""``memcert schema`` and ``memcert migrate``."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

from .conftest import Memcert

OLD = Path(__file__).parents[2] / "backends" / "sql" / "data" / "0.1.0"


def add(path: Path, **options: Any) -> Any:
    async def run() -> Any:
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        memory = AsyncSQLAlchemyMemory(engine, **options)
        await memory.add(Msg("name", "text", "user", id="a"), "m")
        state = await memory.export_state()
        await engine.dispose()
        return state

    return asyncio.run(run())


def execute(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def versions(path: Path, prefix: str = "memcert_") -> list[Any]:
    connection = sqlite3.connect(path)
    rows = connection.execute(f"SELECT version_num FROM {prefix}schema_version").fetchall()
    connection.close()
    return rows


def test_what_schema_prints_makes_the_tables(memcert: Memcert, folder: Path) -> None:
    result = memcert("schema", "sqlite", "--prefix", "my_")
    assert result.exit_code == 0
    file = folder / "memory.db"
    for _ in range(2):
        execute(file, result.output)
    assert versions(file, "my_") == [("0001",)]
    assert len(add(file, table_prefix="my_")["content"]) == 1


@pytest.mark.parametrize("database", ["postgresql", "mysql", "mariadb"])
def test_schema_prints_rights_for_a_role(memcert: Memcert, folder: Path, database: str) -> None:
    result = memcert("schema", database, "--schema", "Tenant 1", "--role", "web")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    grants = [line for line in lines if line.startswith("GRANT") and "PUBLIC" not in line]
    role = "web" if database == "postgresql" else "'web'@'%'"
    assert all(line.endswith(f" TO {role};") and "Tenant 1" in line for line in grants)
    assert len(grants) == (6 if database == "postgresql" else 4)


def test_schema_needs_no_driver() -> None:
    code = (
        "import sys\n"
        "for name in ('asyncpg', 'psycopg', 'aiomysql', 'asyncmy', 'aiosqlite', 'alembic'):\n"
        "    sys.modules[name] = None\n"
        "from memcert.command_line import main\n"
        "for database in ('postgresql', 'mysql', 'mariadb', 'sqlite'):\n"
        "    main(['schema', database], standalone_mode=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("INSERT INTO memcert_schema_version") == 4


@pytest.mark.parametrize(
    "arguments", [["oracle"], ["sqlite", "--prefix", "a b"], ["sqlite", "--schema", ""]]
)
def test_a_wrong_question_about_schema(
    memcert: Memcert, folder: Path, arguments: list[str]
) -> None:
    result = memcert("schema", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_migrate_takes_over_what_release_0_1_0_made(memcert: Memcert, folder: Path) -> None:
    file = folder / "old.db"
    execute(file, (OLD / "sqlite.sql").read_text())
    for said in ("taken over from release 0.1.0", "already, nothing to do"):
        result = memcert("migrate", f"sqlite:///{file}")
        assert result.exit_code == 0, result.output
        assert result.output.count("\n") == 1
        assert said in result.output
    assert versions(file) == [("0001",)]
    space = json.loads((OLD / "expected.json").read_text())[0]
    state = add(file, user_id=space["user_id"], session_id=space["session_id"])
    assert state["content"][:-1] == space["state"]["content"]


def test_migrate_makes_tables_where_there_are_none(memcert: Memcert, folder: Path) -> None:
    file = folder / "new.db"
    execute(file, "CREATE TABLE mine (n INTEGER)")
    result = memcert("migrate", f"sqlite:///{file}", "--prefix", "my_")
    assert result.exit_code == 0
    assert versions(file, "my_") == [("0001",)]
    assert len(add(file, table_prefix="my_")["content"]) == 1


def test_migrate_refuses_what_is_newer_or_not_whole(memcert: Memcert, folder: Path) -> None:
    file = folder / "memory.db"
    add(file)
    for script, said in (
        ("UPDATE memcert_schema_version SET version_num = '0999'", "0999"),
        ("DROP TABLE memcert_schema_version; DROP TABLE memcert_marks", "memcert_marks is missing"),
    ):
        execute(file, script)
        before = file.read_bytes()
        result = memcert("migrate", f"sqlite:///{file}")
        assert result.exit_code == 2
        assert said in result.output
        assert result.output.count("\n") == 1
        assert file.read_bytes() == before


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///missing.db",
        "sqlite://",
        "sqlite:///.",
        "redis://127.0.0.1",
        "nonsense",
        "postgresql://nobody:secret@127.0.0.1:1/none",
        "postgresql://nobody:secret@127.0.0.1:1/none?sslmode=require",
        "mysql://nobody:secret@127.0.0.1:1/none",
        "mysql://[",
    ],
)
def test_migrate_says_in_one_line_what_cannot_be_done(
    memcert: Memcert, folder: Path, url: str
) -> None:
    result = memcert("migrate", url)
    assert result.exit_code == 2, result.output
    assert result.output.count("\n") == 1
    assert "secret" not in result.output
    assert not (folder / "missing.db").exists()
