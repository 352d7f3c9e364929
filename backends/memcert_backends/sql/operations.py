"""What a memory does to its space, on a connection that is in the right transaction.

Whoever writes first waits until it is alone with the space, by the lock of its row, and keeps it
until the commit: so the numbers of messages are given out in the order of commits, and what one
statement saw is still so for the next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, TextClause

from memcert_backends.sql.reads import Reads
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_reference.json_text import load_json

Item = TypeVar("Item")


class Operations(ABC):
    """The operations of one space: here those that read.

    Args:
        dialect: what is special to the database.
        statements: its SQL.
        user_id: whose space it is.
        session_id: which of the user's sessions it belongs to.
    """

    def __init__(self, dialect: SQLText, statements: Reads, user_id: str, session_id: str) -> None:
        self._dialect = dialect
        self._reads = statements
        self._space = {"user": dialect.value(user_id), "session": dialect.value(session_id)}

    @abstractmethod
    def add(self, connection: Connection, rows: list[MessageRow], marks: list[str]) -> None:
        """Append the rows whose ids are not stored yet, with marks.

        Args:
            connection: where to.
            rows: at least one, with distinct ids.
            marks: the marks of each row that is appended, distinct.
        """

    @abstractmethod
    def delete(self, connection: Connection, msg_ids: list[str]) -> int:
        """Remove messages by id, with their marks, and return how many went."""

    @abstractmethod
    def delete_by_mark(self, connection: Connection, marks: list[str]) -> int:
        """Remove messages that carry one of some marks and return how many went."""

    @abstractmethod
    def clear(self, connection: Connection) -> None:
        """Remove all messages and marks; the numbers of later ones go on."""

    @abstractmethod
    def update_marks(
        self,
        connection: Connection,
        new_mark: str | None,
        old_mark: str | None,
        msg_ids: list[str] | None,
    ) -> int:
        """Attach, replace or remove a mark and return how many messages' marks changed."""

    @abstractmethod
    def write_summary(self, connection: Connection, summary: str) -> None:
        """Replace the summary."""

    @abstractmethod
    def replace(self, connection: Connection, summary: str, rows: list[MarkedRow]) -> None:
        """Replace everything in the space."""

    def prepare_to_write(self, connection: Connection) -> None:  # noqa: B027 - most have nothing to do
        """Wait until this connection may write, where an operation's first statement does not.

        Args:
            connection: one in a transaction.
        """

    def size(self, connection: Connection) -> int:
        """Return how many messages there are."""
        size: int | None = connection.scalar(self._reads.size, self._space)
        return size or 0

    def read(
        self, connection: Connection, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        """Return the summary and the payloads of the matching messages, in order."""
        statement = self._reads.read[mark is not None, exclude_mark is not None]
        parameters: dict[str, Any] = dict(self._space)
        if mark is not None:
            parameters["mark"] = self._dialect.value(mark)
        if exclude_mark is not None:
            parameters["exclude_mark"] = self._dialect.value(exclude_mark)
        rows = self._rows(connection, statement, parameters)
        payloads: list[str] = [row[1] for row in rows]
        if not payloads:
            return "", []
        return _summary(payloads[0]), payloads[1:]

    def export(self, connection: Connection) -> tuple[str, list[MarkedRow]]:
        """Return the summary and every message with its marks, in order."""
        rows = self._rows(connection, self._reads.export, self._space)
        messages: list[MarkedRow] = []
        for _, is_mark, name, payload in rows[1:]:
            if is_mark:
                messages[-1].marks.append(name)
            else:
                messages.append(MarkedRow(name, payload, []))
        return (_summary(rows[0][3]) if rows else ""), messages

    def _rows(
        self, connection: Connection, statement: TextClause, parameters: dict[str, Any]
    ) -> Sequence[Row[Any]] | Sequence[tuple[Any, ...]]:
        """Return the rows of a reading statement, in order and with strings."""
        return connection.execute(statement, parameters).all()

    def _run(self, connection: Connection, statement: TextClause, **parameters: object) -> int:
        """Execute a statement and return how many rows it changed."""
        return connection.execute(statement, {**self._space, **parameters}).rowcount

    def _parts(
        self, connection: Connection, items: Sequence[Item], sizes: Sequence[int]
    ) -> list[Sequence[Item]]:
        """Cut a list into parts of which each fits into one statement.

        Args:
            connection: where to.
            items: the list.
            sizes: how many characters each item takes.
        """
        return parts_of(items, sizes, self._dialect.part_characters)


def parts_of(items: Sequence[Item], sizes: Sequence[int], most: int) -> list[Sequence[Item]]:
    """Cut a list into parts, none of them empty.

    Args:
        items: the list.
        sizes: the size of each item.
        most: the most that the items of a part come to, unless it is one alone.
    """
    if sum(sizes) <= most:
        return [items] if items else []
    parts = []
    start = total = 0
    for position, size in enumerate(sizes):
        if position > start and total + size > most:
            parts.append(items[start:position])
            start, total = position, 0
        total += size
    return [*parts, items[start:]]


def _summary(text: str) -> str:
    summary = load_json(text)
    assert isinstance(summary, str)
    return summary
