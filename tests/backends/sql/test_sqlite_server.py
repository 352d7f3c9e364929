"""How a SQLite database is started."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.servers import ServerUnavailable, start
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg


async def add_one(url: str) -> int:
    engine = create_async_engine(url)
    memory = AsyncSQLAlchemyMemory(engine)
    await memory.add(Msg("name", "text", "user"))
    size = await memory.size()
    await engine.dispose()
    return size


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


def test_an_embedded_one_is_a_new_file_that_goes_at_the_end() -> None:
    with start("sqlite") as server:
        path = path_of(server.url)
        assert path.is_absolute()
        assert path.is_file()
        assert (server.store, server.how) == ("sqlite", "embedded")
        assert server.version == f"SQLite {sqlite3.sqlite_version} (file)"
        assert [asyncio.run(add_one(server.url)) for _ in range(2)] == [1, 2]
    assert not path.parent.exists()


def test_a_fresh_one_has_nothing_of_the_first() -> None:
    with start("sqlite") as server:
        asyncio.run(add_one(server.url))
        assert server.fresh is not None
        with server.fresh() as other:
            assert other.url != server.url
            assert asyncio.run(add_one(other.url)) == 1
        assert not path_of(other.url).exists()
        assert asyncio.run(add_one(server.url)) == 2


def test_a_file_goes_when_what_used_it_fails() -> None:
    with pytest.raises(KeyError), start("sqlite") as server:
        raise KeyError
    assert not path_of(server.url).parent.exists()


def test_a_url_is_that_database_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'mine.sqlite'}"
    asyncio.run(add_one(url))
    with start("sqlite", url) as server:
        assert (server.url, server.how, server.fresh) == (url, "url", None)
        assert asyncio.run(add_one(server.url)) == 2
    assert path_of(url).is_file()


@pytest.mark.parametrize("how", ["process", "container", "postgresql://host/name"])
def test_there_is_no_server(how: str) -> None:
    with pytest.raises(ServerUnavailable) as raised, start("sqlite", how):
        pass
    assert "SQLite has no server" in str(raised.value)
    assert "\n" not in str(raised.value)
