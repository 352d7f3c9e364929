"""The state of an emulator as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tablestore import (
    ColumnReturnType,
    ColumnsToGet,
    FieldSchema,
    FieldType,
    MatchAllQuery,
    SearchIndexMeta,
    SearchQuery,
    SecondaryIndexMeta,
)

from tablestore_emulator import EmulatorUnavailable, emulator

COLUMNS = [
    ("b1", bytearray(b"\x00\xff")),
    ("d1", 0.1 + 0.2),
    ("d2", 1.0),
    ("d3", -0.0),
    ("f", False),
    ("i", -(2**63)),
    ("s", "é\U0001f600\x00"),
]


def _fill(store: Any) -> None:
    index = SecondaryIndexMeta("byname", ["s"], ["i"])
    store.table(defined=(("s", "STRING"), ("i", "INTEGER")), indexes=(index,), time_to_live=10**6)
    store.put(COLUMNS)
    store.table("versions", max_version=3, max_time_deviation=10**10)
    store.put([("c", 1, 1000), ("c", 2, 2000)], table="versions")
    fields = [FieldSchema("s", FieldType.KEYWORD, index=True)]
    store.client.create_search_index("versions", "found", SearchIndexMeta(fields))
    store.put([("s", "new")], key=store.key("y"), table="versions")
    store.control.advance(5000)


def _check(store: Any) -> None:
    found = store.get()
    assert found == COLUMNS
    assert [repr(value) for _, value in found] == [repr(value) for _, value in COLUMNS]
    _, row, _ = store.client.get_row("versions", store.key(), max_version=3)
    assert row.attribute_columns == [("c", 2, 2000), ("c", 1, 1000)]
    key = [("s", COLUMNS[-1][1]), ("a", "x"), ("b", 1)]
    assert store.get(key=key, table="byname") == [("i", -(2**63))]
    query = SearchQuery(MatchAllQuery(), get_total_count=True)
    columns = ColumnsToGet(return_type=ColumnReturnType.ALL)
    response = store.client.search("versions", "found", query, columns)
    assert response.total_count == 2


def test_a_state_comes_back(store: Any) -> None:
    _fill(store)
    state = json.loads(json.dumps(store.control.snapshot()))
    ahead = store.control.clock()
    store.control.reset()
    store.control.restore(state)
    _check(store)
    assert store.control.clock() >= ahead
    # What is written then goes on as before.
    store.put([("s", "later")], key=store.key("z"))
    assert store.range(table="t")[0] == [["x", 1], ["z", 1]]


def test_a_file_is_where_another_emulator_starts(store: Any, store_of: Any, tmp_path: Path) -> None:
    _fill(store)
    path = tmp_path / "state.json"
    assert store.control.save(str(path)) == str(path)
    with emulator(snapshot=path, lag="0", in_thread=True) as running:
        other = store_of(running)
        _check(other)
        other.client.delete_search_index("versions", "found")
        other.client.delete_table("versions")
        other.control.save()
        other.client.connection.pool.clear()
    with emulator(snapshot=path, in_thread=True) as running:
        other = store_of(running)
        assert other.client.list_table() == ("t",)
        other.client.connection.pool.clear()
    assert [it.name for it in tmp_path.iterdir()] == ["state.json"]


def test_without_a_file_it_says_so(store: Any) -> None:
    with pytest.raises(ValueError, match="no file was named"):
        store.control.save()


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"format": "other"}'])
def test_a_file_that_is_no_snapshot(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(EmulatorUnavailable), emulator(snapshot=path, in_thread=True):
        raise AssertionError


def test_a_state_that_is_none_changes_nothing(store: Any) -> None:
    store.table()
    with pytest.raises(ValueError, match="no snapshot of the format"):
        store.control.restore({"format": "other"})
    assert store.client.list_table() == ("t",)
