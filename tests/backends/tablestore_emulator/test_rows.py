"""One row at a time: what is written, updated, deleted and read."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import INF_MAX, INF_MIN, PK_AUTO_INCR, Condition, ReturnType

EVERY_TYPE = [
    ("binary", bytearray(b"\x00\xff")),
    ("boolean", True),
    ("double", -0.5),
    ("integer", -(2**63)),
    ("string", "héllo\U0001f600\x00"),
]


def test_a_row_comes_back_with_every_type_sorted_by_name(store: Any) -> None:
    store.table()
    store.put(reversed(EVERY_TYPE))
    found = store.get()
    assert found == EVERY_TYPE
    assert [type(value) for _, value in found] == [bytearray, bool, float, int, str]


def test_put_replaces_the_row(store: Any) -> None:
    store.table()
    store.put([("c", 1), ("d", 2)])
    store.put([("d", 3)])
    assert store.get() == [("d", 3)]


def test_update_merges(store: Any) -> None:
    store.table()
    store.put([("c", 1), ("d", 2), ("k", 0)])
    store.update({"PUT": [("d", 3), ("e", 4)], "DELETE_ALL": ["c"]})
    assert store.get() == [("d", 3), ("e", 4), ("k", 0)]


def test_update_makes_a_row(store: Any) -> None:
    store.table()
    store.update({"PUT": [("c", 1)]})
    assert store.get() == [("c", 1)]


def test_an_update_that_only_deletes_makes_no_row(store: Any) -> None:
    store.table()
    store.update({"DELETE_ALL": ["c"]})
    assert store.range() == ([], None)


def test_a_row_without_its_last_column_is_still_there(store: Any) -> None:
    store.table()
    store.put([("c", 1)])
    store.update({"DELETE_ALL": ["c"]})
    assert store.get() == []
    store.delete(condition=Condition("EXPECT_EXIST"))
    assert store.get() is None


def test_delete_of_a_missing_row_is_fine(store: Any) -> None:
    store.table()
    store.delete()
    assert store.get() is None


def test_a_row_may_have_no_columns(store: Any) -> None:
    store.table()
    store.put([])
    assert store.get() == []


def test_get_of_other_columns_gives_no_row(store: Any) -> None:
    store.table()
    store.put([("c", 1), ("d", 2)])
    assert store.get("d", "nowhere") == [("d", 2)]
    assert store.get("nowhere") is None


def test_get_from_a_column_to_before_another(store: Any) -> None:
    store.table()
    store.put([(name, 1) for name in "cdef"])
    assert store.get(start_column="d", end_column="f") == [("d", 1), ("e", 1)]


def test_increment_starts_at_zero_and_wraps_around(store: Any) -> None:
    store.table()
    store.update({"INCREMENT": [("n", 10)]})
    store.update({"INCREMENT": [("n", -30)]})
    assert store.get() == [("n", -20)]
    store.update({"PUT": [("n", 2**63 - 1)]})
    store.update({"INCREMENT": [("n", 1)]})
    assert store.get() == [("n", -(2**63))]


def test_increment_of_what_is_no_integer(store: Any) -> None:
    store.table()
    store.put([("n", "text")])
    with store.invalid("Invalid column type: column 'n' is not INTEGER."):
        store.update({"INCREMENT": [("n", 1)]})
    with store.invalid("Invalid column type: the increment of 'm' is not INTEGER."):
        store.update({"INCREMENT": [("m", 1.5)]})


@pytest.mark.parametrize("expected", ["EXPECT_EXIST", "EXPECT_NOT_EXIST"])
def test_existence_is_checked(store: Any, expected: str) -> None:
    store.table()
    if expected == "EXPECT_NOT_EXIST":
        store.put()
    before = store.get()
    for write in (
        lambda: store.put([("c", "other")], condition=Condition(expected)),
        lambda: store.update({"PUT": [("c", "other")]}, condition=Condition(expected)),
        lambda: store.delete(condition=Condition(expected)),
    ):
        with store.refused(403, "OTSConditionCheckFail", "Condition check failed."):
            write()
    assert store.get() == before


def test_existence_that_holds(store: Any) -> None:
    store.table()
    store.put(condition=Condition("EXPECT_NOT_EXIST"))
    store.update({"PUT": [("c", "w")]}, condition=Condition("EXPECT_EXIST"))
    assert store.get() == [("c", "w")]


def test_a_write_returns_the_primary_key_if_asked(store: Any) -> None:
    store.table()
    for write in (
        store.put,
        lambda **more: store.update({"PUT": [("c", 1)]}, **more),
        store.delete,
    ):
        _, row = write(return_type=ReturnType.RT_PK)
        assert row.primary_key == store.key()
    _, row = store.put()
    assert row is None


def test_the_service_makes_growing_values(store: Any) -> None:
    store.table(key=(("a", "STRING"), ("b", "INTEGER", PK_AUTO_INCR)))
    made = []
    for _ in range(3):
        _, row = store.put(key=store.key("x", PK_AUTO_INCR), return_type=ReturnType.RT_PK)
        made.append(row.primary_key[1][1])
    assert made == sorted(set(made))
    assert store.range()[0] == [["x", number] for number in made]
    with store.invalid("Invalid row to delete which with pk auto increment."):
        store.delete(key=store.key("x", PK_AUTO_INCR))
    with store.invalid("PKAutoIncr can't be used for read operations."):
        store.get(key=store.key("x", PK_AUTO_INCR))
    with store.invalid("Invalid expect: EXPECT_EXIST when modify row with pk auto increment."):
        store.put(key=store.key("x", PK_AUTO_INCR), condition=Condition("EXPECT_EXIST"))
    with store.invalid(
        "Invalid expect: EXPECT_NOT_EXIST when modify a specific row for table with pk auto "
        "increment."
    ):
        store.put(key=store.key("x", 5), condition=Condition("EXPECT_NOT_EXIST"))


def test_capacity_units_are_those_of_4096_bytes(store: Any) -> None:
    store.table()
    consumed, _ = store.put([("c", "v" * 5000)])
    assert (consumed.read, consumed.write) == (0, 2)
    consumed, _ = store.put(
        [("c", "v")], key=store.key("y"), condition=Condition("EXPECT_NOT_EXIST")
    )
    assert (consumed.read, consumed.write) == (1, 1)
    consumed, _, _ = store.client.get_row("t", store.key())
    assert (consumed.read, consumed.write) == (2, 0)
    consumed, _, _ = store.client.get_row("t", store.key("nobody"))
    assert (consumed.read, consumed.write) == (1, 0)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ([("PK2", "x"), ("b", 1)], "Validate PK name fail. Input: PK2, Meta: a."),
        ([("b", 1), ("a", "x")], "Validate PK name fail. Input: b, Meta: a."),
        ([("a", "x")], "Validate PK size fail. Input: 1, Meta: 2."),
        ([("a", "x"), ("b", 1), ("k", 1)], "Validate PK size fail. Input: 3, Meta: 2."),
        ([("a", 5), ("b", 1)], "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING."),
        (
            [("a", bytearray(b"x")), ("b", 1)],
            "Validate PK type fail. Input: VT_BLOB, Meta: VT_STRING.",
        ),
    ],
)
def test_a_key_that_is_not_of_the_table(store: Any, key: Any, message: str) -> None:
    store.table()
    for call in (
        lambda: store.put(key=key),
        lambda: store.update({"PUT": [("z", 1)]}, key=key),
        lambda: store.delete(key=key),
        lambda: store.get(key=key),
        lambda: store.range(start=key),
    ):
        with store.refused(400, "OTSInvalidPK", message):
            call()


@pytest.mark.parametrize(("bound", "name"), [(INF_MIN, "VT_INF_MIN"), (INF_MAX, "VT_INF_MAX")])
def test_a_bound_is_no_row(store: Any, bound: Any, name: str) -> None:
    store.table()
    key = store.key("x", bound)
    for call in (
        lambda: store.put(key=key),
        lambda: store.update({"PUT": [("c", 1)]}, key=key),
        lambda: store.delete(key=key),
        lambda: store.get(key=key),
    ):
        with store.invalid(f"{name} is an invalid type for the primary key."):
            call()


def test_a_table_that_is_not_there(store: Any) -> None:
    for call in (store.put, store.get, store.delete, store.range):
        with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
            call()


def test_keys_compare_exactly(store: Any) -> None:
    store.table()
    keys = ["a", "A", "a ", "á", "a\u0301", "", "\U0001f600", "￿"]
    for place, first in enumerate(keys):
        store.put([("c", place)], key=store.key(first))
    for place, first in enumerate(keys):
        assert store.get(key=store.key(first)) == [("c", place)]
    # UTF-8 sorts as code points do, UTF-16 would not.
    assert [row[0] for row in store.range()[0]] == sorted(keys)


def test_updates_that_a_table_does_not_allow(store: Any) -> None:
    store.table(allow_update=False)
    store.put()
    with store.invalid("Update is not allowed for table: 't'."):
        store.update({"PUT": [("c", 1)]})
    assert store.get() == [("c", "v")]
