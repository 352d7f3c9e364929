"""Secondary indexes: local ones at once, global ones a little later, both read as tables."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import INF_MAX, INF_MIN, SecondaryIndexMeta, SecondaryIndexType

GLOBAL, LOCAL = SecondaryIndexType.GLOBAL_INDEX, SecondaryIndexType.LOCAL_INDEX
DEFINED = (("s", "STRING"), ("n", "INTEGER"), ("d", "DOUBLE"))


def _table(store: Any, kind: Any = LOCAL, names: Any = ("a", "n"), kept: Any = ("s",)) -> None:
    index = SecondaryIndexMeta("i", list(names), list(kept), kind)
    store.table(defined=DEFINED, indexes=(index,))


def _index(store: Any, *names: str) -> list[list[Any]]:
    low, high = [(it, INF_MIN) for it in names], [(it, INF_MAX) for it in names]
    return store.range(low, high, table="i")[0]


@pytest.mark.parametrize("kind", [GLOBAL, LOCAL])
def test_an_index_has_rows_under_another_key(store: Any, kind: Any) -> None:
    _table(store, kind)
    store.put([("n", 7), ("s", "text"), ("other", 1)], key=store.key("x", 1))
    store.put([("n", 5)], key=store.key("x", 2))
    store.put([("s", "no n")], key=store.key("x", 3))
    assert _index(store, "a", "n", "b") == [["x", 5, 2], ["x", 7, 1]]
    found = store.get(key=[("a", "x"), ("n", 7), ("b", 1)], table="i")
    assert found == [("s", "text")]


@pytest.mark.parametrize("kind", [GLOBAL, LOCAL])
def test_an_index_follows_its_table(store: Any, kind: Any) -> None:
    _table(store, kind)
    store.put([("n", 1)])
    store.update({"PUT": [("n", 2)]})
    assert _index(store, "a", "n", "b") == [["x", 2, 1]]
    store.update({"DELETE_ALL": ["n"]})
    assert _index(store, "a", "n", "b") == []
    store.put([("n", 3)])
    store.delete()
    assert _index(store, "a", "n", "b") == []


def test_a_global_index_lags_behind(store: Any) -> None:
    _table(store, GLOBAL, ("n",))
    store.control.set_lag(secondary_lag="manual")
    store.put([("n", 1)])
    assert _index(store, "n", "a", "b") == []
    store.control.catch_up()
    assert _index(store, "n", "a", "b") == [[1, "x", 1]]
    store.control.set_lag(secondary_lag="1s")
    store.control.freeze(clock=True)
    store.put([("n", 2)])
    store.control.advance(0.9)
    assert _index(store, "n", "a", "b") == [[1, "x", 1]]
    store.control.advance(0.2)
    assert _index(store, "n", "a", "b") == [[2, "x", 1]]


def test_a_local_index_does_not_lag(store: Any) -> None:
    _table(store, LOCAL)
    store.control.set_lag(secondary_lag="manual")
    store.put([("n", 1)])
    assert _index(store, "a", "n", "b") == [["x", 1, 1]]


def test_an_index_cannot_be_written(store: Any) -> None:
    _table(store)
    key = [("a", "x"), ("n", 1), ("b", 1)]
    for call in (lambda: store.put(key=key, table="i"), lambda: store.delete(key=key, table="i")):
        with store.invalid("Can't write index table directly."):
            call()


def test_a_value_of_another_type_is_not_in_the_index(store: Any) -> None:
    _table(store)
    store.put([("n", "no integer")])
    assert _index(store, "a", "n", "b") == []


def test_an_index_can_be_made_later(store: Any) -> None:
    store.table(defined=DEFINED)
    store.put([("n", 1)])
    meta = SecondaryIndexMeta("i", ["n"], ["s"])
    store.client.create_secondary_index("t", meta, False)
    store.put([("n", 2)], key=store.key("y"))
    assert _index(store, "n", "a", "b") == [[2, "y", 1]]
    store.client.delete_secondary_index("t", "i")
    assert store.client.describe_table("t").secondary_indexes == []
    with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        _index(store, "n", "a", "b")
    store.client.create_secondary_index("t", meta, True)
    assert _index(store, "n", "a", "b") == [[1, "x", 1], [2, "y", 1]]


def test_an_index_that_is_being_built_cannot_be_read(store: Any) -> None:
    store.table(defined=DEFINED)
    store.put([("n", 1)])
    store.control.set_lag(secondary_lag="manual")
    store.client.create_secondary_index("t", SecondaryIndexMeta("i", ["n"], []), True)
    with store.invalid("Disallow read index table in building base state"):
        _index(store, "n", "a", "b")
    store.control.catch_up()
    assert _index(store, "n", "a", "b") == [[1, "x", 1]]


def test_an_index_goes_with_its_table(store: Any) -> None:
    _table(store)
    store.client.delete_table("t")
    with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        _index(store, "a", "n", "b")
    _table(store)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        (
            SecondaryIndexMeta("j", [], []),
            "The number of primary key columns must be in range: [1, 4] in index.",
        ),
        (
            SecondaryIndexMeta("j", ["a", "b", "n", "s", "d"], []),
            "The number of primary key columns must be in range: [1, 4] in index.",
        ),
        (SecondaryIndexMeta("j", ["nowhere"], []), "Column does not exist: 'nowhere'."),
        (SecondaryIndexMeta("j", ["n"], ["nowhere"]), "Column does not exist: 'nowhere'."),
        (
            SecondaryIndexMeta("j", ["d"], []),
            "Invalid column type, only STRING,INTEGER,BINARY is allowed.",
        ),
        (SecondaryIndexMeta("j", ["n", "n"], []), "Duplicated primary key name: 'n'."),
        (
            SecondaryIndexMeta("j", ["n"], [], LOCAL),
            "The first primary key of a local index must be that of its table.",
        ),
        (SecondaryIndexMeta("j k", ["n"], []), "Invalid table name: 'j k'."),
    ],
)
def test_indexes_that_are_none(store: Any, meta: Any, message: str) -> None:
    store.table(defined=DEFINED)
    with store.invalid(message):
        store.client.create_secondary_index("t", meta, False)
    with store.invalid(message):
        store.table("u", defined=DEFINED, indexes=(meta,))
    assert store.client.list_table() == ("t",)


def test_a_name_that_is_taken(store: Any) -> None:
    _table(store)
    for name in ("t", "i"):
        with store.refused(409, "OTSObjectAlreadyExist", "Requested table already exists."):
            store.client.create_secondary_index("t", SecondaryIndexMeta(name, ["n"], []), False)


def test_five_indexes_of_a_table(store: Any) -> None:
    store.table(defined=DEFINED)
    for number in range(5):
        store.client.create_secondary_index("t", SecondaryIndexMeta(f"i{number}", ["n"], []), False)
    with store.invalid("Number of index per table exceeds the quota:5."):
        store.client.create_secondary_index("t", SecondaryIndexMeta("more", ["n"], []), False)


def test_no_indexes_of_versions(store: Any) -> None:
    store.table(defined=DEFINED, max_version=2)
    with store.invalid("Max versions of a table with indexes must be 1."):
        store.client.create_secondary_index("t", SecondaryIndexMeta("i", ["n"], []), False)
