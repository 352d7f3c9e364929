"""What a table is declared to be, and whether a primary key is of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tablestore_emulator.errors import invalid, invalid_key
from tablestore_emulator.limits import (
    Limits,
    check_column_name,
    check_table_name,
)
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.tables.options import Options
from tablestore_emulator.values import (
    AUTO_INCREMENT,
    INF_MAX,
    INF_MIN,
    Key,
    KeyBound,
    NamedKey,
    Value,
    type_of,
)

_KEY_TYPES = {tables.INTEGER: "VT_INTEGER", tables.STRING: "VT_STRING", tables.BINARY: "VT_BLOB"}
_DEFINED_TYPES = {
    tables.DCT_INTEGER: "VT_INTEGER",
    tables.DCT_DOUBLE: "VT_DOUBLE",
    tables.DCT_BOOLEAN: "VT_BOOLEAN",
    tables.DCT_STRING: "VT_STRING",
    tables.DCT_BLOB: "VT_BLOB",
}
_KEY_TYPE_OF_DEFINED = {
    tables.DCT_INTEGER: tables.INTEGER,
    tables.DCT_STRING: tables.STRING,
    tables.DCT_BLOB: tables.BINARY,
}


@dataclass(frozen=True)
class KeyColumn:
    """A column of a primary key: its name, the protocol's number of its type, who makes it."""

    name: str
    kind: int
    is_auto_increment: bool = False


@dataclass(frozen=True)
class DefinedColumn:
    """A column that a table defines beforehand, for its indexes."""

    name: str
    kind: int

    def admits(self, value: Value) -> bool:
        """Tell whether a value is of the column's type; an index skips a row whose is not.

        Args:
            value: the value.
        """
        return _DEFINED_TYPES[self.kind] == type_of(value)


@dataclass(frozen=True)
class Schema:
    """What a table is.

    Args:
        name: its name.
        key: the columns of its primary key, the first of which is the partition key.
        defined: the columns that it defines beforehand.
        options: its options.
    """

    name: str
    key: tuple[KeyColumn, ...]
    defined: tuple[DefinedColumn, ...] = ()
    options: Options = field(default_factory=Options)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the primary key's columns."""
        return tuple(column.name for column in self.key)

    @property
    def auto_increment(self) -> int | None:
        """The place of the column that the service makes; None if there is none."""
        places = (place for place, column in enumerate(self.key) if column.is_auto_increment)
        return next(places, None)

    def named(self, key: KeyBound) -> NamedKey:
        """Return a primary key with its names.

        Args:
            key: its values.
        """
        return list(zip(self.key_names, key, strict=True))

    def bound(self, primary_key: NamedKey) -> KeyBound:
        """Return the values of an end of a range.

        Args:
            primary_key: names and values; bounds are allowed.

        Raises:
            ServiceError: it is not of the form of this table's primary key.
        """
        self._check_form(primary_key, may_have_bounds=True)
        if any(value is AUTO_INCREMENT for _, value in primary_key):
            raise invalid("PKAutoIncr can't be used for read operations.")
        return tuple(value for _, value in primary_key)

    def key_to_read(self, primary_key: NamedKey) -> Key:
        """Return the values of the primary key of a row that is read.

        Args:
            primary_key: names and values.

        Raises:
            ServiceError: it is not of the form of this table's primary key.
        """
        check_values(primary_key)
        if any(value is AUTO_INCREMENT for _, value in primary_key):
            raise invalid("PKAutoIncr can't be used for read operations.")
        self._check_form(primary_key, may_have_bounds=False)
        return self.key_to_write(primary_key)

    def key_to_write(self, primary_key: NamedKey) -> Key:
        """Return the values of the primary key of a row that is written.

        Args:
            primary_key: names and values, none of which the service is still to make.

        Raises:
            ServiceError: it is not of the form of this table's primary key.
        """
        self._check_form(primary_key, may_have_bounds=False)
        return tuple(value for _, value in primary_key if isinstance(value, Value))

    def partition_key(self, primary_key: NamedKey) -> Value:
        """Return the value of a partition key.

        Args:
            primary_key: its name and value.

        Raises:
            ServiceError: it is not this table's.
        """
        _check_columns(self.key[:1], primary_key, may_have_bounds=False)
        return next(value for _, value in primary_key if isinstance(value, Value))

    def check_form_to_write(self, primary_key: NamedKey) -> None:
        """Check a primary key in which the service may have to make a value.

        Args:
            primary_key: names and values.

        Raises:
            ServiceError: it is not of the form of this table's primary key.
        """
        self._check_form(primary_key, may_have_bounds=False)

    def _check_form(self, primary_key: NamedKey, may_have_bounds: bool) -> None:
        if len(primary_key) != len(self.key):
            raise invalid_key(
                f"Validate PK size fail. Input: {len(primary_key)}, Meta: {len(self.key)}."
            )
        _check_columns(self.key, primary_key, may_have_bounds)

    def message(self) -> Message:
        """Return it in the protocol's form."""
        meta = tables.TableMeta(table_name=self.name)
        for column in self.key:
            schema = meta.primary_key.add(name=column.name, type=column.kind)
            if column.is_auto_increment:
                schema.option = tables.AUTO_INCREMENT
        for defined in self.defined:
            meta.defined_column.add(name=defined.name, type=defined.kind)
        return meta


