"""The operations in MySQL and MariaDB: what is sent as text that every connection agrees on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, TextClause

from memcert_backends.sql.operations import parts_of
from memcert_backends.sql.several_statements import SeveralStatementsOperations
from memcert_reference.json_text import dump_json

Item = TypeVar("Item")

_PACKET = "memcert_max_allowed_packet"
# What a statement takes beside its lists: its own text, the ids of the space, a mark or two.
_REST = 32_000


class MySQLOperations(SeveralStatementsOperations):
    """The operations of one space in MySQL or MariaDB."""

    def _identifier_json(self, identifier: str) -> str:
        return f'"{identifier.encode().hex()}"'

    def _payload_json(self, payload: str) -> str:
        return f'"{_base64(payload)}"'

    def _size(self, item: str) -> int:
        # Drivers write each quote with a backslash before it.
        return len(item) + item.count('"') + 1

    def _summary_value(self, connection: Connection, summary: str) -> str:
        value = _base64(dump_json(summary))
        # The statement has it twice: for a space that is new, and for one that is there.
        if 2 * len(value) > self._dialect.part_characters:
            _check(2 * len(value), _room(connection), "the summary")
        return value

    def _rows(
        self, connection: Connection, statement: TextClause, parameters: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        found = connection.execute(statement, parameters).all()
        rows: list[tuple[Any, ...]]
        if found and len(found[0]) == 2:
            rows = [(number, payload.decode()) for number, payload in found]
            rows.sort(key=itemgetter(0))
        else:
            rows = [
                (number, kind, name and name.decode(), payload and payload.decode())
                for number, kind, name, payload in found
            ]
            rows.sort(key=itemgetter(0, 1))
        return rows

    def _parts(
        self, connection: Connection, items: Sequence[Item], sizes: Sequence[int]
    ) -> list[Sequence[Item]]:
        """Cut a list into parts that the server takes.

        Raises:
            ValueError: one item alone is more than the server takes.
        """
        most = self._dialect.part_characters
        if sum(sizes) > most:
            most = _room(connection)
            _check(max(sizes), most, "a message")
        return parts_of(items, sizes, most)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _check(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise ValueError(
            f"{what} takes {size} bytes as it is sent, in Base64; the limit of this server is"
            f" {limit} bytes (max_allowed_packet)"
        )


def _room(connection: Connection) -> int:
    """Return how much the list, or the text, of one statement may take, in bytes.

    A server that gets more cuts the connection off, with all that the caller has pending on it
    (https://dev.mysql.com/doc/refman/8.0/en/packet-too-large.html). It is asked once per
    connection, for as long as which the limit stays the same.
    """
    if _PACKET not in connection.info:
        found = connection.exec_driver_sql("SELECT @@max_allowed_packet")
        connection.info[_PACKET] = int(found.scalar_one())
    packet: int = connection.info[_PACKET]
    return packet - _REST
