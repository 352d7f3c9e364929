"""The operations in PostgreSQL: lock the space, then do everything in one statement.

A writing operation is two statements, and three where the space is new, however much is stored and
however many messages are meant (what is too long for one statement comes in several parts). Lists
are arrays in one parameter.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, String, Text, TextClause, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from memcert_backends.sql.operations import Operations
from memcert_backends.sql.postgresql.plans import planned_anew
from memcert_backends.sql.reads import Reads
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.tables import Tables
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_reference.json_text import dump_json

_TYPES: dict[str, Any] = {
    "user": String,
    "session": String,
    "summary": Text,
    "space": BigInteger,
    "count": BigInteger,
    "mark": String,
    "old_mark": String,
    "new_mark": String,
    "ids": ARRAY(Text),
    "payloads": ARRAY(Text),
    "marks": ARRAY(Text),
    "positions": ARRAY(Integer),
}
"""The type of each parameter."""

# The planner goes by statistics, which may be of another space, or of nothing yet. So every lookup
# has one index that it can go by. Both tables have a primary key that begins with the space, and
# the planner would look through a whole space by that if it takes it for a small one: therefore the
# other index begins with an expression, `space_id + 0`.
_INDEXES = (
    "CREATE UNIQUE INDEX IF NOT EXISTS {messages_key} ON {messages} ((space_id + 0), msg_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS {marks_of_message}"
    " ON {marks} ((space_id + 0), number, mark)",
)
# Who may use the tables must know their version, and was granted no right to a table that did not
# exist in release 0.1.0.
_VERSION_IS_PUBLIC = "GRANT SELECT ON {version} TO PUBLIC"
# Rows are looked up one by one, and deleted by their places: a join is the planner's to turn round,
# and it takes every space to be of the same size. `OFFSET 0` keeps it from making these a join.
_FOUND_BY_ID = (
    "found AS (SELECT message.place, message.number FROM unnest(:ids) AS item (msg_id),"
    " LATERAL (SELECT ctid AS place, number FROM {messages}"
    " WHERE space_id + 0 = :space AND msg_id = item.msg_id OFFSET 0) AS message)"
)
_GONE = (
    ", gone AS (DELETE FROM {messages} WHERE ctid = ANY (ARRAY(SELECT place FROM found))),"
    " unmarked AS (DELETE FROM {marks} WHERE ctid = ANY (ARRAY("
    "SELECT mark.place FROM found, LATERAL (SELECT ctid AS place FROM {marks}"
    " WHERE space_id + 0 = :space AND number = found.number OFFSET 0) AS mark)))"
    " UPDATE {spaces} SET size = size - (SELECT count(*) FROM found)"
    f" WHERE id = :space AND {planned_anew(':space')} RETURNING (SELECT count(*) FROM found)"
)


class PostgreSQLStatements(Reads):
    """The statements of a space, for one set of tables.

    Those that find the space by ``user`` and ``session`` lock its row and return its id, which the
    others take as ``space``. A statement that returns a number returns how many messages it meant.

    Args:
        dialect: PostgreSQL's.
        tables: where things are stored.
    """

    def __init__(self, dialect: SQLText, tables: Tables) -> None:
        super().__init__(dialect, tables)
        preparer = dialect.compiler.identifier_preparer
        self._names = {
            "spaces": preparer.format_table(tables.spaces),
            "messages": preparer.format_table(tables.messages),
            "marks": preparer.format_table(tables.marks),
            "version": preparer.format_table(tables.version),
            "messages_key": preparer.quote(f"{tables.messages.name}_key"),
            "marks_of_message": preparer.quote(f"{tables.marks.name}_of_message"),
        }
        self.create += [self._text(each) for each in (*_INDEXES, _VERSION_IS_PUBLIC)]

        self.lock = self._text(
            "SELECT id FROM {spaces} WHERE user_id = :user AND session_id = :session"
            f" AND {self._whole_sql} FOR UPDATE"
        )
        upsert = (
            "INSERT INTO {spaces} AS here (user_id, session_id, summary, size, next_number)"
            " VALUES (:user, :session, :summary, 0, CASE WHEN " + self._whole_sql + " THEN 0 END)"
            " ON CONFLICT (user_id, session_id) DO UPDATE SET summary = "
        )
        self.make = self._text(upsert + "here.summary RETURNING id")
        """Lock the space, or make it with ``summary``."""
        self.write_summary = self._text(upsert + "excluded.summary RETURNING id")
        """Set ``summary``, and lock the space."""

        add = (
            "WITH added AS ("
            " INSERT INTO {messages} (space_id, number, msg_id, payload)"
            " SELECT here.id, here.next_number + item.position - 1, item.msg_id, item.payload"
            " FROM {spaces} AS here, unnest(:ids, :payloads)"
            " WITH ORDINALITY AS item (msg_id, payload, position) WHERE here.id = :space"
            " ON CONFLICT ((space_id + 0), msg_id) DO NOTHING RETURNING number"
        )
        count = (
            ") UPDATE {spaces} SET next_number = next_number + :count,"
            " size = size + (SELECT count(*) FROM added) WHERE id = :space"
        )
        attach = "), marked AS (INSERT INTO {marks} (space_id, mark, number) SELECT :space, "
        self.add = self._text(add + count)
        """Append those of ``ids`` that are new, with ``payloads``; ``count`` is how many came."""
        self.add_marked = self._text(
            f"{add}{attach} item.mark, added.number"
            f" FROM added, unnest(:marks) AS item (mark){count}"
        )
        """The same, each with ``marks``."""
        self.add_paired = self._text(
            f"{add}{attach} item.mark, here.next_number + item.position"
            " FROM {spaces} AS here, unnest(:positions, :marks) AS item (position, mark)"
            f" WHERE here.id = :space{count}"
        )
        """The same, with ``marks`` by the ``positions`` of their messages; all ids are new."""

        self.delete = self._text(f"WITH {_FOUND_BY_ID}{_GONE}")
        self.delete_by_mark = self._text(
            "WITH marked AS (SELECT DISTINCT number FROM {marks}"
            " WHERE space_id = :space AND mark = ANY (:marks)),"
            " found AS (SELECT message.place, message.number FROM marked,"
            " LATERAL (SELECT ctid AS place, number FROM {messages}"
            f" WHERE space_id = :space AND number = marked.number OFFSET 0) AS message){_GONE}"
        )
        self.clear = self._text(
            "WITH gone AS (DELETE FROM {messages} WHERE space_id = :space),"
            " unmarked AS (DELETE FROM {marks} WHERE space_id = :space)"
            " UPDATE {spaces} SET size = 0 WHERE id = :space"
        )

        both = (False, True)
        self.attach = {ids: self._text(self._attach(ids)) for ids in both}
        """Attach ``new_mark``, by whether ``ids`` are named."""
        self.detach = {
            (new, ids): self._text(self._detach(new, ids)) for new in both for ids in both
        }
        """Remove ``old_mark``, by whether ``new_mark`` takes its place and ``ids`` are named."""

    def _attach(self, ids: bool) -> str:
        found = f"WITH {_FOUND_BY_ID}, " if ids else "WITH "
        source = "found" if ids else "{messages} WHERE space_id = :space"
        return (
            f"{found}attached AS (INSERT INTO {{marks}} (space_id, mark, number)"
            f" SELECT :space, :new_mark, number FROM {source}"
            " ON CONFLICT (space_id, mark, number) DO NOTHING RETURNING number)"
            f" SELECT count(*) FROM attached WHERE {planned_anew(':space')}"
        )

    def _detach(self, new_mark: bool, ids: bool) -> str:
        found = f"WITH {_FOUND_BY_ID}, " if ids else "WITH "
        which = (
            "ctid = ANY (ARRAY(SELECT mark.place FROM found, LATERAL (SELECT ctid AS place"
            " FROM {marks} WHERE space_id = :space AND mark = :old_mark AND number = found.number"
            " OFFSET 0) AS mark))"
            if ids
            else "space_id = :space AND mark = :old_mark"
        )
        attached = (
            ", attached AS (INSERT INTO {marks} (space_id, mark, number)"
            " SELECT :space, :new_mark, number FROM detached"
            " ON CONFLICT (space_id, mark, number) DO NOTHING)"
        )
        return (
            f"{found}detached AS (DELETE FROM {{marks}} WHERE {which} RETURNING number)"
            f"{attached if new_mark else ''} SELECT count(*) FROM detached"
            f" WHERE {planned_anew(':space')}"
        )

    def _text(self, statement: str) -> TextClause:
        clause = self._clause(statement.format(**self._names))
        return clause.bindparams(
            *(bindparam(name, type_=_TYPES[name]) for name in clause._bindparams)
        )


class PostgreSQLOperations(Operations):
    """The operations of one space.

    Args:
        dialect: PostgreSQL's.
        statements: its SQL.
        user_id: whose space it is.
        session_id: which of the user's sessions it belongs to.
    """

    def __init__(
        self, dialect: SQLText, statements: PostgreSQLStatements, user_id: str, session_id: str
    ) -> None:
        super().__init__(dialect, statements, user_id, session_id)
        self._statements = statements

    def add(self, connection: Connection, rows: list[MessageRow], marks: list[str]) -> None:
        space = self._locked(connection)
        if space is None:
            empty = {**self._space, "summary": dump_json("")}
            space = connection.scalar(self._statements.make, empty)
        statement = self._statements.add_marked if marks else self._statements.add
        named = {"marks": marks} if marks else {}
        for part in self._parts(connection, rows, [len(row.payload) for row in rows]):
            self._append(connection, statement, part, space=space, **named)

    def delete(self, connection: Connection, msg_ids: list[str]) -> int:
        space = self._locked(connection)
        if space is None:
            return 0
        parameters = {"space": space, "ids": msg_ids}
        return self._number(connection, self._statements.delete, parameters)

    def delete_by_mark(self, connection: Connection, marks: list[str]) -> int:
        space = self._locked(connection)
        if space is None:
            return 0
        parameters = {"space": space, "marks": marks}
        return self._number(connection, self._statements.delete_by_mark, parameters)

    def clear(self, connection: Connection) -> None:
        space = self._locked(connection)
        if space is not None:
            connection.execute(self._statements.clear, {"space": space})

    def update_marks(
        self,
        connection: Connection,
        new_mark: str | None,
        old_mark: str | None,
        msg_ids: list[str] | None,
    ) -> int:
        space = self._locked(connection)
        if space is None:
            return 0
        given = {"new_mark": new_mark, "old_mark": old_mark, "ids": msg_ids}
        parameters = {name: value for name, value in given.items() if value is not None}
        by_id = msg_ids is not None
        statement = (
            self._statements.attach[by_id]
            if old_mark is None
            else self._statements.detach[new_mark is not None, by_id]
        )
        return self._number(connection, statement, {"space": space, **parameters})

    def write_summary(self, connection: Connection, summary: str) -> None:
        self._written(connection, summary)

    def replace(self, connection: Connection, summary: str, rows: list[MarkedRow]) -> None:
        space = self._written(connection, summary)
        connection.execute(self._statements.clear, {"space": space})
        for part in self._parts(connection, rows, [len(row.payload) for row in rows]):
            pairs = [(position, mark) for position, row in enumerate(part) for mark in row.marks]
            self._append(
                connection,
                self._statements.add_paired,
                part,
                space=space,
                positions=[position for position, _ in pairs],
                marks=[mark for _, mark in pairs],
            )

    def _locked(self, connection: Connection) -> int | None:
        """Wait until one is alone with the space; return its id, or None if there is none."""
        space: int | None = connection.scalar(self._statements.lock, self._space)
        return space

    def _written(self, connection: Connection, summary: str) -> int:
        parameters = {**self._space, "summary": dump_json(summary)}
        return self._number(connection, self._statements.write_summary, parameters)

    def _number(
        self, connection: Connection, statement: TextClause, parameters: dict[str, Any]
    ) -> int:
        """Execute a statement and return the one number that it returns."""
        number: int = connection.execute(statement, parameters).scalar_one()
        return number

    def _append(
        self,
        connection: Connection,
        statement: TextClause,
        rows: Any,
        **parameters: Any,
    ) -> None:
        connection.execute(
            statement,
            {
                "ids": [row.msg_id for row in rows],
                "payloads": [row.payload for row in rows],
                "count": len(rows),
                **parameters,
            },
        )
