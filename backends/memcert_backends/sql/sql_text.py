"""What differs between the SQL texts of databases: what is written, not how it is run."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, bindparam
from sqlalchemy.engine import Dialect as SQLAlchemyDialect


class SQLText:
    """The text of SQL for one database, where it differs from the others'."""

    compiler: SQLAlchemyDialect
    """SQLAlchemy's own dialect, with named parameters."""

    part_characters: int
    """The most characters that the lists of one statement hold; a message is never split."""

    sorts_unions: bool = True
    """Whether it reads the parts of a union in the order that is asked for, without a copy."""

    creates_if_not_exists: bool = True
    """Whether creating a table that is there already can be asked for without a warning."""

    own_schema: str | None = None
    """What is said where no schema is; None to leave it to the connection."""

    unless_there: str = "ON CONFLICT DO NOTHING"
    """The end of an insertion that does nothing where the same row is there already."""

    def identifier(self, name: str) -> ColumnElement[str]:
        """Return the parameter that holds an id or a mark, as something to compare with.

        Args:
            name: the parameter's name.
        """
        return bindparam(name, type_=String)

    def planned_anew(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions by which a reading statement is planned each time it is executed.

        Meant for those that look up rows one by one.
        """
        return ()

    def second_key(self, space_id: ColumnElement[int]) -> ColumnElement[int]:
        """Return what the index of messages by id, or of marks by number, begins with.

        Args:
            space_id: the column.
        """
        return space_id

    def value(self, identifier: str) -> str:
        """Return an id or a mark as a parameter holds it.

        Args:
            identifier: the id or mark.
        """
        return identifier
