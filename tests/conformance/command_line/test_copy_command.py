"""``memcert copy``: a session moves whole, and a wrong question changes nothing on either side."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import Result

from memcert_backends.by_url import open_by_url
from memcert_backends.servers import ServerUnavailable, start
from memcert_reference import Msg

Memcert = Callable[..., Result]

RUNNING = {
    "postgresql": ("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1:5432/postgres"),
    "mariadb": ("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
}

STORES = ["sqlite", "redis", "postgresql", "mariadb", "tablestore"]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of a store in which nothing was ever stored."""
    name = request.param
    if name == "sqlite":
        yield "sqlite:///source.db"
        return
    pytest.importorskip({"redis": "fakeredis", "tablestore": "tablestore"}.get(name, "sqlalchemy"))
    variable, default = RUNNING.get(name, ("", ""))
    try:
        with start(name, os.environ.get(variable, default) or None) as server:
            yield server.url
    except ServerUnavailable as error:
        if os.environ.get("CI") or variable in os.environ:
            raise
        pytest.skip(f"NOT TESTED: {error}")


def put(url: str, session: str = "s", text: str = "hello", prefix: str | None = None) -> None:
    async def body() -> None:
        async with open_by_url(url, "u", session, prefix) as memory:
            await memory.add(Msg("user", text, "user"), marks="m")
            await memory.update_compressed_summary(f"about {text}")

    asyncio.run(body())


def held(url: str, session: str = "s", prefix: str | None = None) -> Any:
    async def body() -> Any:
        async with open_by_url(url, "u", session, prefix) as memory:
            return await memory.export_state()

    return asyncio.run(body())


