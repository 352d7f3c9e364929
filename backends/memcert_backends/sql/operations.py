"""What a memory does to its space, on a connection that is in the right transaction.

Each writing operation is at most three statements, and five where it replaces the whole space,
however much is stored and however many messages are meant (long lists of long messages come in
several parts). The first one writes, and so waits until it is alone with the space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause

from memcert_backends.sql.dialect import Dialect
from memcert_backends.sql.statements import Statements
from memcert_backends.stored_memory import MarkedRow, Row
from memcert_reference.json_text import dump_json, load_json


class Operations:
    """The operations of one space.

    Args:
        dialect: what is special to the database.
        statements: its SQL.
        user_id: whose space it is.
        session_id: which of the user's sessions it belongs to.
    """

    def __init__(
        self, dialect: Dialect, statements: Statements, user_id: str, session_id: str
    ) -> None:
        self._dialect = dialect
        self._statements = statements
        self._space = {"user": user_id, "session": session_id}

    def create(self, connection: Connection) -> None:
        """Create the tables that are not there."""
        self._dialect.create(connection, self._statements.create)

    def add(self, connection: Connection, rows: list[Row], marks: list[str]) -> None:
        """Append the rows whose ids are not stored yet, with marks.

        Args:
            connection: where to.
            rows: at least one, with distinct ids.
            marks: the marks of each row that is appended, distinct.
        """
        count = len(rows)
        ids = self._dialect.list_parameter([row.msg_id for row in rows])
        self._run(connection, self._statements.reserve, count=count, ids=ids, summary=_NO_SUMMARY)
        self._append(connection, rows)
        if marks:
            names = self._dialect.list_parameter(marks)
            self._run(connection, self._statements.mark_reserved, count=count, marks=names)

    def delete(self, connection: Connection, msg_ids: list[str]) -> int:
        """Remove messages by id, with their marks, and return how many went."""
        ids = self._dialect.list_parameter(msg_ids)
        self._run(connection, self._statements.delete_marks_of_ids, ids=ids)
        removed = self._run(connection, self._statements.delete_ids, ids=ids)
        return self._shrink(connection, removed)

    def delete_by_mark(self, connection: Connection, marks: list[str]) -> int:
        """Remove messages that carry one of some marks and return how many went."""
        names = self._dialect.list_parameter(marks)
        removed = self._run(connection, self._statements.delete_marked, marks=names)
        if removed:
            self._run(connection, self._statements.delete_marks_of_marked, marks=names)
        return self._shrink(connection, removed)

    def size(self, connection: Connection) -> int:
        """Return how many messages there are."""
        size: int | None = connection.scalar(self._statements.size, self._space)
        return size or 0

    def clear(self, connection: Connection) -> None:
        """Remove all messages and marks; the numbers of later ones go on."""
        if self._run(connection, self._statements.empty):
            self._run(connection, self._statements.delete_all_marks)
            self._run(connection, self._statements.delete_all)

    def read(
        self, connection: Connection, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        """Return the summary and the payloads of the matching messages, in order."""
        statement = self._statements.read[mark is not None, exclude_mark is not None]
        parameters: dict[str, Any] = dict(self._space)
        if mark is not None:
            parameters["mark"] = mark
        if exclude_mark is not None:
            parameters["exclude_mark"] = exclude_mark
        rows = connection.execute(statement, parameters).all()
        payloads: list[str] = [row[1] for row in rows]
        if not payloads:
            return "", []
        return _summary(payloads[0]), payloads[1:]

    def update_marks(
        self,
        connection: Connection,
        new_mark: str | None,
        old_mark: str | None,
        msg_ids: list[str] | None,
    ) -> int:
        """Attach, replace or remove a mark and return how many messages' marks changed."""
        parameters: dict[str, object] = {}
        by_id = msg_ids is not None
        if msg_ids is not None:
            parameters["ids"] = self._dialect.list_parameter(msg_ids)
        changed = 0
        if new_mark is not None:
            attach = self._statements.attach[old_mark is not None, by_id]
            named = parameters if old_mark is None else {**parameters, "old_mark": old_mark}
            changed = self._run(connection, attach, new_mark=new_mark, **named)
        if old_mark is not None:
            # Who had the new mark already has lost the old one all the same.
            detach = self._statements.detach[by_id]
            changed = self._run(connection, detach, old_mark=old_mark, **parameters)
        return changed

    def write_summary(self, connection: Connection, summary: str) -> None:
        """Replace the summary."""
        text = dump_json(summary)
        self._run(connection, self._statements.write_summary, count=0, summary=text)

    def export(self, connection: Connection) -> tuple[str, list[MarkedRow]]:
        """Return the summary and every message with its marks, in order."""
        rows = connection.execute(self._statements.export, self._space).all()
        messages: list[MarkedRow] = []
        for _, is_mark, name, payload in rows[1:]:
            if is_mark:
                messages[-1].marks.append(name)
            else:
                messages.append(MarkedRow(name, payload, []))
        return (_summary(rows[0][3]) if rows else ""), messages

    def replace(self, connection: Connection, summary: str, rows: list[MarkedRow]) -> None:
        """Replace everything in the space."""
        count = len(rows)
        text = dump_json(summary)
        self._run(connection, self._statements.replace, count=count, summary=text)
        self._run(connection, self._statements.delete_all_marks)
        self._run(connection, self._statements.delete_all)
        if rows:
            self._append(connection, rows)
        pairs = [(position, mark) for position, row in enumerate(rows) for mark in row.marks]
        if pairs:
            parameter = self._dialect.list_parameter(pairs)
            self._run(connection, self._statements.mark_positions, count=count, pairs=parameter)

    def _append(self, connection: Connection, rows: Sequence[Row] | Sequence[MarkedRow]) -> None:
        """Insert rows into the numbers that were reserved for them just before."""
        for offset, part in self._parts(rows):
            self._run(
                connection,
                self._statements.append,
                count=len(rows),
                offset=offset,
                rows=self._dialect.list_parameter(part),
            )

    def _shrink(self, connection: Connection, removed: int) -> int:
        if removed:
            self._run(connection, self._statements.shrink, removed=removed)
        return removed

    def _parts(
        self, rows: Sequence[Row] | Sequence[MarkedRow]
    ) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Cut rows into parts that one parameter carries, each after its first row's position."""
        part: list[tuple[str, str]] = []
        offset = characters = 0
        for row in rows:
            characters += len(row.payload)
            if part and characters > self._dialect.chunk_characters:
                yield offset, part
                offset += len(part)
                part, characters = [], len(row.payload)
            part.append((row.msg_id, row.payload))
        yield offset, part

    def _run(self, connection: Connection, statement: TextClause, **parameters: object) -> int:
        """Execute a statement and return how many rows it changed."""
        return connection.execute(statement, {**self._space, **parameters}).rowcount


_NO_SUMMARY = dump_json("")


def _summary(text: str) -> str:
    summary = load_json(text)
    assert isinstance(summary, str)
    return summary
