"""No secret of a URL is shown."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest

from memcert_backends.url_secrets import without_secrets

SECRET = "s3cr3t-and/odd"

URLS = [
    ("redis://:{}@h:6379/0", "redis://:***@h:6379/0"),
    ("redis://user:{}@h/0", "redis://user:***@h/0"),
    ("redis://h/0?password={}&db=1", "redis://h/0?password=***&db=1"),
    ("redis://h/0?db=1&pass%77ord={}", "redis://h/0?db=1&pass%77ord=***"),
    ("rediss://h?ssl_password={}&ssl_keyfile={}", "rediss://h?ssl_password=***&ssl_keyfile=***"),
    ("unix://user:{}@/run/redis.sock?db=0", "unix://user:***@/run/redis.sock?db=0"),
    ("postgresql+asyncpg://u:{}@h/d", "postgresql+asyncpg://u:***@h/d"),
    ("postgresql://u@h/d?password={}", "postgresql://u@h/d?password=***"),
    (
        "postgresql://u:{}@h1:1,h2:2/d?sslmode=require&sslpassword={}&passfile={}",
        "postgresql://u:***@h1:1,h2:2/d?sslmode=require&sslpassword=***&passfile=***",
    ),
    ("mysql://u:{}@[::1]:3306/d?passwd={}", "mysql://u:***@[::1]:3306/d?passwd=***"),
    (
        "tablestore://KEYID:{}@h/i?scheme=http&sts_token={}",
        "tablestore://KEYID:***@h/i?scheme=http&sts_token=***",
    ),
    ("host=h password={} dbname=d", "host=h password=*** dbname=d"),
    ("host=h password = '{}' dbname=d", "host=h password = *** dbname=d"),
]


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_it_is_hidden_in_a_url_and_in_a_text(url: str, shown: str) -> None:
    for secret in (SECRET, "p:w", "p?w", "p%40w", "12/34"):
        if secret == "12/34" and ":{}@" in url:
            continue  # That is a port and a path.
        url_with_it = url.replace("{}", secret)
        assert without_secrets(url_with_it) == shown
        text = f'cannot connect to "{url_with_it}" (twice)'
        assert without_secrets(text) == f'cannot connect to "{shown}" (twice)'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "redis://h:6379/0?x=a@b",
        "redis://[::1]:6379/0?x=a@b",
        "sqlite:////home/a@b/c:d@e.db",
        "postgresql://u@h/d?sslmode=require",
        "https://example.com/a:b@c",
        "a sentence: with a password, and user@example.com",
        "await memory.add([Msg(id='m0')])",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def _notes_of(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", []))


def test_an_error_of_a_memory_in_sql_names_its_database_without_secrets() -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy.ext.asyncio")
    pytest.importorskip("asyncpg")
    from memcert_backends.sql import AsyncSQLAlchemyMemory

    async def fail() -> str:
        url = f"postgresql+asyncpg://u@127.0.0.1:1/d?password={SECRET}"
        engine = sqlalchemy.create_async_engine(url)
        memory = AsyncSQLAlchemyMemory(engine, "u", "s")
        try:
            await memory.size()
        except Exception as error:
            return _notes_of(error)
        finally:
            await engine.dispose()
        raise AssertionError("nobody listens there")

    notes = asyncio.run(fail())
    assert "postgresql+asyncpg://u@127.0.0.1:1/d?password=***" in notes
    assert SECRET not in notes


def test_so_does_one_in_redis() -> None:
    pytest.importorskip("redis")
    from redis.asyncio import Redis

    from memcert_backends.redis import RedisMemory

    async def fail() -> BaseException:
        url = f"redis://127.0.0.1:1/0?password={SECRET}"
        async with Redis.from_url(url) as client:
            memory: Any = RedisMemory(client=client, user_id="u", session_id="s")
            try:
                await memory.size()
            except Exception as error:
                return error
        raise AssertionError("nobody listens there")

    error = asyncio.run(fail())
    assert "Redis at 127.0.0.1" in _notes_of(error)
    assert SECRET not in "".join(traceback.format_exception(error))
