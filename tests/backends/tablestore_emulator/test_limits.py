"""Each limit of the service: what is just allowed, and the answer to what is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tablestore import PK_AUTO_INCR, SecondaryIndexMeta, TableOptions

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("name", ["_0", "_T", "A0", "a" * 255])
def test_names_that_are_allowed(store: Any, name: str) -> None:
    store.table(name)
    assert store.client.list_table() == (name,)
    if name != "a":
        store.put([(name, 1)], table=name)
        assert store.get(table=name) == [(name, 1)]


@pytest.mark.parametrize("name", ["", "0", "#", "中文", "T#", "3t", "-", "a b", "a" * 256, "a\n"])
def test_names_that_are_not(store: Any, name: str) -> None:
    for call in (
        lambda: store.table(name),
        lambda: store.client.describe_table(name),
        lambda: store.client.update_table(name, TableOptions()),
        lambda: store.client.delete_table(name),
        lambda: store.put(table=name),
        lambda: store.get(table=name),
        lambda: store.update({"PUT": [("c", 1)]}, table=name),
        lambda: store.delete(table=name),
        lambda: store.range(table=name),
    ):
        with store.invalid(f"Invalid table name: '{name}'."):
            call()


@pytest.mark.parametrize("name", ["0", "#", "T#", "a b", "a" * 256])
def test_names_of_columns_that_are_not(store: Any, name: str) -> None:
    store.table()
    for call in (
        lambda: store.put([(name, 1)]),
        lambda: store.update({"PUT": [(name, 1)]}),
        lambda: store.get(name),
        lambda: store.range(columns_to_get=[name]),
    ):
        with store.invalid(f"Invalid column name: '{name}'."):
            call()


def test_64_tables(store: Any) -> None:
    for number in range(62):
        store.table(f"t{number}")
    defined = (("d", "STRING"),)
    store.table("with_index", defined=defined, indexes=(SecondaryIndexMeta("i", ["d"], []),))
    full = store.refused(403, "OTSQuotaExhausted", "Number of tables exceeded the quota.")
    with full:
        store.table("one_more")
    with store.refused(403, "OTSQuotaExhausted", "Number of tables exceeded the quota."):
        store.client.create_secondary_index("with_index", SecondaryIndexMeta("j", ["d"], []), False)
    store.client.delete_table("t0")
    store.table("one_more")


def test_1_to_4_columns_of_a_primary_key(store: Any) -> None:
    store.table("most", key=tuple((f"k{number}", "STRING") for number in range(4)))
    for count in (0, 5):
        with store.invalid("The number of primary key columns must be in range: [1, 4]."):
            store.table(key=tuple((f"k{number}", "STRING") for number in range(count)))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ((("a", "STRING"), ("a", "INTEGER")), "Duplicated primary key name: 'a'."),
        ((("a", "BOOLEAN"),), "BOOLEAN is an invalid type for the primary key."),
        ((("a b", "STRING"),), "Invalid column name: 'a b'."),
        (
            (("a", "INTEGER", PK_AUTO_INCR),),
            "First primary key can't be auto increment, table: t.",
        ),
        (
            (("a", "STRING"), ("b", "STRING", PK_AUTO_INCR)),
            "AUTO_INCREMENT primary key must be integer.",
        ),
        (
            (("a", "STRING"), ("b", "INTEGER", PK_AUTO_INCR), ("c", "INTEGER", PK_AUTO_INCR)),
            "AUTO_INCREMENT primary key count must <= 1.",
        ),
    ],
)
def test_primary_keys_that_are_none(store: Any, key: Any, message: str) -> None:
    with store.invalid(message):
        store.table(key=key)
    assert store.client.list_table() == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time_to_live": 0}, "TimeToLive cannot be 0 or less than -1."),
        ({"time_to_live": -2}, "TimeToLive cannot be 0 or less than -1."),
        ({"time_to_live": None}, "Time-to-live is missing while creating table."),
        ({"max_version": 0}, "The maximum versions cannot be less than or equal to 0."),
        ({"max_version": None}, "MaxVersions is missing while creating table."),
        (
            {"max_time_deviation": -1},
            "The maximum deviation must be in range [0, INT64_MAX/1000000].",
        ),
    ],
)
def test_options_that_are_none(store: Any, options: Any, message: str) -> None:
    with store.invalid(message):
        store.table(**options)


def test_32_defined_columns(store: Any) -> None:
    columns = tuple((f"d{number}", "STRING") for number in range(33))
    store.table(defined=columns[:32])
    with store.invalid("The number of defined columns must be in range: [0, 32]."):
        store.table("u", defined=columns)
    with store.invalid("Duplicated attribute column name with primary key column: 'a'."):
        store.table("u", defined=(("a", "STRING"),))


@pytest.mark.parametrize("kind", ["STRING", "BINARY"])
def test_1024_bytes_of_a_key(store: Any, kind: str) -> None:
    def of(size: int) -> Any:
        return "k" * size if kind == "STRING" else bytearray(size)

    store.table(key=(("a", kind), ("b", "INTEGER")))
    store.put(key=store.key(of(1024)))
    assert store.get(key=store.key(of(1024))) == [("c", "v")]
    for call in (
        lambda: store.put(key=store.key(of(1025))),
        lambda: store.get(key=store.key(of(1025))),
        lambda: store.range(store.key(of(1025))),
    ):
        with store.invalid(
            "The length of primary key column: 'a' exceeds the MaxLength:1024 with "
            "CurrentLength:1025."
        ):
            call()


def test_bytes_of_a_key_are_those_of_utf_8(store: Any) -> None:
    store.table()
    store.put(key=store.key("é" * 512))
    with store.invalid(
        "The length of primary key column: 'a' exceeds the MaxLength:1024 with CurrentLength:1026."
    ):
        store.put(key=store.key("é" * 513))


def test_2_megabytes_of_a_value(store: Any) -> None:
    store.table()
    for most in ("v" * (2 * MEGABYTE), bytearray(2 * MEGABYTE)):
        store.put([("c", most)])
        assert store.get() == [("c", most)]
    for more in ("v" * (2 * MEGABYTE + 1), bytearray(2 * MEGABYTE + 1)):
        with store.invalid(
            "The length of attribute column: 'c' exceeds the MaxLength:2097152 with "
            "CurrentLength:2097153."
        ):
            store.put([("c", more)])


@pytest.mark.parametrize("api", ["PutRow", "UpdateRow"])
def test_4_megabytes_of_a_row(store: Any, api: str) -> None:
    store.table()
    # The names a, b, c and d, the key x, an integer.
    rest = 4 + 1 + 8
    columns = [("c", "v" * (2 * MEGABYTE)), ("d", "v" * (2 * MEGABYTE - rest))]

    def write(columns: Any) -> None:
        store.put(columns) if api == "PutRow" else store.update({"PUT": columns})

    write(columns)
    columns[1] = ("d", "v" * (2 * MEGABYTE - rest + 1))
    with store.invalid(
        f"The total data size of {api} request exceeds the limit, limit size: {4 * MEGABYTE}, "
        f"data size: {4 * MEGABYTE + 1}."
    ):
        write(columns)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_doubles_that_are_no_numbers(store: Any, value: float) -> None:
    store.table()
    name = "NaN" if math.isnan(value) else "Infinity"
    with store.invalid(f"{name} can't be set to double value."):
        store.put([("c", value)])


def test_1024_columns_of_a_write(store: Any) -> None:
    store.table()
    columns = [(f"c{number:04}", number) for number in range(1025)]
    store.put(columns[:1024])
    assert store.get() == columns[:1024]
    for call in (lambda: store.put(columns), lambda: store.update({"PUT": columns})):
        with store.invalid(
            "The number of attribute columns exceeds the limit, limit count: 1024, "
            "column count: 1025."
        ):
            call()


def test_1024_columns_of_a_read(store: Any) -> None:
    store.table()
    store.put([("c1", 1)])
    names = [f"c{number}" for number in range(1025)]
    assert store.get(*names[:1024]) == [("c1", 1)]
    with store.invalid(
        "The number of columns from the request exceeds the limit, limit count: 1024, "
        "column count: 1025."
    ):
        store.get(*names)


def test_a_column_is_not_of_the_primary_key(store: Any) -> None:
    store.table()
    for call in (lambda: store.put([("a", 1)]), lambda: store.update({"PUT": [("b", 1)]})):
        with pytest.raises(Exception, match="Duplicated attribute column name with primary key"):
            call()


def test_an_update_of_nothing(store: Any) -> None:
    store.table()
    with store.invalid("Invalid update row request: missing cells in request."):
        store.update({})
