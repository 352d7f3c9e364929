"""The SQL of every operation, built once per database and table prefix.

Each statement finds its space by user and session itself, through their index, so that no round
trip is spent on its id; and every other row by the space's id and a message's id, number or mark.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    TextClause,
    bindparam,
    delete,
    func,
    literal_column,
    null,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.compiler import SQLCompiler

from memcert_backends.sql.dialect import Dialect
from memcert_backends.sql.tables import Tables


class Statements:
    """The statements of a space, for one database and one set of tables.

    The parameters ``user`` and ``session`` say which space; the others are named in each docstring.

    Args:
        dialect: what is special to the database.
        tables: where things are stored.
    """

    def __init__(self, dialect: Dialect, tables: Tables) -> None:
        self._dialect = dialect
        spaces, messages, marks = tables.spaces, tables.messages, tables.marks
        self._spaces, self._messages, self._marks = spaces, messages, marks
        self._is_here = (spaces.c.user_id == _text("user")) & (
            spaces.c.session_id == _text("session")
        )
        here = select(spaces.c.id).where(self._is_here).scalar_subquery()
        self._messages_here = messages.c.space_id == here
        self._marks_here = marks.c.space_id == here
        listed_ids = dialect.list_rows("ids", ["msg_id"])
        has_listed_id = messages.c.msg_id.in_(select(listed_ids.c.msg_id))
        self._messages_by_id = self._messages_here & has_listed_id
        self._marks_by_id = self._marks_here & marks.c.number.in_(
            select(messages.c.number).where(self._messages_by_id)
        )
        self._first_number = spaces.c.next_number - _number("count")

        self.create = [
            text(str(statement.compile(dialect=dialect.compiler)))
            for statement in tables.creation()
        ]
        """Create each table and index that is not there."""

        self.size = self._text_of(select(spaces.c.size).where(self._is_here))

        known = select(func.count()).select_from(messages).where(self._messages_by_id)
        self.reserve = self._upsert_space(
            {
                "size": spaces.c.size + _number("count") - known.scalar_subquery(),
                "next_number": spaces.c.next_number + _number("count"),
            }
        )
        """Make room for ``count`` messages; of those with ``ids``, only the new ones count.

        That is exact where a statement that waited for the space sees what was stored meanwhile.
        """

        self.replace = self._upsert_space(
            {
                "size": _number("count"),
                "next_number": spaces.c.next_number + _number("count"),
                "summary": _text("summary"),
            }
        )
        """Set ``summary``, and make room for ``count`` messages that are to be the only ones."""

        rows = dialect.list_rows("rows", ["msg_id", "payload"])
        self.append = self._insert_missing(
            messages,
            ["space_id", "msg_id"],
            select(
                spaces.c.id.label("space_id"),
                (self._first_number + _number("offset") + rows.c.position).label("number"),
                rows.c.msg_id,
                rows.c.payload,
            )
            .select_from(spaces.join(rows, true()))
            .where(self._is_here),
        )
        """Insert ``rows``, the ``offset``-th of the ``count`` reserved ones first."""

        names = dialect.list_rows("marks", ["mark"])
        self.mark_reserved = self._insert_marks(
            select(spaces.c.id.label("space_id"), names.c.mark, messages.c.number)
            .select_from(
                spaces.join(
                    messages,
                    (messages.c.space_id == spaces.c.id)
                    & (messages.c.number >= self._first_number),
                ).join(names, true())
            )
            .where(self._is_here)
        )
        """Attach ``marks`` to each message that was inserted in the ``count`` reserved numbers."""

        pairs = dialect.list_rows("pairs", ["message_position", "mark"])
        self.mark_positions = self._insert_marks(
            select(
                spaces.c.id.label("space_id"),
                pairs.c.mark,
                (self._first_number + pairs.c.message_position).label("number"),
            )
            .select_from(spaces.join(pairs, true()))
            .where(self._is_here)
        )
        """Attach marks by ``pairs`` of a position in the ``count`` reserved numbers and a mark."""

        self.delete_marks_of_ids = self._text_of(delete(marks).where(self._marks_by_id))
        self.delete_ids = self._text_of(delete(messages).where(self._messages_by_id))

        marked = select(marks.c.number).where(
            self._marks_here, marks.c.mark.in_(select(names.c.mark))
        )
        self.delete_marked = self._text_of(
            delete(messages).where(self._messages_here, messages.c.number.in_(marked))
        )
        self.delete_marks_of_marked = self._text_of(
            delete(marks).where(self._marks_here, marks.c.number.in_(marked))
        )

        resize = update(spaces).where(self._is_here)
        self.shrink = self._text_of(resize.values(size=spaces.c.size - _number("removed")))
        """Count ``removed`` messages fewer."""

        self.empty = self._text_of(resize.values(size=literal_column("0")))
        self.delete_all = self._text_of(delete(messages).where(self._messages_here))
        self.delete_all_marks = self._text_of(delete(marks).where(self._marks_here))

        self.write_summary = self._upsert_space({"summary": _text("summary")})

        both = (False, True)
        self.read = {(mark, no): self._read(mark, no) for mark in both for no in both}
        """By whether ``mark`` must be there and whether ``exclude_mark`` must not."""

        self.attach = {(old, ids): self._attach(old, ids) for old in both for ids in both}
        """By whether ``old_mark`` must be there and whether only messages with ``ids`` count."""

        has_old_mark = marks.c.mark == _text("old_mark")
        self.detach = {
            False: self._text_of(delete(marks).where(self._marks_here, has_old_mark)),
            True: self._text_of(delete(marks).where(self._marks_by_id, has_old_mark)),
        }
        """By whether only messages with ``ids`` count."""

        self.export = self._export()

    def _read(self, mark: bool, exclude_mark: bool) -> TextClause:
        """Return the reading of the summary, first if there is a space, and of payloads in order.

        Its rows are a number and JSON text.
        """
        spaces, messages, marks = self._spaces, self._messages, self._marks
        if mark:
            # The number is the mark's, so that its index gives the order, and not all messages do.
            wanted = (
                select(marks.c.number, messages.c.payload)
                .select_from(
                    marks.join(
                        messages,
                        (messages.c.space_id == marks.c.space_id)
                        & (messages.c.number == marks.c.number),
                    )
                )
                .where(self._marks_here, marks.c.mark == _text("mark"))
            )
        else:
            wanted = select(messages.c.number, messages.c.payload).where(self._messages_here)
        if exclude_mark:
            other = marks.alias("other")
            excluded = select(other.c.number).where(
                other.c.space_id == messages.c.space_id,
                other.c.number == messages.c.number,
                other.c.mark == _text("exclude_mark"),
            )
            wanted = wanted.where(~excluded.exists())
        summary = select(_BEFORE_ALL.label("number"), spaces.c.summary.label("payload"))
        return self._text_of(union_all(summary.where(self._is_here), wanted).order_by("number"))

    def _attach(self, old_mark: bool, ids: bool) -> TextClause:
        """Return the attaching of ``new_mark`` to the messages that lack it."""
        selected: ColumnElement[bool]
        if old_mark:
            table = self._marks
            selected = (self._marks_by_id if ids else self._marks_here) & (
                self._marks.c.mark == _text("old_mark")
            )
        else:
            table = self._messages
            selected = self._messages_by_id if ids else self._messages_here
        rows = select(table.c.space_id, _text("new_mark").label("mark"), table.c.number)
        return self._insert_marks(rows.where(selected))

    def _upsert_space(self, change: dict[str, Any]) -> TextClause:
        row = {
            "user_id": _text("user"),
            "session_id": _text("session"),
            "summary": _text("summary"),
            "size": _number("count"),
            "next_number": _number("count"),
        }
        key = ["user_id", "session_id"]
        return self._text_of(self._dialect.upsert(self._spaces, key, row, change))

    def _insert_marks(self, rows: Select[Any]) -> TextClause:
        return self._insert_missing(self._marks, ["space_id", "mark", "number"], rows)

    def _insert_missing(self, table: Table, key: list[str], rows: Select[Any]) -> TextClause:
        return self._text_of(self._dialect.insert_missing(table, key, rows))

    def _text_of(self, statement: ClauseElement) -> TextClause:
        """Return the text of a statement, which an engine takes a tenth of the time to compile."""
        compiled = cast(SQLCompiler, statement.compile(dialect=self._dialect.compiler))
        parameters = [bindparam(name, type_=bind.type) for name, bind in compiled.binds.items()]
        clause = text(compiled.string).bindparams(*parameters)
        return clause.execution_options(preserve_rowcount=True)

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
        parts = (summary, stored.where(self._messages_here), attached.where(self._marks_here))
        return self._text_of(union_all(*parts).order_by("number", "kind"))


_BEFORE_ALL: ColumnElement[int] = literal_column("-1", Integer)
_MESSAGE: ColumnElement[int] = literal_column("0", Integer)
_MARK: ColumnElement[int] = literal_column("1", Integer)


def _text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=Integer)
