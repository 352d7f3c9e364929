"""An application's own alembic includes memcert's migrations, and leaves its tables alone."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory

from .whole_stores import DATA, message, rebuild, stored

ENVIRONMENT = """\
import asyncio
import sys
from contextlib import ExitStack

from alembic import context
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.sql.migrations import without_memcert

metadata = MetaData()
Table("users", metadata, Column("id", Integer, primary_key=True))


def migrate(connection):
    context.configure(
        connection=connection, target_metadata=metadata, include_name=without_memcert()
    )
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url"))
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
"""
REVISION = """\
import sqlalchemy
from alembic import op

from memcert_backends.sql.migrations import upgrade as upgrade_memcert

revision = "app1"
down_revision = None


def upgrade():
    op.create_table("users", sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True))
    upgrade_memcert(op.get_bind())
    # The application's own context goes on.
    op.execute("INSERT INTO users (id) VALUES (7)")
"""


@pytest.mark.parametrize("made_before", [False, True], ids=["new", "0.1.0"])
def test_an_applications_alembic_includes_ours(url: str, tmp_path: Path, made_before: bool) -> None:
    async def prepare() -> None:
        engine = create_async_engine(url)
        await rebuild(engine, DATA / "0.1.0")
        await engine.dispose()

    async def check() -> None:
        engine = create_async_engine(url)
        names = ["users", "memcert_schema_version", "alembic_version"]
        assert await stored(engine, names) == {
            "users": [(7,)],
            "memcert_schema_version": [("0001",)],
            "alembic_version": [("app1",)],
        }
        memory = AsyncSQLAlchemyMemory(engine, user_id="alice", session_id="chat")
        assert await memory.size() == (23 if made_before else 0)
        await memory.add(message("after"))
        await engine.dispose()

    if made_before:
        asyncio.run(prepare())
    scripts = tmp_path / "alembic"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text(ENVIRONMENT)
    (scripts / "versions" / "app1.py").write_text(REVISION)
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    asyncio.run(check())
    # Nothing is proposed: neither to drop our tables nor to make them.
    command.check(config)


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite", "postgresql+asyncpg", "mariadb+aiomysql"])
def test_several_who_migrate_at_once_wait_for_each_other(url: str) -> None:
    async def prepare() -> None:
        engine = create_async_engine(url)
        await rebuild(engine, DATA / "0.1.0")
        await engine.dispose()

    async def check() -> None:
        engine = create_async_engine(url)
        name = "memcert_schema_version"
        assert await stored(engine, [name]) == {name: [("0001",)]}
        await engine.dispose()

    asyncio.run(prepare())
    command_line = [sys.executable, "-m", "memcert", "migrate", url]
    with ExitStack() as stack:
        running = [
            stack.enter_context(Popen(command_line, stdout=PIPE, stderr=STDOUT, text=True))
            for _ in range(2)
        ]
        said = [each.communicate()[0] for each in running]
    assert [each.returncode for each in running] == [0, 0], said
    assert sum("taken over" in each for each in said) == 1, said
    asyncio.run(check())