def assert_wrong(result: Result, said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr


def copied(source: str, target: str, session: str = "s") -> tuple[str, ...]:
    return ("copy", "--from", source, "--to", target, "--user", "u", "--session", session)


def test_a_session_moves_there_and_back(memcert: Memcert, store: str) -> None:
    put("sqlite:///good.db")
    for source, target in (("sqlite:///good.db", store), (store, "sqlite:///again.db")):
        result = memcert(*copied(source, target))
        assert result.exit_code == 0, result.output
        assert "target: 1 message, 1 mark, a summary, the same" in result.stdout
        assert "nothing to do" in memcert(*copied(source, target)).stdout
    assert held("sqlite:///again.db") == held("sqlite:///good.db")


@pytest.mark.parametrize("replace", [(), ("--replace",)], ids=["", "replace"])
def test_a_source_without_that_session_changes_nothing(
    memcert: Memcert, store: str, folder: Path, replace: tuple[str, ...]
) -> None:
    put("sqlite:///good.db")
    before = sha256((folder / "good.db").read_bytes()).hexdigest()
    there = {path.name for path in folder.iterdir()}
    # Nothing was ever stored; and the target is not made either.
    said = "there is no file source.db" if "sqlite" in store else "holds nothing of user 'u'"
    for target in ("sqlite:///good.db", "sqlite:///new.db"):
        assert_wrong(memcert(*copied(store, target), *replace), said)
    assert {path.name for path in folder.iterdir()} == there
    # Something else was.
    put(store, "another session")
    for options in (copied(store, "sqlite:///good.db"), copied(store, "sqlite:///new.db")):
        assert_wrong(memcert(*options, *replace), "session 's': no message and no summary")
    options = copied(store, "sqlite:///good.db", "another session")
    assert_wrong(
        memcert(*options, "--from-prefix", "wrong", "--to-session", "s", *replace),
        "under the prefix 'wrong'",
    )
    assert sha256((folder / "good.db").read_bytes()).hexdigest() == before
    assert not (folder / "new.db").exists()
    assert held("sqlite:///good.db")["content"]


def test_a_session_that_was_emptied_is_not_copied_and_one_with_a_summary_is(
    memcert: Memcert, store: str
) -> None:
    async def empty(url: str, summary: str) -> None:
        async with open_by_url(url, "u", "s") as memory:
            await memory.clear()
            await memory.update_compressed_summary(summary)

    for url in (store, "sqlite:///good.db"):
        put(url)
    asyncio.run(empty(store, ""))
    result = memcert(*copied(store, "sqlite:///good.db"), "--replace")
    assert_wrong(result, "no message and no summary; nothing was changed")
    asyncio.run(empty(store, "of old"))
    assert memcert(*copied(store, "sqlite:///good.db"), "--replace").exit_code == 0
    assert held("sqlite:///good.db") == {"_compressed_summary": "of old", "content": []}


def test_what_the_target_holds_stays_unless_it_is_to_be_replaced(memcert: Memcert) -> None:
    put("sqlite:///source.db")
    put("sqlite:///good.db", text="other")
    before = held("sqlite:///good.db")
    asked = copied("sqlite:///source.db", "sqlite:///good.db")
    result = memcert(*asked)
    assert result.exit_code == 1
    assert "--replace replaces it" in result.stdout
    assert held("sqlite:///good.db") == before
    assert memcert(*asked, "--replace").exit_code == 0
    assert held("sqlite:///good.db") == held("sqlite:///source.db")


WRONG = [
    ("typo.db", "sqlite:///new.db", "'typo.db' is no URL"),
    ("sqlite:///source.db", "typo.db", "'typo.db' is no URL"),
    ("mongodb://h", "sqlite:///new.db", "there is no memory for mongodb:// URLs"),
    ("sqlite:///source.db", "mongodb://h", "there is no memory for mongodb:// URLs"),
    ("sqlite:///no/typo.db", "sqlite:///new.db", "there can be no file no/typo.db"),
    ("sqlite:///file:typo.db?uri=true", "sqlite:///new.db", "there is no file typo.db"),
    ("sqlite:///.", "sqlite:///new.db", "it is a folder"),
    ("sqlite:///nothing.db", "sqlite:///new.db", "holds nothing of user 'u', session 's'"),
    ("sqlite:///text.db", "sqlite:///new.db", "file is not a database"),
    ("sqlite://", "sqlite:///new.db", "in memory is empty at first"),
    ("sqlite:///:memory:", "sqlite:///new.db", "in memory is empty at first"),
    ("sqlite:///file:x?mode=memory&uri=true", "sqlite:///new.db", "in memory is empty at first"),
    ("sqlite:///source.db", "sqlite://", "in memory is empty at first"),
    ("sqlite:///source.db", "sqlite:///no/new.db", "its folder is not there"),
    ("sqlite:///source.db", "sqlite:///source.db", "the same space"),
    ("redis://127.0.0.1:1/0", "sqlite:///new.db", "ConnectionError"),
    ("sqlite:///source.db", "redis://127.0.0.1:1/0?password=hunter2", "ConnectionError"),
    ("postgresql://u:hunter2@127.0.0.1:1/d", "sqlite:///new.db", "Connect"),
    ("postgresql://u@h/d?keepalives=1", "sqlite:///new.db", "write postgresql+psycopg://"),
    ("postgresql://u@h/d?connect_timeout=x", "sqlite:///new.db", "is a number of seconds"),
    (
        "mysql://u:hunter2@127.0.0.1:1/d?ssl_mode=x",
        "sqlite:///new.db",
        "not one of its driver's",
    ),
    ("postgresql://u:hunter2@h:port/d", "sqlite:///new.db", "u:***@h:port/d is no URL"),
]


@pytest.mark.parametrize(("source", "target", "said"), WRONG, ids=[" ".join(w[:2]) for w in WRONG])
def test_a_wrong_url(memcert: Memcert, folder: Path, source: str, target: str, said: str) -> None:
    for module in ("redis", "sqlalchemy", "aiosqlite", "asyncpg", "aiomysql"):
        pytest.importorskip(module)
    put("sqlite:///source.db")
    (folder / "text.db").write_text("no database, but long enough to be looked at as one")
    (folder / "nothing.db").touch()
    before = {path.name for path in folder.iterdir()}
    for replace in ((), ("--replace",)):
        result = memcert(*copied(source, target), *replace)
        assert result.exit_code == 2, result.output
        (line,) = result.stderr.splitlines()
        assert said in line
        assert "hunter2" not in line
    assert {path.name for path in folder.iterdir()} == before


@pytest.mark.parametrize("option", ["--user", "--session", "--to-user", "--to-session"])
def test_a_wrong_id(memcert: Memcert, folder: Path, option: str) -> None:
    put("sqlite:///source.db")
    result = memcert(*copied("sqlite:///source.db", "sqlite:///new.db"), option, "")
    assert_wrong(result, f"{option} must not be empty")
    assert not (folder / "new.db").exists()


def test_a_source_is_read_where_nothing_can_be_written(memcert: Memcert, folder: Path) -> None:
    put("sqlite:///source.db")
    before = (folder / "source.db").read_bytes()
    (folder / "source.db").chmod(0o444)
    asked = copied(f"sqlite:///file:{folder}/source.db?mode=ro&uri=true", "sqlite:///new.db")
    assert memcert(*asked).exit_code == 0
    assert (folder / "source.db").read_bytes() == before
    # A file with the journal of a program that still has it open is read with it.
    with closing(sqlite3.connect(folder / "new.db")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        put("sqlite:///new.db", "later")
        assert memcert(*copied("sqlite:///new.db", "sqlite:///third.db", "later")).exit_code == 0


@pytest.fixture
def postgresql() -> Iterator[str]:
    pytest.importorskip("asyncpg")
    variable, default = RUNNING["postgresql"]
    try:
        with start("postgresql", os.environ.get(variable, default)) as server:
            yield server.url
    except ServerUnavailable as error:
        if os.environ.get("CI") or variable in os.environ:
            raise
        pytest.skip(f"NOT TESTED: {error}")


LIBPQ = [
    "sslmode=prefer",
    "sslmode=disable&application_name=a b&connect_timeout=5",
    "target_session_attrs=read-write&options=-c%20statement_timeout%3D9000",
    "application_name=x&prepared_statement_cache_size=0",
]


@pytest.mark.parametrize("driver", ["", "+asyncpg", "+psycopg"])
@pytest.mark.parametrize("options", LIBPQ)
def test_libpqs_options_are_taken(
    memcert: Memcert, postgresql: str, driver: str, options: str
) -> None:
    if driver == "+psycopg":
        pytest.importorskip("psycopg")
        if "prepared_statement" in options:
            pytest.skip("an option of the other driver")
    put("sqlite:///source.db")
    url = f"{postgresql.replace('postgresql', f'postgresql{driver}', 1)}?{options}"
    result = memcert(*copied("sqlite:///source.db", url))
    assert result.exit_code == 0, result.output
    assert held(url) == held("sqlite:///source.db")


def test_they_mean_something(memcert: Memcert, postgresql: str) -> None:
    async def shown(url: str) -> list[Any]:
        from sqlalchemy import text

        from memcert_backends.sql.database_url import engine_at

        engine = engine_at(url.replace("postgresql", "postgresql+asyncpg", 1), create=False)
        try:
            async with engine.connect() as connection:
                names = ("application_name", "statement_timeout")
                return [await connection.scalar(text(f"SHOW {name}")) for name in names]
        finally:
            await engine.dispose()

    options = "application_name=mine&options=-c%20statement_timeout%3D7s&sslmode=prefer"
    assert asyncio.run(shown(f"{postgresql}?{options}")) == ["mine", "7s"]
    place = urlsplit(postgresql).netloc.rpartition("@")[2]
    # Of two hosts, the one that answers.
    hosts = postgresql.replace(place, f"127.0.0.1:1,{place}")
    asyncio.run(shown(f"{hosts}?application_name=mine"))
    result = memcert(*copied(f"{postgresql}?sslmode=require", "sqlite:///new.db"))
    assert result.exit_code == 2
    assert "SSL" in result.stderr


def test_a_root_certificate_that_is_not_there_is_one_line(memcert: Memcert) -> None:
    pytest.importorskip("asyncpg")
    url = "postgresql://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/no/such/file"
    result = memcert(*copied(url, "sqlite:///new.db"))
    assert_wrong(result, "/no/such/file")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE memcert_schema_version SET version_num = '0999'", "of version 0999"),
        ("DROP TABLE memcert_marks", "memcert_marks is missing"),
    ],
)
@pytest.mark.parametrize("source", ["sqlite:///good.db", "sqlite:///bad.db"])
def test_what_cannot_be_used_is_said_in_one_line(
    memcert: Memcert, folder: Path, source: str, change: str, said: str
) -> None:
    for name in ("good", "bad"):
        put(f"sqlite:///{name}.db")
    with closing(sqlite3.connect(folder / "bad.db")) as connection:
        connection.executescript(change)
    target = "sqlite:///bad.db" if "good" in source else "sqlite:///good.db"
    before = (folder / "bad.db").read_bytes()
    result = memcert(*copied(source, target))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert (folder / "bad.db").read_bytes() == before


@pytest.mark.parametrize("store", ["redis", "tablestore"], indirect=True)
@pytest.mark.parametrize("is_source", [True, False], ids=["from", "to"])
def test_a_wrong_key_is_said_in_one_line(memcert: Memcert, store: str, is_source: bool) -> None:
    put("sqlite:///good.db")
    parts = urlsplit(store)
    assert parts.password
    wrong = store.replace(parts.password, f"{parts.password[:-1]}x")
    source, target = (wrong, "sqlite:///new.db") if is_source else ("sqlite:///good.db", wrong)
    result = memcert(*copied(source, target))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert any(each in result.stderr for each in ("OTSAuthFailed", "AuthenticationError"))
    assert parts.password[:-1] not in result.output