def _check_columns(
    columns: Sequence[KeyColumn], primary_key: NamedKey, may_have_bounds: bool
) -> None:
    for column, (name, value) in zip(columns, primary_key, strict=True):
        if name != column.name:
            raise invalid_key(f"Validate PK name fail. Input: {name}, Meta: {column.name}.")
        if may_have_bounds and (value is INF_MIN or value is INF_MAX):
            continue
        if value is AUTO_INCREMENT and (column.is_auto_increment or may_have_bounds):
            continue
        given, expected = type_of(value), _KEY_TYPES[column.kind]
        if given != expected:
            raise invalid_key(f"Validate PK type fail. Input: {given}, Meta: {expected}.")


def check_values(primary_key: NamedKey) -> None:
    """Check that a primary key that names one row has no bounds of a range in it.

    Args:
        primary_key: names and values.

    Raises:
        ServiceError: it has one.
    """
    for _, value in primary_key:
        if value is INF_MIN or value is INF_MAX:
            raise invalid(f"{type_of(value)} is an invalid type for the primary key.")


def schema_of(request: Message, limits: Limits) -> Schema:
    """Return the schema that a CreateTable asks for.

    Args:
        request: the request.
        limits: the service's limits.

    Raises:
        ServiceError: it is not one.
    """
    meta = request.table_meta
    check_table_name(meta.table_name)
    key = _key_columns(meta, limits)
    if not request.table_options.HasField("time_to_live"):
        raise invalid("Time-to-live is missing while creating table.")
    if not request.table_options.HasField("max_versions"):
        raise invalid("MaxVersions is missing while creating table.")
    options = Options().changed(request.table_options)
    return Schema(meta.table_name, key, _defined_columns(meta, limits, key), options)


def _key_columns(meta: Message, limits: Limits) -> tuple[KeyColumn, ...]:
    if not 1 <= len(meta.primary_key) <= limits.key_columns:
        raise invalid(
            f"The number of primary key columns must be in range: [1, {limits.key_columns}]."
        )
    key: list[KeyColumn] = []
    for place, column in enumerate(meta.primary_key):
        check_column_name(column.name)
        if column.name in (other.name for other in key):
            raise invalid(f"Duplicated primary key name: '{column.name}'.")
        if column.type not in _KEY_TYPES:
            raise invalid("BOOLEAN is an invalid type for the primary key.")
        is_auto_increment = column.HasField("option")
        if is_auto_increment:
            if place == 0:
                raise invalid(
                    f"First primary key can't be auto increment, table: {meta.table_name}."
                )
            if column.type != tables.INTEGER:
                raise invalid("AUTO_INCREMENT primary key must be integer.")
            if any(other.is_auto_increment for other in key):
                raise invalid("AUTO_INCREMENT primary key count must <= 1.")
        key.append(KeyColumn(column.name, column.type, is_auto_increment))
    return tuple(key)


def _defined_columns(
    meta: Message, limits: Limits, key: Sequence[KeyColumn]
) -> tuple[DefinedColumn, ...]:
    if len(meta.defined_column) > limits.defined_columns:
        raise invalid(
            f"The number of defined columns must be in range: [0, {limits.defined_columns}]."
        )
    names = {column.name for column in key}
    defined: list[DefinedColumn] = []
    for column in meta.defined_column:
        check_column_name(column.name)
        if column.name in names:
            raise invalid(
                f"Duplicated attribute column name with primary key column: '{column.name}'."
            )
        names.add(column.name)
        defined.append(DefinedColumn(column.name, column.type))
    return tuple(defined)


def key_type_of_defined(column: DefinedColumn) -> int:
    """Return the type that a defined column has as part of an index's primary key.

    Args:
        column: the column.

    Raises:
        ServiceError: no primary key has a column of that type.
    """
    if column.kind not in _KEY_TYPE_OF_DEFINED:
        raise invalid("Invalid column type, only STRING,INTEGER,BINARY is allowed.")
    kind: int = _KEY_TYPE_OF_DEFINED[column.kind]
    return kind
