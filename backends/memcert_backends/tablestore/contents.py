"""Which rows of a table in Tablestore hold a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from memcert_backends.tablestore.own_table import blocking_client
from memcert_backends.tablestore.sdk import ots
from memcert_backends.tablestore.url import TablestoreURL


def places_of(url: str, text: str) -> list[str]:
    """Return the rows that hold a text, of the table that a URL names.

    Args:
        url: the service's URL, with its table; others in the instance are not its own.
        text: ASCII letters, digits and hyphens.
    """
    place = TablestoreURL.parse(url)
    table = place.table_name
    with blocking_client(place) as client:
        if table is None or table not in client.list_table():
            return []
        return [
            f"row {row.primary_key} of table {table}"
            for row in _rows(client, table)
            if text in repr((row.primary_key, row.attribute_columns))
        ]


def _rows(client: Any, table: str) -> Iterator[Any]:
    keys = [key[0] for key in client.describe_table(table).table_meta.schema_of_primary_key]
    last = [(key, ots.INF_MAX) for key in keys]
    rest: Any = [(key, ots.INF_MIN) for key in keys]
    while rest:
        _, rest, rows, _ = client.get_range(table, ots.Direction.FORWARD, rest, last, max_version=1)
        yield from rows
