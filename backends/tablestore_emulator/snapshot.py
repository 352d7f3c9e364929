"""An instance as a file, and back: JSON, written whole or not at all.

It holds the tables with their rows and versions, the secondary indexes and the search indexes.
Open transactions are not in it, nor is what indexes have still to take in: they have it at once.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tablestore_emulator.instance import Instance
from tablestore_emulator.lag import Lag
from tablestore_emulator.protocol import Message, search, tables
from tablestore_emulator.search_index import SearchedIndex
from tablestore_emulator.tables.options import Options
from tablestore_emulator.tables.row import StoredRow, Version
from tablestore_emulator.tables.schema import (
    DefinedColumn,
    KeyColumn,
    Schema,
)
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import Value

FORMAT = "memcert tablestore emulator 1"
"""What the file says that it is."""

_AT_ONCE = Lag(0.0, 0.0)


def as_json(instance: Instance) -> dict[str, Any]:
    """Return an instance's state as JSON.

    Args:
        instance: the instance.
    """
    return {
        "format": FORMAT,
        "clock_ahead": instance.clock.ahead,
        "tables": [_table(table) for table in instance.tables.values()],
        "secondary": [
            {"table": it.base.schema.name, "meta": _packed(it.meta)}
            for it in instance.secondary.values()
        ],
        "searched": [
            {
                "table": table,
                "name": name,
                "schema": _packed(it.message),
                "time_to_live": it.time_to_live,
            }
            for (table, name), it in instance.searched.items()
        ],
    }


def restore(instance: Instance, state: dict[str, Any]) -> None:
    """Give an instance a state; what it was is gone.

    Args:
        instance: the instance.
        state: what `as_json` returned.

    Raises:
        ValueError: it is not of this format.
        KeyError: something is missing in it.
    """
    if state.get("format") != FORMAT:
        raise ValueError(f"no snapshot of the format {FORMAT!r}")
    made = {table.schema.name: table for table in map(_table_of, state["tables"])}
    instance.reset()
    instance.clock.advance(max(0.0, state["clock_ahead"]))
    instance.tables = made
    for each in state["secondary"]:
        meta = _unpacked(tables.IndexMeta, each["meta"])
        instance.add_secondary(made[each["table"]], [meta], build=True)
    for each in state["searched"]:
        table = made[each["table"]]
        instance.searched[each["table"], each["name"]] = SearchedIndex(
            each["name"],
            table,
            _unpacked(search.IndexSchema, each["schema"]),
            each["time_to_live"],
            instance.clock,
            instance.random,
            lambda: instance.lag,
            _AT_ONCE,
        )
    instance.catch_up()


def save(instance: Instance, path: Path) -> None:
    """Write an instance's state to a file.

    Args:
        instance: the instance.
        path: the file; one that is there is replaced once the new one is whole.

    Raises:
        OSError: it cannot be written.
    """
    text = json.dumps(as_json(instance))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(instance: Instance, path: Path) -> None:
    """Give an instance the state that is in a file.

    Args:
        instance: the instance.
        path: the file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no snapshot.
    """
    state = json.loads(path.read_text("utf-8"))
    if not isinstance(state, dict):
        raise ValueError(f"{path} is no snapshot")  # What is wrong is the file.
    restore(instance, state)


def _table(table: Table) -> dict[str, Any]:
    schema = table.schema
    return {
        "name": schema.name,
        "key": [[it.name, it.kind, it.is_auto_increment] for it in schema.key],
        "defined": [[it.name, it.kind] for it in schema.defined],
        "options": asdict(schema.options),
        "created_at": table.created_at,
        "throughput": table.throughput,
        "split_points": [_value(it) for it in table.split_points if isinstance(it, Value)],
        "last_increment": table.last_increment,
        "rows": [
            [
                [_value(it) for it in key],
                row.written_at,
                {
                    name: [[it.timestamp, _value(it.value)] for it in versions]
                    for name, versions in row.columns.items()
                },
            ]
            for key, row in table.rows
        ],
    }


def _table_of(state: dict[str, Any]) -> Table:
    schema = Schema(
        state["name"],
        tuple(KeyColumn(*it) for it in state["key"]),
        tuple(DefinedColumn(*it) for it in state["defined"]),
        Options(**state["options"]),
    )
    read, write = state["throughput"]
    splits = tuple(_value_of(it) for it in state["split_points"])
    table = Table(schema, state["created_at"], (read, write), splits)
    table.last_increment = state["last_increment"]
    for key, written_at, columns in state["rows"]:
        kept = {
            name: [Version(timestamp, _value_of(value)) for timestamp, value in versions]
            for name, versions in columns.items()
        }
        table.rows.put(tuple(map(_value_of, key)), StoredRow(kept, written_at))
    return table


def _value(value: Value) -> Any:
    # JSON has no bytes; and a double that is whole must not come back as an integer.
    if isinstance(value, bytes):
        return {"binary": base64.b64encode(value).decode()}
    if isinstance(value, float):
        return {"double": value.hex()}
    return value


def _value_of(value: Any) -> Value:
    if isinstance(value, dict):
        if "binary" in value:
            return base64.b64decode(value["binary"])
        return float.fromhex(value["double"])
    plain: Value = value
    return plain


def _packed(message: Message) -> str:
    return base64.b64encode(message.SerializeToString()).decode()


def _unpacked(kind: Message, text: str) -> Message:
    message = kind()
    message.ParseFromString(base64.b64decode(text))
    return message
