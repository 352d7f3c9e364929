"""The SQL of MySQL and MariaDB, built once per table prefix; lists are JSON in one parameter.

Each statement begins with what it was given, and looks for rows from there by an index that it
names: the optimizer takes every list to be of forty items, and a subquery of an ``UPDATE`` or a
``DELETE`` it would run for each row of the space. What is there already is found by looking rather
than with ``INSERT IGNORE``, which turns every other error into a warning too.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, Text, TextClause, bindparam
from sqlalchemy.dialects.mysql.base import MySQLDialect

from memcert_backends.sql.several_statements import Statements
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.tables import Tables

ascii_text = Text()
"""The type of every parameter that is not a number."""

# Twice the bytes of the longest id.
_HEX = "VARCHAR(2040) CHARACTER SET ascii"
# With sql_safe_updates, what deletes rows by a list is refused, since the list is read as a whole;
# the rows are found by keys. Each server takes the other's for a comment.
_UNSAFE = (
    "/*M!100600 SET STATEMENT sql_safe_updates = 0 FOR */"
    " DELETE /*+ SET_VAR(sql_safe_updates = OFF) */"
)


def _json(parameter: str, *columns: str) -> str:
    """Return a list parameter as a table ``item``."""
    path = "$" if len(columns) == 1 else "$[{}]"
    typed = ", ".join(
        f"{column} PATH '{path.format(index)}'" for index, column in enumerate(columns)
    )
    return f"JSON_TABLE(:{parameter}, '$[*]' COLUMNS (position FOR ORDINALITY, {typed})) AS item"


class MySQLStatements(Statements):
    """The statements of a space, for one set of tables.

    Args:
        dialect: MySQL's.
        tables: where things are stored.
    """

    def __init__(self, dialect: SQLText, tables: Tables) -> None:
        super().__init__(dialect, tables)
        preparer = dialect.compiler.identifier_preparer
        prefix = tables.spaces.name.removesuffix("spaces")

        def index(name: str) -> str:
            return preparer.quote(f"{prefix}{name}")

        spaces, messages, marks = map(
            preparer.format_table, (tables.spaces, tables.messages, tables.marks)
        )
        here = "space.user_id = UNHEX(:user) AND space.session_id = UNHEX(:session)"
        by_id = (
            f"{messages} AS message FORCE INDEX ({index('messages_key')})"
            " ON message.space_id = space.id AND message.msg_id = UNHEX(item.msg_id)"
        )
        by_mark = (
            f"{marks} AS mark FORCE INDEX (PRIMARY)"
            " ON mark.space_id = space.id AND mark.mark = UNHEX(item.mark)"
        )
        of_number = "FORCE INDEX ({}) ON {}.space_id = space.id AND {}.number = {}.number"
        in_space = f"FROM {spaces} AS space STRAIGHT_JOIN"
        ids, names = _json("ids", f"msg_id {_HEX}"), _json("marks", f"mark {_HEX}")

        here_and_whole = f"{here} AND {self._whole_sql}"

        self.lock = self._text(
            f"SELECT id FROM {spaces} AS space WHERE {here_and_whole} FOR UPDATE"
        )

        def upsert(change: str) -> TextClause:
            return self._text(
                f"INSERT INTO {spaces} (user_id, session_id, summary, size, next_number)"
                " VALUES (UNHEX(:user), UNHEX(:session), FROM_BASE64(:summary),"
                f" :count + (1 - ({self._whole_sql})), :count)"
                f" ON DUPLICATE KEY UPDATE {change}"
            )

        # Within a statement that locks the row of the space, this sees what the row's last owner
        # committed: the lookup depends on that row.
        def known(space: str) -> str:
            return (
                f"(SELECT COUNT(*) FROM {ids} STRAIGHT_JOIN {messages} AS message"
                f" FORCE INDEX ({index('messages_key')})"
                f" ON message.msg_id = UNHEX(item.msg_id) WHERE message.space_id = {space}.id)"
            )

        self.reserve = upsert(
            f"size = size + :count - {known(spaces)}, next_number = next_number + :count"
        )
        self.write_summary = upsert("summary = FROM_BASE64(:summary)")

        rows = _json("rows", f"msg_id {_HEX}", "payload LONGTEXT CHARACTER SET ascii")
        self.append = self._text(
            f"INSERT INTO {messages} (space_id, number, msg_id, payload)"
            " SELECT space.id, space.next_number - :count + item.position - 1,"
            f" UNHEX(item.msg_id), FROM_BASE64(item.payload) {in_space} {rows} WHERE {here}"
            f" ON DUPLICATE KEY UPDATE {messages}.number = {messages}.number"
        )
        self.mark_reserved = self._text(
            f"INSERT INTO {marks} (space_id, mark, number)"
            f" SELECT space.id, UNHEX(item.mark), message.number {in_space}"
            f" {messages} AS message FORCE INDEX (PRIMARY) ON message.space_id = space.id"
            f" AND message.number >= space.next_number - :count STRAIGHT_JOIN {names} WHERE {here}"
        )
        pairs = _json("pairs", "start BIGINT", f"mark {_HEX}")
        self.mark_positions = self._text(
            f"INSERT INTO {marks} (space_id, mark, number)"
            " SELECT space.id, UNHEX(item.mark), space.next_number - :count + item.start"
            f" {in_space} {pairs} WHERE {here}"
        )

        resize = f"UPDATE {spaces} AS space SET space.size ="
        self.shrink_by_ids = self._text(
            f"{resize} space.size - {known('space')} WHERE {here_and_whole}"
        )
        of_message = of_number.format(index("marks_of_message"), "mark", "mark", "message")
        self.delete_marks_of_ids = self._text(
            f"{_UNSAFE} mark {in_space} {ids} STRAIGHT_JOIN {by_id}"
            f" STRAIGHT_JOIN {marks} AS mark {of_message} WHERE {here}"
        )
        self.delete_ids = self._text(
            f"{_UNSAFE} message {in_space} {ids} STRAIGHT_JOIN {by_id} WHERE {here}"
        )

        self.shrink_by_marks = self._text(
            f"{resize} space.size - (SELECT COUNT(DISTINCT mark.number) FROM {names}"
            f" STRAIGHT_JOIN {marks} AS mark FORCE INDEX (PRIMARY)"
            " ON mark.mark = UNHEX(item.mark) WHERE mark.space_id = space.id)"
            f" WHERE {here_and_whole}"
        )
        of_mark = of_number.format("PRIMARY", "message", "message", "mark")
        self.delete_marked = self._text(
            f"{_UNSAFE} message {in_space} {names} STRAIGHT_JOIN {by_mark}"
            f" STRAIGHT_JOIN {messages} AS message {of_mark} WHERE {here}"
        )
        beside = of_number.format(index("marks_of_message"), "beside", "beside", "mark")
        self.delete_marks_of_marked = self._text(
            f"{_UNSAFE} beside {in_space} {names} STRAIGHT_JOIN {by_mark}"
            f" STRAIGHT_JOIN {marks} AS beside {beside} WHERE {here}"
        )

        all_messages = f"{messages} AS message FORCE INDEX (PRIMARY) ON message.space_id = space.id"
        all_marks = f"{marks} AS mark FORCE INDEX (PRIMARY) ON mark.space_id = space.id"
        self.empty = self._text(f"{resize} 0 WHERE {here_and_whole}")
        self.delete_all = self._text(f"DELETE message {in_space} {all_messages} WHERE {here}")
        self.delete_all_marks = self._text(f"DELETE mark {in_space} {all_marks} WHERE {here}")

        replace = upsert(
            "size = :count, next_number = next_number + :count, summary = FROM_BASE64(:summary)"
        )
        steps = (replace, self.delete_all_marks, self.delete_all)
        # `BEGIN NOT ATOMIC` would do too, but what reads the first word takes it for a transaction.
        self._replace_at_once = self._text(f"IF TRUE THEN {'; '.join(map(str, steps))}; END IF")
        marks_too = of_number.format(index("marks_of_message"), "mark", "mark", "message")
        delete_both = self._text(
            f"DELETE message, mark {in_space} {all_messages}"
            f" LEFT JOIN {marks} AS mark {marks_too} WHERE {here}"
        )
        self._replace_in_steps = (replace, delete_both)

        def attach(old_mark: bool, by_ids: bool) -> TextClause:
            source = f"{ids} STRAIGHT_JOIN {by_id}" if by_ids else all_messages
            if old_mark and by_ids:
                source += (
                    f" STRAIGHT_JOIN {marks} AS old FORCE INDEX (PRIMARY)"
                    " ON old.space_id = space.id AND old.mark = UNHEX(:old_mark)"
                    " AND old.number = message.number"
                )
            elif old_mark:
                source = (
                    f"{marks} AS message FORCE INDEX (PRIMARY)"
                    " ON message.space_id = space.id AND message.mark = UNHEX(:old_mark)"
                )
            return self._text(
                f"INSERT INTO {marks} (space_id, mark, number)"
                f" SELECT space.id, UNHEX(:new_mark), message.number {in_space} {source}"
                f" WHERE {here} AND NOT EXISTS (SELECT 1 FROM {marks} AS same"
                " WHERE same.space_id = message.space_id AND same.mark = UNHEX(:new_mark)"
                " AND same.number = message.number)"
            )

        both = (False, True)
        self.attach = {(old, by_ids): attach(old, by_ids) for old in both for by_ids in both}
        has_old = " AND mark.mark = UNHEX(:old_mark)"
        of_id = of_number.format("PRIMARY", "mark", "mark", "message")
        self.detach = {
            False: self._text(f"DELETE mark {in_space} {all_marks}{has_old} WHERE {here}"),
            True: self._text(
                f"{_UNSAFE} mark {in_space} {ids} STRAIGHT_JOIN {by_id}"
                f" STRAIGHT_JOIN {marks} AS mark {of_id}{has_old} WHERE {here}"
            ),
        }

    def replacing(self, connection: Connection) -> tuple[TextClause, ...]:
        # MariaDB takes several statements as one, without a privilege and without leaving anything
        # in the database (https://mariadb.com/kb/en/using-compound-statements-outside-of-stored-programs/).
        # MySQL does not. There a trigger takes an administrator's privilege as soon as there is a
        # binary log (log_bin_trust_function_creators), and REPLACE with foreign keys that cascade
        # locks what is beside the space: writers of neighbouring spaces deadlock time and again.
        assert isinstance(connection.dialect, MySQLDialect)
        if connection.dialect.is_mariadb:
            return (self._replace_at_once,)
        return self._replace_in_steps

    def _text(self, statement: str) -> TextClause:
        clause = self._clause(statement)
        types: dict[str, Any] = {"count": BigInteger}
        clause = clause.bindparams(
            *(bindparam(name, type_=types.get(name, ascii_text)) for name in clause._bindparams)
        )
        return clause.execution_options(preserve_rowcount=True)
