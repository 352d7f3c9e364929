"""Conditions of writes and filters of reads, which are one language."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    CastType,
    ComparatorType,
    CompositeColumnCondition,
    Condition,
    LogicalOperator,
    RegexRule,
    SingleColumnCondition,
    SingleColumnRegexCondition,
)

EQUAL = ComparatorType.EQUAL


def _both(kind: Any, *parts: Any) -> Any:
    condition = CompositeColumnCondition(kind)
    for part in parts:
        condition.add_sub_condition(part)
    return condition


def _is(name: str, value: Any, comparator: Any = EQUAL, if_missing: bool = True) -> Any:
    return SingleColumnCondition(name, value, comparator, pass_if_missing=if_missing)


@pytest.mark.parametrize(
    ("comparator", "passing"),
    [
        (ComparatorType.EQUAL, [5]),
        (ComparatorType.NOT_EQUAL, [4, 6]),
        (ComparatorType.GREATER_THAN, [6]),
        (ComparatorType.GREATER_EQUAL, [5, 6]),
        (ComparatorType.LESS_THAN, [4]),
        (ComparatorType.LESS_EQUAL, [4, 5]),
    ],
)
def test_comparisons(store: Any, comparator: Any, passing: list[int]) -> None:
    store.table()
    for number in (4, 5, 6):
        store.put([("n", number)], key=store.key("x", number))
    rows, _ = store.range(column_filter=_is("n", 5, comparator))
    assert [number for _, number in rows] == passing


def test_combinations(store: Any) -> None:
    store.table()
    store.put([("n", 5), ("s", "text")])
    yes, no = _is("n", 5), _is("s", "other")
    for passes, condition in (
        (False, _both(LogicalOperator.AND, yes, no)),
        (True, _both(LogicalOperator.OR, yes, no)),
        (True, _both(LogicalOperator.NOT, no)),
        (True, _both(LogicalOperator.AND, yes, yes, _both(LogicalOperator.NOT, no))),
    ):
        assert (store.get(column_filter=condition) is not None) == passes


def test_a_column_that_is_missing_passes_unless_told_otherwise(store: Any) -> None:
    store.table()
    store.put([("n", 5)])
    assert store.get(column_filter=_is("missing", 1)) is not None
    assert store.get(column_filter=_is("missing", 1, if_missing=False)) is None
    # A filter sees only the columns that are read.
    store.put([("n", 5), ("s", "text")])
    assert store.get("s", column_filter=_is("n", 6)) is not None
    assert store.get("s", column_filter=_is("n", 6, if_missing=False)) is None


def test_existence_of_columns(store: Any) -> None:
    store.table()
    store.put([("n", 5)])
    for name, comparator, passes in (
        ("n", ComparatorType.EXIST, True),
        ("n", ComparatorType.NOT_EXIST, False),
        ("m", ComparatorType.EXIST, False),
        ("m", ComparatorType.NOT_EXIST, True),
    ):
        assert (
            store.get(column_filter=SingleColumnRegexCondition(name, comparator)) is not None
        ) == passes


def test_values_of_different_types_are_not_equal(store: Any) -> None:
    store.table()
    store.put([("n", 1)])
    for other in (1.0, True, "1"):
        assert store.get(column_filter=_is("n", other)) is None
        assert store.get(column_filter=_is("n", other, ComparatorType.NOT_EQUAL)) is not None


def test_all_versions_or_the_latest(store: Any) -> None:
    store.table(max_version=3, max_time_deviation=10**10)
    store.put([("n", 1, 1000), ("n", 2, 2000)])
    old = SingleColumnCondition("n", 1, EQUAL, latest_version_only=True)
    assert store.get(column_filter=old, max_version=3) is None
    old.set_latest_version_only(False)
    assert store.get(column_filter=old, max_version=3) is not None


def test_a_part_of_a_text(store: Any) -> None:
    store.table()
    store.put([("s", "t1:89;t2:5")])
    for number, passes in ((89, True), (88, False)):
        rule = RegexRule("t1:([0-9]+)", CastType.VT_INTEGER)
        condition = SingleColumnRegexCondition("s", EQUAL, number, rule)
        assert (store.get(column_filter=condition) is not None) == passes


def test_a_condition_on_columns_guards_every_write(store: Any) -> None:
    store.table()
    store.put([("n", 5)])
    wrong = Condition("IGNORE", _is("n", 6))
    for write in (
        lambda: store.put([("n", 7)], condition=wrong),
        lambda: store.update({"PUT": [("n", 7)]}, condition=wrong),
        lambda: store.delete(condition=wrong),
    ):
        with store.refused(403, "OTSConditionCheckFail", "Condition check failed."):
            write()
    assert store.get() == [("n", 5)]
    store.update({"PUT": [("n", 7)]}, condition=Condition("EXPECT_EXIST", _is("n", 5)))
    assert store.get() == [("n", 7)]


def test_a_condition_on_a_row_that_is_not_there(store: Any) -> None:
    store.table()
    with store.refused(403, "OTSConditionCheckFail", "Condition check failed."):
        store.put(condition=Condition("IGNORE", _is("n", 5, if_missing=False)))
    store.put(condition=Condition("IGNORE", _is("n", 5)))
    assert store.get() == [("c", "v")]


def test_at_most_32_conditions(store: Any) -> None:
    store.table()
    store.put([("n", 5)])
    most = _both(LogicalOperator.AND, *[_is("n", 5)] * 32)
    assert store.get(column_filter=most) is not None
    more = _both(LogicalOperator.AND, *[_is("n", 5)] * 33)
    with store.invalid("The count of filter exceeds the max: 32."):
        store.get(column_filter=more)


def test_how_many_parts_a_combination_has(store: Any) -> None:
    store.table()
    with store.invalid("Invalid NOT operator: the number of sub-filters must be 1."):
        store.get(column_filter=_both(LogicalOperator.NOT, _is("n", 1), _is("n", 1)))
    for kind in (LogicalOperator.AND, LogicalOperator.OR):
        with store.invalid("Invalid AND/OR operator: the number of sub-filters must be 2."):
            store.get(column_filter=_both(kind, _is("n", 1)))


def test_nesting_has_an_end(store: Any) -> None:
    store.table()
    deep = _is("n", 1)
    for _ in range(40):
        deep = _both(LogicalOperator.NOT, deep)
    with store.invalid("Deserialize filter failed."):
        store.get(column_filter=deep)
