"""Versions of a column, how long they live, and which may be written."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import Condition, TableOptions

FAR = 10**10
"""More seconds than have gone by since 1970."""


def _stamps(store: Any, **asked: Any) -> list[tuple[int, Any]]:
    _, row, _ = store.client.get_row("t", store.key(), [], **asked)
    return [] if row is None else [(stamp, value) for _, value, stamp in row.attribute_columns]


def test_the_newest_versions_are_kept_and_come_first(store: Any) -> None:
    store.table(max_version=2, max_time_deviation=FAR)
    store.put([("c", "old", 1000), ("c", "newest", 3000), ("c", "new", 2000)])
    assert _stamps(store, max_version=10) == [(3000, "newest"), (2000, "new")]
    assert _stamps(store, max_version=1) == [(3000, "newest")]


def test_the_same_version_is_replaced(store: Any) -> None:
    store.table(max_version=3, max_time_deviation=FAR)
    store.put([("c", "first", 1000)])
    store.update({"PUT": [("c", "second", 1000)]})
    assert _stamps(store, max_version=10) == [(1000, "second")]


def test_an_older_version_does_not_take_the_place_of_a_newer_one(store: Any) -> None:
    store.table(max_time_deviation=FAR)
    store.put([("c", "new", 2000)])
    store.update({"PUT": [("c", "old", 1000)]})
    assert _stamps(store) == [(2000, "new")]


def test_versions_of_a_time(store: Any) -> None:
    store.table(max_version=5, max_time_deviation=FAR)
    store.put([("c", stamp, stamp) for stamp in (1000, 2000, 3000)])
    assert _stamps(store, max_version=None, time_range=2000) == [(2000, 2000)]
    # The end is not part of it.
    assert _stamps(store, max_version=None, time_range=(1000, 3000)) == [
        (2000, 2000),
        (1000, 1000),
    ]
    assert _stamps(store, max_version=1, time_range=(0, 3000)) == [(2000, 2000)]
    assert _stamps(store, max_version=None, time_range=(5000, 6000)) == []


def test_one_version_or_all_are_deleted(store: Any) -> None:
    store.table(max_version=5, max_time_deviation=FAR)
    store.put([("c", stamp, stamp) for stamp in (1000, 2000, 3000)])
    store.update({"DELETE": [("c", None, 2000)]})
    assert _stamps(store, max_version=5) == [(3000, 3000), (1000, 1000)]
    store.update({"DELETE_ALL": ["c"]})
    assert store.get() == []


def test_updates_in_one_millisecond_are_versions_of_their_own(store: Any) -> None:
    store.table(max_version=3)
    store.control.freeze(clock=True)
    for number in range(3):
        store.update({"PUT": [("c", number)]})
    assert [value for _, value in _stamps(store, max_version=3)] == [2, 1, 0]


def test_a_version_is_the_time_of_the_write(store: Any) -> None:
    store.table()
    before = store.control.clock()
    store.put()
    ((stamp, _),) = _stamps(store)
    assert before * 1000 - 1 <= stamp <= store.control.clock() * 1000


def test_versions_expire(store: Any) -> None:
    store.table(time_to_live=100)
    store.control.freeze(clock=True)
    store.put([("c", 1)])
    store.control.advance(60)
    store.update({"PUT": [("d", 2)]})
    store.control.advance(39.9)
    assert store.get() == [("c", 1), ("d", 2)]
    store.control.advance(0.1)
    assert store.get() == [("d", 2)]
    store.control.advance(60)
    assert store.get() is None
    assert store.range() == ([], None)


def test_what_has_expired_is_not_there_for_conditions(store: Any) -> None:
    store.table(time_to_live=100)
    store.put()
    store.control.advance(101)
    store.put(condition=Condition("EXPECT_NOT_EXIST"))
    assert store.get() == [("c", "v")]


def test_a_row_without_columns_expires_too(store: Any) -> None:
    store.table(time_to_live=100)
    store.put([])
    store.control.advance(101)
    assert store.get() is None


def test_a_version_far_from_the_time_is_refused(store: Any) -> None:
    store.table(max_time_deviation=10)
    store.control.freeze(clock=True)
    now = int(store.control.clock() * 1000)
    store.put([("c", 1, now - 9000)])
    store.put([("c", 1, now + 9000)])
    for stamp in (now - 11_000, now + 11_000):
        with store.invalid("Invalid timestamp. Cell: c."):
            store.put([("c", 1, stamp)])
    with store.invalid("Timestamp must be in range [0, INT64_MAX/1000)."):
        store.put([("c", 1, -5)])


def test_what_has_expired_already_cannot_be_written(store: Any) -> None:
    store.table(time_to_live=5, max_time_deviation=100)
    now = int(store.control.clock() * 1000)
    with store.invalid("Invalid timestamp. Cell: c."):
        store.put([("c", 1, now - 6000)])


def test_options_can_be_changed(store: Any) -> None:
    store.table(max_version=1)
    store.client.update_table("t", TableOptions(5000, 3, 100))
    options = store.client.describe_table("t").table_options
    found = (options.time_to_live, options.max_version, options.max_time_deviation)
    assert found == (5000, 3, 100)
    for number in range(4):
        store.update({"PUT": [("c", number)]})
    assert [value for _, value in _stamps(store, max_version=9)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"max_version": None}, "No version condition is specified."),
        ({"max_version": 0}, "Invalid max versions: 0. Reason: Max versions must be positive."),
        (
            {"max_version": 1, "time_range": 5},
            "Specific tiemstamp and max versions cannot be given at the same time.",
        ),
        ({"max_version": None, "time_range": -5}, "Specific timestamp cannot be less than 0."),
    ],
)
def test_which_versions_may_be_asked_for(store: Any, asked: Any, message: str) -> None:
    store.table()
    with store.invalid(message):
        store.get(**asked)
    with store.invalid(message):
        store.range(**asked)


def test_which_versions_of_a_cell_may_be_deleted(store: Any) -> None:
    store.table()
    with store.invalid("Timestamp must be given when type is DELETE_ONE_VERSION."):
        store.update({"DELETE": [("c", None, None)]})
    with store.invalid("Timestamp cannot be given when type is DELETE_ALL_VERSION."):
        store.update({"DELETE_ALL": [("c", None, 1000)]})
    with store.invalid(
        "Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION."
    ):
        store.update({"DELETE_ALL": [("c", "v")]})
