"""The SQL of the operations that read, built once per database and table prefix.

Each statement finds its space by user and session itself, through their index, so that no round
trip is spent on its id; and every other row by the space's id and a message's number or mark.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ClauseElement,
    ColumnElement,
    CompoundSelect,
    Integer,
    TextClause,
    bindparam,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.sql.compiler import SQLCompiler

from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.tables import Tables
from memcert_backends.sql.version import VERSION


class Reads:
    """The statements that read a space, for one database and one set of tables.

    The parameters ``user`` and ``session`` say which space; the others are named in each docstring.

    Args:
        dialect: what is special to the database.
        tables: where things are stored.
    """

    def __init__(self, dialect: SQLText, tables: Tables) -> None:
        self._dialect = dialect
        self._tables = tables
        spaces, messages, marks = tables.spaces, tables.messages, tables.marks
        self._spaces, self._messages, self._marks = spaces, messages, marks
        self._is_here = (spaces.c.user_id == dialect.identifier("user")) & (
            spaces.c.session_id == dialect.identifier("session")
        )
        here = select(spaces.c.id).where(self._is_here).scalar_subquery()
        self._messages_here = messages.c.space_id == here
        self._marks_here = marks.c.space_id == here
        self._marks_in_order = dialect.second_key(marks.c.space_id) == here

        self.create = [
            self._clause(str(statement.compile(dialect=dialect.compiler)))
            for statement in tables.creation(if_not_exists=dialect.creates_if_not_exists)
        ]
        """Create each table, and what belongs to it."""

        version = dialect.compiler.identifier_preparer.format_table(tables.version)
        self.stamp = self._clause(
            f"INSERT INTO {version} (version_num) VALUES ('{VERSION}') {dialect.unless_there}"
        )
        """Say of which version the tables are."""

        self.versions = self._clause(f"SELECT version_num FROM {version}")
        self.lock_version = self._clause(f"UPDATE {version} SET version_num = '' WHERE 1 = 0")
        """Wait, in SQLite, until one may write; it changes nothing."""

        format_table = dialect.compiler.identifier_preparer.format_table
        self._whole_sql = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {format_table(table)} AS any_{number}"
            f" WHERE any_{number}.space_id = 0 AND 1 = 0)"
            for number, table in enumerate((messages, marks))
        )
        self._whole: ColumnElement[bool] = literal_column(self._whole_sql, Boolean)
        """True, and read nowhere: what has it fails where a table is missing that it has no use
        for, so that half of what was stored is not taken for the whole."""

        self.size = self._text_of(select(spaces.c.size).where(self._is_here, self._whole))

        both = (False, True)
        self.read = {(mark, no): self._read(mark, no) for mark in both for no in both}
        """By whether ``mark`` must be there and whether ``exclude_mark`` must not."""

        self.export = self._export()

    def _read(self, mark: bool, exclude_mark: bool) -> TextClause:
        """Return the reading of the summary, first if there is a space, and of payloads in order.

        Its rows are a number and JSON text.
        """
        spaces, messages, marks = self._spaces, self._messages, self._marks
        # Rows are looked up one by one, in scalar subqueries: a join is the optimizer's to turn
        # round, and it takes every space to be of the same size.
        if mark:
            # The number is the mark's, so that its index gives the order, and not all messages do.
            table = marks
            payload = (
                select(messages.c.payload)
                .where(messages.c.space_id == marks.c.space_id, messages.c.number == marks.c.number)
                .scalar_subquery()
            )
            wanted = select(marks.c.number, payload).where(
                self._marks_here, marks.c.mark == self._dialect.identifier("mark")
            )
        else:
            table = messages
            wanted = select(messages.c.number, messages.c.payload).where(self._messages_here)
        if exclude_mark:
            other = marks.alias("other")
            excluded = select(other.c.number).where(
                other.c.space_id == table.c.space_id,
                other.c.mark == self._dialect.identifier("exclude_mark"),
                other.c.number == table.c.number,
            )
            wanted = wanted.where(excluded.scalar_subquery().is_(None))
        summary = select(_BEFORE_ALL.label("number"), spaces.c.summary.label("payload"))
        summary = summary.where(self._is_here)
        if mark or exclude_mark:
            summary = summary.where(*self._dialect.planned_anew())
        else:
            # The others need every table.
            summary = summary.where(self._whole)
        return self._in_order(union_all(summary, wanted), "number")

    def _export(self) -> TextClause:
        """Return the reading of everything: the summary, each message, and after it its marks.

        Its rows are a number, the kind (0 for the summary and messages, 1 for marks), an id or a
        mark, and JSON text.
        """
        spaces, messages, marks = self._spaces, self._messages, self._marks
        summary = select(
            _BEFORE_ALL.label("number"),
            _MESSAGE.label("kind"),
            null().label("name"),
            spaces.c.summary.label("payload"),
        ).where(self._is_here)
        stored = select(messages.c.number, _MESSAGE, messages.c.msg_id, messages.c.payload)
        attached = select(marks.c.number, _MARK, marks.c.mark, null())
        parts = (summary, stored.where(self._messages_here), attached.where(self._marks_in_order))
        return self._in_order(union_all(*parts), "number", "kind")

    def _in_order(self, union: CompoundSelect[Any], *columns: str) -> TextClause:
        return self._text_of(union.order_by(*columns) if self._dialect.sorts_unions else union)

    def _text_of(self, statement: ClauseElement) -> TextClause:
        """Return the text of a statement, which an engine takes a tenth of the time to compile."""
        compiled = cast(SQLCompiler, statement.compile(dialect=self._dialect.compiler))
        parameters = [bindparam(name, type_=bind.type) for name, bind in compiled.binds.items()]
        clause = self._clause(compiled.string).bindparams(*parameters)
        return clause.execution_options(preserve_rowcount=True)

    def _clause(self, statement: str) -> TextClause:
        """Return a statement with its parameters, and with any schema's name as it is."""
        schema = self._tables.schema
        if schema is not None and ":" in schema:
            name = self._dialect.compiler.identifier_preparer.quote_schema(schema)
            statement = statement.replace(name, name.replace(":", "\\:"))
        return text(statement)


# Of the same type as numbers, without which PostgreSQL would sort the union.
_BEFORE_ALL: ColumnElement[int] = sql_cast(literal_column("-1"), BigInteger)
_MESSAGE: ColumnElement[int] = literal_column("0", Integer)
_MARK: ColumnElement[int] = literal_column("1", Integer)
