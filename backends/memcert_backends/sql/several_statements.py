"""The operations where a statement changes one table: SQLite, and MySQL.

Each writing operation is at most three statements, however much is stored and however many messages
are meant (what is too long for one statement comes in several parts); in MySQL, but not in MariaDB,
it is four where the whole space is replaced. Lists are JSON arrays in one parameter.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from itertools import accumulate

from sqlalchemy import Connection, TextClause

from memcert_backends.sql.operations import Operations
from memcert_backends.sql.reads import Reads
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_reference.json_text import dump_json


class Statements(Reads):
    """The statements of a space; the parameters ``user`` and ``session`` say which."""

    lock: TextClause | None
    """Wait until one is alone with the space; None where changing marks waits by itself."""
    reserve: TextClause
    """Make room for ``count`` messages; of those with ``ids``, only the new ones count."""
    append: TextClause
    """Insert those of ``rows`` whose ids are new, with the last ``count`` numbers."""
    mark_reserved: TextClause
    """Attach ``marks`` to each message with one of the last ``count`` numbers."""
    mark_positions: TextClause
    """Attach marks by ``pairs`` of a position in the last ``count`` numbers and a mark."""
    shrink_by_ids: TextClause
    """No longer count those with ``ids``."""
    delete_marks_of_ids: TextClause
    delete_ids: TextClause
    shrink_by_marks: TextClause
    """No longer count those with one of ``marks``."""
    delete_marked: TextClause
    delete_marks_of_marked: TextClause
    empty: TextClause
    """Count none."""
    delete_all: TextClause
    delete_all_marks: TextClause
    write_summary: TextClause
    attach: dict[tuple[bool, bool], TextClause]
    """Attach ``new_mark``, by whether ``old_mark`` must be there and whether ``ids`` are named."""
    detach: dict[bool, TextClause]
    """Remove ``old_mark``, by whether ``ids`` are named."""

    @abstractmethod
    def replacing(self, connection: Connection) -> tuple[TextClause, ...]:
        """Return what sets ``summary``, deletes all messages, and makes room for ``count``.

        The first of them waits until one is alone with the space. Elsewhere it would be three
        statements; what makes them one is special to each database.

        Args:
            connection: where to.
        """


class SeveralStatementsOperations(Operations):
    """The operations of one space.

    Args:
        dialect: what is special to the database.
        statements: its SQL.
        user_id: whose space it is.
        session_id: which of the user's sessions it belongs to.
    """

    def __init__(
        self, dialect: SQLText, statements: Statements, user_id: str, session_id: str
    ) -> None:
        super().__init__(dialect, statements, user_id, session_id)
        self._statements = statements

    @abstractmethod
    def _identifier_json(self, identifier: str) -> str:
        """Return an id or a mark as an item of a list."""

    @abstractmethod
    def _payload_json(self, payload: str) -> str:
        """Return a message's JSON text as an item of a list."""

    def _size(self, item: str) -> int:
        """Return how much an item of a list takes in a statement."""
        return len(item) + 1

    def _summary_value(self, connection: Connection, summary: str) -> str:
        """Return a summary as the parameter ``summary`` holds it."""
        return dump_json(summary)

    def add(self, connection: Connection, rows: list[MessageRow], marks: list[str]) -> None:
        statements = self._statements
        parts = self._row_parts(connection, rows)
        names = self._lists(connection, marks)
        for ids, messages in parts:
            count = len(ids)
            self._run(
                connection,
                statements.reserve,
                count=count,
                ids=_array(ids),
                summary=self._summary_value(connection, ""),
            )
            self._run(connection, statements.append, count=count, rows=_array(messages))
            for some in names:
                self._run(connection, statements.mark_reserved, count=count, marks=some)

    def delete(self, connection: Connection, msg_ids: list[str]) -> int:
        statements = self._statements
        removed = 0
        for ids in self._lists(connection, msg_ids):
            if self._run(connection, statements.shrink_by_ids, ids=ids):
                self._run(connection, statements.delete_marks_of_ids, ids=ids)
                removed += self._run(connection, statements.delete_ids, ids=ids)
        return removed

    def delete_by_mark(self, connection: Connection, marks: list[str]) -> int:
        statements = self._statements
        removed = 0
        for names in self._lists(connection, marks):
            if self._run(connection, statements.shrink_by_marks, marks=names):
                removed += self._run(connection, statements.delete_marked, marks=names)
                self._run(connection, statements.delete_marks_of_marked, marks=names)
        return removed

    def clear(self, connection: Connection) -> None:
        if self._run(connection, self._statements.empty):
            self._run(connection, self._statements.delete_all_marks)
            self._run(connection, self._statements.delete_all)

    def update_marks(
        self,
        connection: Connection,
        new_mark: str | None,
        old_mark: str | None,
        msg_ids: list[str] | None,
    ) -> int:
        statements, value = self._statements, self._dialect.value
        old = {} if old_mark is None else {"old_mark": value(old_mark)}
        by_id = msg_ids is not None
        lists = [{}] if msg_ids is None else [{"ids": i} for i in self._lists(connection, msg_ids)]
        if statements.lock is not None:
            self._run(connection, statements.lock)
        changed = attached = 0
        for ids in lists:
            if new_mark is not None:
                attach = statements.attach[bool(old), by_id]
                attached = self._run(connection, attach, new_mark=value(new_mark), **old, **ids)
            if old:
                # Who had the new mark already has lost the old one all the same.
                changed += self._run(connection, statements.detach[by_id], **old, **ids)
            else:
                changed += attached
        return changed

    def write_summary(self, connection: Connection, summary: str) -> None:
        self._run(
            connection,
            self._statements.write_summary,
            count=0,
            summary=self._summary_value(connection, summary),
        )

    def replace(self, connection: Connection, summary: str, rows: list[MarkedRow]) -> None:
        statements = self._statements
        parts = self._row_parts(connection, rows)
        pairs = [
            f"[{position},{self._identifier_json(mark)}]"
            for position, row in enumerate(rows)
            for mark in row.marks
        ]
        pair_parts = self._parts(connection, pairs, [*map(self._size, pairs)])
        count = len(rows)
        value = self._summary_value(connection, summary)
        for statement in statements.replacing(connection):
            self._run(connection, statement, count=count, summary=value)
        starts = accumulate((len(ids) for ids, _ in parts), initial=0)
        for start, (_, messages) in zip(starts, parts, strict=False):
            # `append` takes the last numbers: those that this part and the later ones got.
            self._run(connection, statements.append, count=count - start, rows=_array(messages))
        for some in pair_parts:
            self._run(connection, statements.mark_positions, count=count, pairs=_array(some))

    def _lists(self, connection: Connection, identifiers: Sequence[str]) -> list[str]:
        """Return the parameters that hold ids or marks, one after another."""
        items = [*map(self._identifier_json, identifiers)]
        return [_array(part) for part in self._parts(connection, items, [*map(self._size, items)])]

    def _row_parts(
        self, connection: Connection, rows: Sequence[MessageRow] | Sequence[MarkedRow]
    ) -> list[tuple[Sequence[str], Sequence[str]]]:
        """Return parts of messages: their ids, and pairs of an id and JSON text, as items."""
        ids = [self._identifier_json(row.msg_id) for row in rows]
        payloads = [self._payload_json(row.payload) for row in rows]
        messages = [f"[{pair[0]},{pair[1]}]" for pair in zip(ids, payloads, strict=True)]
        parts = self._parts(connection, range(len(rows)), [*map(self._size, messages)])
        return [(ids[p[0] : p[-1] + 1], messages[p[0] : p[-1] + 1]) for p in parts]


def _array(items: Sequence[str]) -> str:
    return f"[{','.join(items)}]"
