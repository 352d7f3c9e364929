"""An engine for a database's URL, as people have it at hand: SQLAlchemy's, or libpq's.

A URL of PostgreSQL may have the options of libpq (``?sslmode=require``), which psycopg and asyncpg
know and SQLAlchemy hands on to psycopg alone:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memcert_backends.url_secrets import without_secrets

# In a URL for asyncpg these mean what they mean to libpq; the last two it hands on to the server:
# https://magicstack.github.io/asyncpg/current/api/index.html#connection
_OF_ASYNCPG = {
    "host", "port", "dbname", "database", "user", "password", "passfile",
    "sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword",
    "ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs",
    "application_name", "options",
}  # fmt: skip
_FILES = {"sslcert", "sslcrl", "sslkey", "sslrootcert"}
_SECONDS = "connect_timeout"
_OF_LIBPQ_ALONE = {
    "channel_binding", "client_encoding", "fallback_application_name", "gssdelegation",
    "gssencmode", "gsslib", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle",
    "keepalives_interval", "krbsrvname", "load_balance_hosts", "replication", "require_auth",
    "requirepeer", "requiressl", "service", "sslcertmode", "sslcompression", "sslcrldir",
    "sslnegotiation", "sslsni", "tcp_user_timeout",
}  # fmt: skip
# As SQLAlchemy has them, too.
_OF_BOTH = {"host", "port", "user", "password", "database"}


class UnusableURL(Exception):
    """There can be no engine for a URL; one line that says what to write."""


def engine_at(url: str, *, create: bool) -> AsyncEngine:
    """Return an engine for a URL; nothing is connected to yet.

    Args:
        url: an SQLAlchemy URL with its driver; for PostgreSQL, libpq's options may be in it.
        create: whether a SQLite file that is not there is made once it is connected to.

    Raises:
        UnusableURL: there can be none, or there is no such file.
    """
    if url.startswith("postgresql+asyncpg:") and _is_for_libpq(url):
        return _engine_of_libpq(url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UnusableURL(f"{without_secrets(url)} is no URL that SQLAlchemy can read") from None
    if parsed.get_backend_name() == "sqlite":
        parsed = _of_file(parsed, create=create)
    return create_async_engine(parsed)


def _of_file(url: URL, *, create: bool) -> URL:
    """Return the URL of a SQLite file such that connecting makes none, unless it may."""
    name, query = url.database or "", dict(url.query)
    is_uri = name.startswith("file:") and "uri" in query
    path = Path(unquote(urlsplit(name).path) if is_uri else name)
    if not name or ":memory:" in name or query.get("mode") == "memory":
        raise UnusableURL(
            "a SQLite database in memory is empty at first and gone in the end: name a file,"
            " sqlite:///path/to/file"
        )
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UnusableURL(
            f"there can be no file {path}: it is a folder, or its folder is not there"
        )
    if create:
        return url
    if not path.is_file():
        raise UnusableURL(f"there is no file {path}")
    # Not "ro": a journal that a crash left is played back by a connection that may write.
    query |= {"uri": "true", "mode": "ro" if query.get("mode") == "ro" else "rw"}
    return url.set(database=name if is_uri else path.absolute().as_uri(), query=query)


def _is_for_libpq(url: str) -> bool:
    parts = urlsplit(url)
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    of_libpq = (_OF_ASYNCPG | _OF_LIBPQ_ALONE | {_SECONDS}) - _OF_BOTH
    return bool(names & of_libpq) or "," in parts.netloc.rpartition("@")[2]


def _engine_of_libpq(url: str) -> AsyncEngine:
    """Return an engine whose connections asyncpg opens by the URL itself."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() & _OF_LIBPQ_ALONE)
    if unknown:
        raise UnusableURL(
            f"asyncpg has no {unknown[0]!r}: write postgresql+psycopg://..., or leave it out"
        )
    asyncpg = import_module("asyncpg")
    more: dict[str, Any] = {}
    if _SECONDS in options:
        try:
            # libpq waits for ever at 0.
            more["timeout"] = float(options.pop(_SECONDS)) or None
        except ValueError:
            raise UnusableURL(f"{_SECONDS} is a number of seconds") from None
    for name in sorted(options.keys() & _FILES):
        if options[name] != "system" and not Path(options[name]).is_file():
            raise UnusableURL(f"{name}: there is no file {options[name]}")
    known = {name: value for name, value in options.items() if name in _OF_ASYNCPG}
    others = {name: value for name, value in options.items() if name not in _OF_ASYNCPG}
    place = parts._replace(scheme="postgresql", query=urlencode(known)).geturl()

    async def connect(*_: Any, **given: Any) -> Any:
        # Of what SQLAlchemy would say, asyncpg reads where it is from the URL.
        own = {name: given[name] for name in others if name in given}
        return await asyncpg.connect(place, **more, **own)

    shown = URL.create(
        "postgresql+asyncpg",
        host=parts.netloc.rpartition("@")[2],
        database=unquote(parts.path.lstrip("/")) or None,
        query=others,
    )
    return create_async_engine(shown, async_creator=connect)
