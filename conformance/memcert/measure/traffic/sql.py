"""Statements and commits, as SQLAlchemy's events tell of those of every engine in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from memcert.measure.measured_backend import MeasuredBackend
from memcert_backends.servers import Server

if TYPE_CHECKING:
    from sqlalchemy import URL

STATEMENTS, COMMITS = "statements", "commits"


class Heard:
    """What SQLAlchemy said."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.commits = 0
        self.url: URL | None = None

    def executes(self, connection: Any, _: Any, statement: str, *__: Any) -> None:
        """Hear of a statement.

        Args:
            connection: where it is executed.
            statement: its text.
        """
        self.url = connection.engine.url
        first = statement.split(maxsplit=1)[0].upper()
        # Where a driver begins nothing by itself, a backend may say so in words.
        if first == "COMMIT":
            self.commits += 1
        elif first not in {"BEGIN", "START", "ROLLBACK", "SAVEPOINT", "RELEASE"}:
            self.statements.append(statement)

    def commits_now(self, _: Any) -> None:
        """Hear of a commit."""
        self.commits += 1


@contextmanager
def heard() -> Iterator[Heard]:
    """Listen to every engine for as long as the context lasts."""
    from sqlalchemy import Engine, event

    found = Heard()
    listeners = (("before_cursor_execute", found.executes), ("commit", found.commits_now))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)


async def engine_url(subject: MeasuredBackend, server: Server) -> URL | None:
    """Return where a backend's engine connects, and with which driver; None if it has no engine.

    Args:
        subject: the backend.
        server: its running store.
    """
    if find_spec("sqlalchemy") is None:
        return None
    async with subject.memory("url", server) as memory:
        with heard() as found:
            await memory.size()
    return found.url


class SQLCounter:
    """Counts statements and commits; a statement for many rows is one."""

    gated = (STATEMENTS, COMMITS)
    reads: Mapping[str, int] = {STATEMENTS: 1, COMMITS: 0}
    writes: Mapping[str, int] = {STATEMENTS: 3, COMMITS: 1}
    rule = "a read is one statement, a write at most three and one commit"
    work = None

    async def count(self, operation: Callable[[], Awaitable[Any]]) -> dict[str, int]:
        with heard() as found:
            await operation()
        return {STATEMENTS: len(found.statements), COMMITS: found.commits}
