"""The SQL of SQLite, built once per table prefix; lists are JSON in one parameter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    Text,
    TextClause,
    bindparam,
    delete,
    false,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from memcert_backends.sql.several_statements import Statements
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.sqlite import replacement
from memcert_backends.sql.tables import Tables


class SQLiteStatements(Statements):
    """The statements of a space, for one set of tables.

    Args:
        dialect: SQLite's.
        tables: where things are stored.
    """

    def __init__(self, dialect: SQLText, tables: Tables) -> None:
        super().__init__(dialect, tables)
        spaces, messages, marks = tables.spaces, tables.messages, tables.marks
        listed_ids = _list_rows("ids", "msg_id")
        has_listed_id = messages.c.msg_id.in_(select(listed_ids.c.msg_id))
        self._messages_by_id = self._messages_here & has_listed_id
        self._marks_by_id = self._marks_here & marks.c.number.in_(
            select(messages.c.number).where(self._messages_by_id)
        )
        self._first_number = spaces.c.next_number - _number("count")

        # Whatever changes first locks the whole database.
        self.lock = None

        self.lock_attached: TextClause | None = None
        """Lock a file that is attached, and read no other one; None for the main one."""
        if tables.schema != dialect.own_schema:
            self.lock_attached = self._text_of(
                update(spaces).values(size=literal_column("0")).where(false())
            )

        known = select(func.count()).select_from(messages).where(self._messages_by_id)
        self.reserve = self._upsert_space(
            {
                "size": spaces.c.size + _number("count") - self._as_it_is(known),
                "next_number": spaces.c.next_number + _number("count"),
            }
        )
        self.create.append(self._clause(replacement.creation(dialect, tables)))
        self._replace = self._clause(replacement.statement(dialect, tables)).bindparams(
            *(bindparam(name, type_=String) for name in ("user", "session", "summary")),
            bindparam("count", type_=Integer),
        )

        rows = _list_rows("rows", "msg_id", "payload")
        self.append = self._insert_missing(
            messages,
            ["space_id", "msg_id"],
            select(
                spaces.c.id.label("space_id"),
                (self._first_number + rows.c.position).label("number"),
                rows.c.msg_id,
                rows.c.payload,
            )
            .select_from(spaces.join(rows, true()))
            .where(self._is_here),
        )

        names = _list_rows("marks", "mark")
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

        pairs = _list_rows("pairs", "message_position", "mark")
        self.mark_positions = self._insert_marks(
            select(
                spaces.c.id.label("space_id"),
                pairs.c.mark,
                (self._first_number + pairs.c.message_position).label("number"),
            )
            .select_from(spaces.join(pairs, true()))
            .where(self._is_here)
        )

        here = update(spaces).where(self._is_here, self._whole)
        self.shrink_by_ids = self._text_of(
            here.values(size=spaces.c.size - known.scalar_subquery())
        )
        self.delete_marks_of_ids = self._text_of(delete(marks).where(self._marks_by_id))
        self.delete_ids = self._text_of(delete(messages).where(self._messages_by_id))

        carry_one = self._marks_here & marks.c.mark.in_(select(names.c.mark))
        marked = select(marks.c.number).where(carry_one)
        count = select(func.count(marks.c.number.distinct())).where(carry_one)
        self.shrink_by_marks = self._text_of(
            here.values(size=spaces.c.size - count.scalar_subquery())
        )
        self.delete_marked = self._text_of(
            delete(messages).where(self._messages_here, messages.c.number.in_(marked))
        )
        self.delete_marks_of_marked = self._text_of(
            delete(marks).where(self._marks_here, marks.c.number.in_(marked))
        )

        self.empty = self._text_of(here.values(size=literal_column("0")))
        self.delete_all = self._text_of(delete(messages).where(self._messages_here))
        self.delete_all_marks = self._text_of(delete(marks).where(self._marks_here))

        self.write_summary = self._upsert_space({"summary": _text("summary")})

        both = (False, True)
        self.attach = {(old, ids): self._attach(old, ids) for old in both for ids in both}
        has_old_mark = marks.c.mark == _text("old_mark")
        self.detach = {
            ids: self._text_of(delete(marks).where(selected, has_old_mark, self._whole))
            for ids, selected in ((False, self._marks_here), (True, self._marks_by_id))
        }

    def replacing(self, connection: Connection) -> tuple[TextClause, ...]:
        return (self._replace,)

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
        return self._insert_marks(rows.where(selected, self._whole))

    def _upsert_space(self, change: dict[str, Any]) -> TextClause:
        row = {
            "user_id": _text("user"),
            "session_id": _text("session"),
            "summary": _text("summary"),
            # Nothing is added to it.
            "size": _number("count") + literal_column(f"(1 - ({self._whole_sql}))", Integer),
            "next_number": _number("count"),
        }
        insertion = insert(self._spaces).values(row).inline()
        key = ["user_id", "session_id"]
        return self._text_of(insertion.on_conflict_do_update(index_elements=key, set_=change))

    def _as_it_is(self, query: Select[Any]) -> ColumnElement[int]:
        """Return a query as something to compute with, its text made beforehand.

        Within what an insertion does on a conflict, SQLAlchemy leaves out the schemas of tables.
        """
        return literal_column(f"({self._text_of(query).text})", Integer)

    def _insert_marks(self, rows: Select[Any]) -> TextClause:
        return self._insert_missing(self._marks, ["space_id", "mark", "number"], rows)

    def _insert_missing(self, table: Table, key: list[str], rows: Select[Any]) -> TextClause:
        columns = [column.name for column in rows.selected_columns]
        insertion = insert(table).from_select(columns, rows)
        return self._text_of(insertion.on_conflict_do_nothing(index_elements=key))


def _list_rows(parameter: str, *columns: str) -> FromClause:
    """Return what a list parameter holds, as something to select from.

    Args:
        parameter: the parameter's name.
        columns: a name for each item of an inner list, or one for a plain item; the column
            ``position``, which counts from 0, is there besides.
    """
    each = func.json_each(bindparam(parameter, type_=Text)).table_valued("key", "value")
    items = (
        [each.c.value]
        if len(columns) == 1
        else [
            func.json_extract(each.c.value, literal_column(f"'$[{index}]'"), type_=Text)
            for index in range(len(columns))
        ]
    )
    named = [item.label(name) for name, item in zip(columns, items, strict=True)]
    return select(each.c.key.label("position"), *named).subquery()


def _text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=Integer)
