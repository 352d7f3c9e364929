"""What a driver's error means, where it does not say so itself."""

from __future__ import annotations

import asyncio
import weakref
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

_LOST = (
    "The connection was lost: the operation happened wholly or not at all, and which of the two is"
    " not known. The next one gets another connection."
)
_BUSY = (
    "The connection is in the middle of something else: of what another task does on it, or of what"
    " was cancelled on it. It does one thing at a time; invalidate() of the session gives it up."
)
_POOLER = (
    "Prepared statements do not outlive a transaction behind a pooler such as PgBouncer in"
    ' transaction mode. With asyncpg: create_async_engine(url, connect_args={"statement_cache_size"'
    ': 0, "prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}); with'
    ' psycopg: connect_args={"prepare_threshold": None}.'
)
_LOOPS = (
    "this engine was used in another event loop before, and its pool has connections that belong to"
    " that one: make an engine per event loop, or await engine.dispose() before the loop ends, or"
    " make it with poolclass=NullPool"
)
_SILENT = (
    "the database did not answer within the driver's own limit (a timeout among the engine's"
    " connect_args, or the driver's default)"
)

_IN_USE = ("another operation", "cannot switch to state")


def explained(error: Exception, engine: Engine | None) -> Exception:
    """Return what to raise for an error: itself, with a note, or one with a better text.

    Args:
        error: what an operation raised.
        engine: where it got its connection, if that is known.
    """
    text = str(error)
    several = engine is not None and used_in_several_loops(engine)
    if isinstance(error, TimeoutError) and not text:
        return TimeoutError(_SILENT)
    if several and isinstance(error, RuntimeError):
        return RuntimeError(_LOOPS)
    if any(each in text for each in _IN_USE):
        error.add_note(_LOOPS if several else _BUSY)
    elif "prepared statement" in str(getattr(error, "orig", None) or text):
        error.add_note(_POOLER)
    elif isinstance(error, EOFError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        error.add_note(_LOST)
    return error


_Loops = tuple[weakref.ref[asyncio.AbstractEventLoop], bool]
_loops: WeakKeyDictionary[Engine, _Loops] = WeakKeyDictionary()


def used_in_several_loops(engine: Engine) -> bool:
    """Note that an engine is used in the running event loop, and tell whether it was in another.

    Args:
        engine: the engine.
    """
    loop = asyncio.get_running_loop()
    first, several = _loops.setdefault(engine, (weakref.ref(loop), False))
    if not several and first() is not loop:
        several = True
        _loops[engine] = (first, several)
    return several
