"""A role that may not create tables, with the rights that `memcert schema` prints and no more."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory, MissingTables
from memcert_backends.sql.ddl import ddl, rights

from .whole_stores import DATA, OPERATIONS, message, rebuild, use

DRIVERS = ("postgresql+asyncpg", "postgresql+psycopg", "mariadb+aiomysql", "mysql+asyncmy")


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def restricted(owner: AsyncEngine) -> AsyncIterator[tuple[str, AsyncEngine]]:
    """Make a role that may do nothing but connect; give its name and its engine."""
    role = f"memcert_{uuid.uuid4().hex[:12]}"
    url = make_url(owner.url).set(username=role)
    if owner.dialect.name == "postgresql":
        begin = [f"CREATE ROLE {role} LOGIN"]
        end = [f"DROP OWNED BY {role}", f"DROP ROLE {role}"]
    else:
        url = url.set(password="secret")
        begin = [
            f"CREATE USER '{role}'@'%' IDENTIFIED BY 'secret'",
            f"CREATE TABLE {role} (n INTEGER)",
            # Without a right of some kind, it could not connect to the database.
            f"GRANT SELECT ON {role} TO '{role}'@'%'",
        ]
        end = [f"DROP TABLE {role}", f"DROP USER '{role}'@'%'"]
    await run_all(owner, begin)
    engine = create_async_engine(url)
    try:
        yield role, engine
    finally:
        await engine.dispose()
        await run_all(owner, end)


async def run_all(engine: AsyncEngine, statements: list[str]) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def use_all(engine: AsyncEngine) -> None:
    await use(AsyncSQLAlchemyMemory(engine), "alone")
    async with AsyncSession(engine) as session, session.begin():
        await use(AsyncSQLAlchemyMemory(session, "joined"), "joined")


def test_the_rights_that_are_printed_are_enough(run: Any) -> None:
    async def check(owner: AsyncEngine) -> None:
        database = owner.dialect.name
        async with restricted(owner) as (role, engine):
            await run_all(owner, ddl(database))
            await run_all(owner, rights(database, role))
            await use_all(engine)

    run(check)


def test_none_of_the_rights_that_are_printed_can_be_left_out(run: Any) -> None:
    async def check(owner: AsyncEngine) -> None:
        database = owner.dialect.name
        await run_all(owner, ddl(database))
        async with restricted(owner) as (role, engine):
            printed = rights(database, role)
            await run_all(owner, printed)
            for grant in printed:
                what, _, where = grant.partition(" ON ")
                if "schema_version" in where:
                    # In PostgreSQL everybody has it; in MySQL who has it not is not refused.
                    continue
                where = where.replace(" TO ", " FROM ")
                for right in what.removeprefix("GRANT ").split(", "):
                    await run_all(owner, [f"REVOKE {right} ON {where}"])
                    fresh = create_async_engine(engine.url)
                    with pytest.raises(Exception) as raised:  # noqa: PT011 - below
                        await use(AsyncSQLAlchemyMemory(fresh, uuid.uuid4().hex), "x")
                    await fresh.dispose()
                    said = [str(raised.value), *getattr(raised.value, "__notes__", [])]
                    assert any(f"memcert schema {database}" in each for each in said), (grant, said)
                    await run_all(owner, [grant])

    run(check)


def test_whoever_may_use_the_tables_of_release_0_1_0_may_still(run: Any) -> None:
    """The version is in a table that they were granted nothing on."""

    async def check(owner: AsyncEngine) -> None:
        database = owner.dialect.name
        await rebuild(owner, DATA / "0.1.0")
        async with restricted(owner) as (role, engine):
            granted = [each for each in rights(database, role) if "version" not in each]
            await run_all(owner, granted)
            await use_all(engine)

    run(check)


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
def test_without_tables_one_error_says_what_to_do(run: Any, joined: bool) -> None:
    async def check(owner: AsyncEngine) -> None:
        database = owner.dialect.name
        async with restricted(owner) as (role, engine):
            await run_all(
                owner,
                [f"GRANT USAGE ON SCHEMA public TO {role}"]
                if database == "postgresql"
                else [f"GRANT SELECT, INSERT, UPDATE, DELETE ON {owner.url.database}.* TO {role}"],
            )
            async with AsyncSession(engine) as session:
                if joined:
                    await session.begin()
                memory = AsyncSQLAlchemyMemory(session if joined else engine)
                assert await memory.size() == 0
                for name in ("add", "import_state"):
                    what = rf"may not create them: have their owner .*memcert schema {database}`"
                    with pytest.raises(MissingTables, match=what):
                        await OPERATIONS[name](memory)
                if joined:
                    await session.execute(text("SELECT 1"))
                    await session.commit()

    run(check)


@pytest.mark.parametrize("driver", ["postgresql+asyncpg", "mariadb+aiomysql"])
def test_many_first_users_with_tables_that_others_made(run: Any) -> None:
    async def check(owner: AsyncEngine) -> None:
        database = owner.dialect.name
        async with restricted(owner) as (role, engine):
            await run_all(owner, ddl(database))
            await run_all(owner, rights(database, role))
            await asyncio.gather(
                *(AsyncSQLAlchemyMemory(engine, f"{n}").add(message("a")) for n in range(8))
            )

    run(check)
